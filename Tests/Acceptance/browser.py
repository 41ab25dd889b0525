#!/usr/bin/env python3
"""The checkout as buyers meet it, in a real Chromium, with scripts and without."""
import functools
import os
import pathlib
import shutil
import urllib.parse

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import harness
from harness import CARD, CARD_3DS, CARD_DECLINED, CARD_NO_FUNDS, CARD_PROCESSING_ERROR, Merchant, Receiver, Server
from harness import Suite, check, equal, verify_return

suite = Suite("browser")
case = suite.case
WAYS = ("with scripts", "without scripts")
SHOTS = pathlib.Path(os.environ.get("SCREENSHOTS", harness.TOP / ".build/screenshots"))
SHOTS.mkdir(parents=True, exist_ok=True)

# Everything that reaches over the edge of the window and cannot be scrolled inside its own box.
OVERFLOW = """
return [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (box.width < 3 || (box.right <= innerWidth + 1 && box.left >= -1)) return false;
  for (let up = e.parentElement; up; up = up.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return false;
  return true;
}).map(e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 30)}`)"""

# Fields that no label, aria-label or legend names; and pages without a language, a title or one h1.
UNNAMED = """
return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(e =>
  ![...e.labels].some(l => l.textContent.trim()) && !e.ariaLabel).map(e => 'no label: ' + e.outerHTML.slice(0, 80))
  .concat([...document.querySelectorAll('button, a[href]')].filter(e => !e.textContent.trim() && !e.ariaLabel)
    .map(e => 'no name: ' + e.outerHTML.slice(0, 80)))
  .concat(document.documentElement.lang ? [] : ['no language'], document.title ? [] : ['no title'],
    document.querySelectorAll('h1').length == 1 ? [] : ['not one h1'],
    document.querySelectorAll('main').length == 1 ? [] : ['not one main'])"""

# Text whose contrast as rendered is under 4.5.
CONTRAST = """
const rgb = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b; };
const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > .99) return c; } return [255, 255, 255]; };
const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const e = walk.currentNode.parentElement;
  if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest('.vh, .skip, svg')) continue;
  const [high, low] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
  const ratio = (high + .05) / (low + .05);
  if (ratio < 4.5) found.push(`${walk.currentNode.data.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
}
return found"""


class Browser:
    """One Chromium; each visit says whether scripts run."""

    def __init__(self, scripts):
        options = Options()
        options.binary_location = shutil.which("chromium")
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--lang=en-US", "--window-size=1280,900"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.page_load_strategy = "eager"
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(30)
        self.scripts = scripts
        if not scripts:
            self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.shots = 0

    def open(self, url):
        self.driver.get(url)

    @property
    def heading(self):
        found = self.driver.find_elements(By.TAG_NAME, "h1")
        return found[0].text if found else self.driver.title

    def wait_heading(self, words, seconds=15):
        """Waits for a page whose heading holds `words`, and looks it over."""
        harness.eventually(lambda: self._holds(words), f"a page headed {words!r} (now {self.heading!r})", seconds)
        self.look(words)

    def _holds(self, words):
        try:
            return words.lower() in self.heading.lower()
        except Exception:  # The page changed while it was read.
            return False

    def look(self, name):
        """What every page must be: named fields, no error in the console, nothing refused by the policy."""
        equal(self.driver.execute_script(UNNAMED), [], f"names on {name!r}")
        self.quiet(name)
        self.shots += 1
        word = "".join(c if c.isalnum() else "-" for c in name.lower())[:40].strip("-")
        self.driver.save_screenshot(str(SHOTS / f"{'js' if self.scripts else 'no-js'}-{word}.png"))

    def quiet(self, name):
        lines = [entry["message"] for entry in self.driver.get_log("browser")]
        # An answer that is an error by its status is told in the console too; those are asked for by the cases.
        lines = [line for line in lines if "the server responded with a status of 4" not in line]
        equal(lines, [], f"console on {name!r}")

    def view(self, width=1280, height=900, scheme="light"):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def choose(self, gateway):
        for radio in self.driver.find_elements(By.ID, f"method-{gateway}"):
            self.driver.find_element(By.CSS_SELECTOR, f'label[for="{radio.get_attribute("id")}"]').click()

    def type_card(self, number, expiry="12 / 39", code="123", name="Ada Lovelace"):
        self.choose("sandbox_alpha")
        for field, text in (("number", number), ("name", name), ("expiry", expiry), ("code", code)):
            element = self.driver.find_element(By.ID, field)
            element.clear()
            element.send_keys(text)

    def pay_by_card(self, number, **fields):
        self.type_card(number, **fields)
        self.press(self.driver.find_element(By.XPATH, "//input[@id='number']/following::button[1]"))

    def pay_by_wallet(self):
        self.choose("sandbox_beta")
        self.press(self.button("Continue to"))

    def button(self, words):
        found = [b for b in self.driver.find_elements(By.CSS_SELECTOR, "button, a.btn, a.out")
                 if b.is_displayed() and words.lower() in b.text.lower()]
        check(found, f"no button {words!r} on {self.heading!r}")
        return found[0]

    def press(self, element):
        """Clicks, and waits until the page was left."""
        page = self.driver.find_element(By.TAG_NAME, "html").id
        element.click()

        def left():
            try:
                return self.driver.find_element(By.TAG_NAME, "html").id != page
            except Exception:
                return False
        harness.eventually(left, "the next page")


@functools.cache
def browser(way):
    return Browser(way == "with scripts")


@functools.cache
def server():
    return Server("--rate-limit", "off")


@functools.cache
def shop():
    return Merchant.create(server(), "Cacao Lane")


def fresh(merchant, way, **fields):
    """A new payment opened in the browser."""
    payment = merchant.create_payment(**fields)
    chromium = browser(way)
    chromium.view()
    chromium.open(payment["hosted_url"])
    return payment, chromium


def statuses(payment, merchant=None):
    payment = (merchant or shop()).payment(payment["hash"])
    return payment["status"], [(a["gateway"], a["status"]) for a in payment["attempts"]]


# MARK: Paying

@case("pays with a card, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.wait_heading("99.99")
    check("Cacao Lane" in chromium.driver.find_element(By.TAG_NAME, "body").text, "the merchant's name")
    chromium.pay_by_card("4242 4242 4242 4242")
    chromium.wait_heading("Paid")
    equal(statuses(payment), ("completed", [("sandbox_alpha", "succeeded")]), "the payment")
    chromium.driver.refresh()
    chromium.wait_heading("aid")
    chromium.open(payment["hosted_url"])
    chromium.wait_heading("already paid")


@case("is declined, tries again and pays, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.pay_by_card(CARD_DECLINED)
    chromium.wait_heading("declined")
    check("You paid nothing" in chromium.driver.page_source, "the page says that nothing was paid")
    check(CARD_DECLINED not in chromium.driver.page_source.replace(" ", "").replace(
        "4000000000000002</code>", ""), "the number is not written into the page")
    chromium.pay_by_card(CARD_NO_FUNDS)
    chromium.wait_heading("declined")
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Paid")
    equal(statuses(payment), ("completed", [
        ("sandbox_alpha", "declined"), ("sandbox_alpha", "declined"), ("sandbox_alpha", "succeeded")]), "the payment")


@case("mistakes in the form are named beside their fields, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.pay_by_card("1234 5678", expiry="13 / 20", code="x", name="Ada")
    chromium.wait_heading("check")
    for field in ("number", "expiry", "code"):
        element = chromium.driver.find_element(By.ID, field)
        equal(element.get_attribute("aria-invalid"), "true", f"aria-invalid of {field}")
        described = element.get_attribute("aria-describedby").split()
        check(f"{field}-error" in described, f"{field} is described by its error")
        check(chromium.driver.find_element(By.ID, f"{field}-error").text, f"the error of {field}")
    for field in ("number", "code"):
        equal(chromium.driver.find_element(By.ID, field).get_attribute("value"), "", f"{field} is empty again")
    equal(statuses(payment), ("pending", []), "nothing was tried")
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Paid")


@case("pays with the wallet, and refuses there, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.pay_by_wallet()
    chromium.wait_heading("Approve the payment")
    chromium.press(chromium.button("Refuse"))
    chromium.wait_heading("not approved")
    chromium.pay_by_wallet()
    chromium.wait_heading("Approve the payment")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Paid")
    equal(statuses(payment), ("completed", [("sandbox_beta", "declined"), ("sandbox_beta", "succeeded")]), "payment")


@case("falls over to the next gateway when the first is down, {}", *WAYS)
def _(way):
    merchant = Merchant.create(server(), "Failover Shop")
    server().faults(merchant.application, "sandbox_alpha", "down")
    payment, chromium = fresh(merchant, way)
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Approve the payment")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Paid")
    equal(statuses(payment, merchant), (
        "completed", [("sandbox_alpha", "errored"), ("sandbox_beta", "succeeded")]), "the payment")
    first = merchant.payment(payment["hash"])["attempts"][0]
    equal(first["executed"], "no", "executed")
    check(first["decision"] and first["failure"], f"the attempt says why: {first}")


@case("falls over after a processing error, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.pay_by_card(CARD_PROCESSING_ERROR)
    chromium.wait_heading("Approve the payment")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Paid")
    equal(statuses(payment), ("completed", [("sandbox_alpha", "declined"), ("sandbox_beta", "succeeded")]), "payment")


@case("passes the bank's check, and fails it first, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.pay_by_card(CARD_3DS)
    chromium.wait_heading("bank asks")
    chromium.press(chromium.button("Refuse"))
    chromium.wait_heading("declined")
    check("confirm" in chromium.driver.find_element(By.TAG_NAME, "main").text, "the page says why")
    chromium.pay_by_card(CARD_3DS)
    chromium.wait_heading("bank asks")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Paid")
    equal(statuses(payment), (
        "completed", [("sandbox_alpha", "declined"), ("sandbox_alpha", "succeeded")]), "the payment")


@functools.cache
def slow_server():
    """A server whose clock stands still until it is moved."""
    return Server(clock=harness.START, seed=7)


@case("confirms a payment whose outcome is unknown, {}", *WAYS)
def _(way):
    server = slow_server()
    merchant = Merchant.create(server, "Patient Shop")
    server.faults(merchant.application, "sandbox_alpha", "timeout_after_charge", "late_webhook")
    payment, chromium = fresh(merchant, way)
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Confirming")
    status, attempts = statuses(payment, merchant)
    equal((status, attempts), ("processing", [("sandbox_alpha", "unknown")]), "the payment")
    chromium.driver.refresh()
    chromium.wait_heading("Confirming")
    server.advance(60)
    equal(statuses(payment, merchant), ("completed", [("sandbox_alpha", "succeeded")]), "after the lookups")
    if way == "without scripts":
        chromium.press(chromium.button("Check again"))
    chromium.wait_heading("aid")


@case("shows an expired payment, {}", *WAYS)
def _(way):
    server = slow_server()
    merchant = Merchant.create(server, "Late Shop")
    payment = merchant.create_payment(expires_in=1800, return_url="https://shop.example/back")
    server.advance(1801)
    chromium = browser(way)
    chromium.view()
    chromium.open(payment["hosted_url"])
    chromium.wait_heading("expired")
    equal(merchant.payment(payment["hash"])["status"], "cancelled", "status")
    equal(merchant.payment(payment["hash"])["cancellation_reason"], "expired", "reason")


@case("cancels after being asked, {}", *WAYS)
def _(way):
    payment, chromium = fresh(shop(), way)
    chromium.press(chromium.driver.find_element(By.CSS_SELECTOR, "a.out"))
    chromium.wait_heading("Cancel this payment?")
    equal(statuses(payment)[0], "pending", "asking changes nothing")
    chromium.press([b for b in chromium.driver.find_elements(By.TAG_NAME, "button") if b.is_displayed()][0])
    chromium.wait_heading("was cancelled")
    equal(statuses(payment)[0], "cancelled", "status")
    equal(shop().payment(payment["hash"])["cancellation_reason"], "cancelled_by_buyer", "reason")


@case("says that there is no payment at an unknown address, {}", *WAYS)
def _(way):
    chromium = browser(way)
    for path in ("/checkout/" + "0" * 32, "/checkout/nothing"):
        chromium.open(server().url + path)
        chromium.wait_heading("no payment")


@case("returns to the merchant with a signature, {}", *WAYS)
def _(way):
    receiver = Receiver()
    payment, chromium = fresh(shop(), way, return_url=receiver.url + "/back?basket=7")
    chromium.pay_by_card(CARD)
    harness.eventually(lambda: [v for v in receiver.visits if v.startswith("/back")], "the return to the merchant")
    visit = next(v for v in receiver.visits if v.startswith("/back"))
    query = verify_return(visit, shop(), payment["hash"])
    equal((query["basket"], query["status"]), ("7", "completed"), "basket and status")
    equal(urllib.parse.urlsplit(visit).path, "/back", "path")
    receiver.close()


@case("a form from another site or an old page is refused")
def _():
    payment = shop().create_payment()
    buyer = harness.Buyer(server(), payment)
    page = buyer.post("/pay", csrf="0" * 64, method="sandbox_beta")
    check(page.status in (403, 409, 422) and "once more" in page.text, f"{page.status} {page.heading}")
    csrf = buyer.get().csrf
    answer = buyer.session.post(
        server().url + buyer.path + "/pay", data={"csrf": csrf, "method": "sandbox_beta"},
        headers={"Sec-Fetch-Site": "cross-site"}, allow_redirects=False)
    check(answer.status_code != 303, "another site's form")
    equal(statuses(payment), ("pending", []), "nothing was tried")


@case("two windows pay at once, and money moves once")
def _():
    import concurrent.futures
    payment = shop().create_payment()
    buyers = [harness.Buyer(server(), payment) for _ in range(6)]
    # Every window shows its form before any of them pays.
    forms = [buyer.get().csrf for buyer in buyers]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda buyer, csrf: buyer.post(
            "/pay", csrf=csrf, method="sandbox_alpha", number=CARD, name="Ada", expiry="12/39", code="123"),
            buyers, forms))
    status, attempts = statuses(payment)
    equal(status, "completed", "status")
    equal(sum(1 for _, state in attempts if state == "succeeded"), 1, f"successes in {attempts}")


# MARK: How it looks

def every_page():
    """Addresses of a page in each state that needs no browser to reach."""
    choose = shop().create_payment(description="A long description of a very ordinary order " * 4)
    declined = shop().create_payment()
    harness.Buyer(server(), declined).pay_by_card(CARD_DECLINED)
    wallet = shop().create_payment()
    harness.Buyer(server(), wallet).choose_wallet()
    bank = shop().create_payment()
    harness.Buyer(server(), bank).pay_by_card(CARD_3DS)
    paid = shop().paid()
    cancelled = shop().create_payment()
    shop().post(f"/payments/{cancelled['hash']}/cancel").expect(200)
    return {
        "choose": choose["hosted_url"], "declined": declined["hosted_url"], "wallet": wallet["hosted_url"] + "/pay/1",
        "bank": bank["hosted_url"] + "/challenge/1", "paid": paid["hosted_url"],
        "receipt": paid["hosted_url"] + "?step=done", "cancelled": cancelled["hosted_url"],
        "ask-cancel": choose["hosted_url"] + "/cancel", "alone": choose["hosted_url"] + "/start/sandbox_alpha",
        "not-found": server().url + "/checkout/" + "0" * 32, "german": choose["hosted_url"] + "?locale=de"}


@functools.cache
def pages():
    return every_page()


@case("every page fits a phone of 320 pixels, {}", "light", "dark")
def _(scheme):
    chromium = browser("with scripts")
    chromium.driver.get_log("browser")
    for name, url in pages().items():
        chromium.view(320, 700, scheme)
        chromium.open(url)
        equal(chromium.driver.execute_script(OVERFLOW), [], f"over the edge of {name}")
        check(chromium.driver.execute_script(
            "return document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways")
        chromium.look(f"{name}-320-{scheme}")
    chromium.view()


@case("every page has readable contrast, {}", "light", "dark")
def _(scheme):
    chromium = browser("with scripts")
    for name, url in pages().items():
        chromium.view(1280, 900, scheme)
        chromium.open(url)
        equal(chromium.driver.execute_script(CONTRAST), [], f"contrast of {name}")
    dark = chromium.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    levels = [float(part) for part in dark.strip("rgba()").split(",")[:3]]
    check((sum(levels) < 240) == (scheme == "dark"), f"the background is {dark}")
    chromium.view()


@case("the whole payment can be done with the keyboard")
def _():
    payment, chromium = fresh(shop(), "with scripts")
    chromium.choose("sandbox_alpha")
    chromium.driver.find_element(By.ID, "number").send_keys(CARD, Keys.TAB, "Ada Lovelace", Keys.TAB, "1239",
                                                            Keys.TAB, "123", Keys.ENTER)
    chromium.wait_heading("Paid")
    equal(statuses(payment)[0], "completed", "status")
    equal(chromium.driver.execute_script("return document.activeElement.tagName"), "H1", "focus on the result")


@case("pages are strict: policy, no cache, no referrer, nothing from elsewhere, small")
def _():
    total = 0
    import gzip
    import re
    page = harness.Buyer(server(), shop().create_payment()).get()
    policy = page.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'",
                 "base-uri 'none'", "require-trusted-types-for 'script'"):
        check(part in policy, f"{part} is not in {policy}")
    check("unsafe" not in policy, "nothing unsafe")
    for name, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
                        ("X-Content-Type-Options", "nosniff")):
        equal(page.headers.get(name), value, name)
    check("Set-Cookie" not in page.headers, "no cookie")
    check(not re.search(r"<script>|<style|\son\w+=|\sstyle=", page.text), "nothing inline")
    check(not re.search(r'(src|href)="(https?:)?//', page.text), "nothing from elsewhere")
    total += len(gzip.compress(page.text.encode()))
    for path in set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)):
        asset = shop().session.get(server().url + path)
        equal(asset.status_code, 200, path)
        check("immutable" in asset.headers.get("Cache-Control", ""), f"{path} is kept")
        total += len(gzip.compress(asset.content))
    check(total <= 30 * 1024, f"the checkout weighs {total} bytes, compressed")


@case("a brand is shown, and a colour that cannot be read is refused")
def _():
    merchant = Merchant.create(server(), "Brand Shop")
    logo = harness.temporary_folder() / "logo.png"
    import base64
    logo.write_bytes(base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))
    server().run("app", "update", merchant.application, "--name", "Violet & Sons", "--colour", "#5b2a86",
                 "--logo", logo)
    refused = server().run("app", "update", merchant.application, "--colour", "#fffbe0", expected=1)
    check("#" in refused.stderr + refused.stdout, "the nearest passing colour is named")
    payment = merchant.create_payment()
    chromium = browser("with scripts")
    chromium.view()
    chromium.open(payment["hosted_url"])
    chromium.wait_heading("99.99")
    equal(chromium.driver.find_element(By.CSS_SELECTOR, "header bdi").text, "Violet & Sons", "name")
    image = chromium.driver.find_element(By.CSS_SELECTOR, "header img")
    check(chromium.driver.execute_script("return arguments[0].naturalWidth", image) == 1, "the logo is loaded")
    colour = chromium.driver.execute_script(
        "return getComputedStyle([...document.querySelectorAll('button')].find(b => b.checkVisibility()))"
        ".backgroundColor")
    equal(colour, "rgb(91, 42, 134)", "colour of the button")
    equal(chromium.driver.execute_script(CONTRAST), [], "contrast")


if __name__ == "__main__":
    try:
        suite.main()
    finally:
        if browser.cache_info().currsize:
            for way in WAYS:
                browser(way).driver.quit()
