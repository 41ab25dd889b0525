#!/usr/bin/env python3
"""The pages of the recurring side in a real Chromium, with scripts and without: the card of a subscription, an invoice
and its document on paper, the customer's account."""
import base64
import functools
import re
import subprocess
import urllib.parse

import harness
from browser import CONTRAST, OVERFLOW, SHOTS, UNNAMED, WAYS, By, browser
from harness import CARD, CARD_3DS, CARD_DECLINED, Merchant, Server, Suite, check, equal, eventually

suite = Suite("billing pages")
case = suite.case
CARD_DECLINES_LATER = "4000000000000341"
RETURN = "https://shop.example/account?from=centralpay"


@functools.cache
def server():
    return Server("--rate-limit", "off")


def with_plans(merchant):
    for name, price in (("Tasting box", 29.99), ("Big box", 59.99), ("Staff box", 1)):
        merchant.post("/subscription-plans", {
            "id": plan(name), "name": name, "price": price, "currency": "USD", "billing_cycle": "monthly",
            "description": f"{name}, sent every month"}).expect(201)
    return merchant


@functools.cache
def patient_shop():
    """One on a server whose clock stands still until it is moved, and whose gateway loses its answers."""
    merchant = with_plans(Merchant.create(Server(clock=harness.START, seed=7), "Patient Shop"))
    merchant.server.faults(merchant.application, "sandbox_alpha", "timeout_after_charge", "late_webhook")
    return merchant


@functools.cache
def shop():
    """A merchant with three plans, who lets customers change between two of them."""
    merchant = with_plans(Merchant.create(server(), "Cacao Lane"))
    server().run("app", "update", merchant.application, "--portal-plan-change", "on", "--portal-plans",
                 f"{plan('Tasting box')},{plan('Big box')}")
    return merchant


def plan(name):
    return "plan_" + name.lower().replace(" ", "_")


people = iter(range(1, 10_000))


def subscribe(merchant=None, **fields):
    """A subscription of a new customer."""
    body = {"plan_id": plan("Tasting box"), "customer_email": f"maya{next(people)}@example.com",
            "customer_name": "Maya Lindqvist"}
    body.update(fields)
    return (merchant or shop()).post("/subscriptions", body).expect(201)["subscription"]


def subscription(made, merchant=None):
    return (merchant or shop()).get(f"/subscriptions/{made['id']}").expect(200)["subscription"]


def invoices(made, merchant=None):
    return (merchant or shop()).get(f"/subscriptions/{made['id']}/invoices").expect(200)["invoices"]


def open_at(way, url):
    chromium = browser(way)
    chromium.view()
    chromium.open(url)
    return chromium


def text(chromium):
    return chromium.driver.find_element(By.TAG_NAME, "main").text


def settled(chromium, words, seconds=20):
    """Waits for a page whose heading says `words`; without scripts by asking again, as a person would."""
    def there():
        try:
            if words.lower() in chromium.heading.lower():
                return True
        except Exception:  # The page changed while it was read.
            return False
        if not chromium.scripts:
            chromium.driver.refresh()
        return False
    eventually(there, f"a page headed {words!r}", seconds)
    chromium.look(words)


def subscribed(way):
    """A subscription that is active and charged to a saved card."""
    made = subscribe()
    chromium = open_at(way, made["payment_setup_url"])
    chromium.pay_by_card(CARD)
    settled(chromium, "Saved and paid")
    return subscription(made), chromium


def account(way, made):
    link = shop().post(f"/customers/{made['customer']['id']}/portal-session", {"return_url": RETURN}).expect(201)
    chromium = open_at(way, link["portal_session"]["url"])
    chromium.wait_heading("Your account at Cacao Lane")
    chromium.press(chromium.button("Open my account"))
    chromium.wait_heading("Your account")
    return chromium


# MARK: The card of a subscription

@case("a trial gets its card after a decline, {}", *WAYS)
def _(way):
    made = subscribe(trial_days=14)
    equal(made["status"], "trialing", "status")
    chromium = open_at(way, made["payment_setup_url"])
    chromium.wait_heading("$0.00")
    check("First charge on" in chromium.driver.page_source, "it says when the first charge comes")
    chromium.pay_by_card(CARD_DECLINED)
    chromium.wait_heading("declined")
    check("You paid nothing" in text(chromium), "nothing was paid")
    equal(subscription(made)["payment_method"], None, "the card")
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Saved. Thank you")
    saved = subscription(made)
    equal((saved["status"], saved["payment_method"]["last4"]), ("trialing", "4242"), "the subscription")
    check("payment_setup_url" not in saved or saved["payment_setup_url"] is None, "no card is missing any more")


@case("the bank's check is failed and then passed, {}", *WAYS)
def _(way):
    made = subscribe(trial_days=14)
    chromium = open_at(way, made["payment_setup_url"])
    chromium.pay_by_card(CARD_3DS)
    chromium.wait_heading("Your bank asks")
    chromium.press(chromium.button("Refuse"))
    chromium.wait_heading("declined")
    chromium.pay_by_card(CARD_3DS)
    chromium.wait_heading("Your bank asks")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Saved. Thank you")
    equal(subscription(made)["payment_method"]["last4"], CARD_3DS[-4:], "the card")


@case("a first invoice is charged to the card at once, and a card that fails is said, {}", *WAYS)
def _(way):
    made = subscribe()
    equal(made["status"], "incomplete", "status")
    chromium = open_at(way, made["payment_setup_url"])
    chromium.wait_heading("$29.99")
    chromium.pay_by_card(CARD_DECLINES_LATER)
    settled(chromium, "did not succeed")
    equal(subscription(made)["status"], "incomplete", "status after the failed charge")
    chromium.pay_by_card(CARD)
    settled(chromium, "Saved and paid")
    equal(subscription(made)["status"], "active", "status after the charge")
    equal([invoice["status"] for invoice in invoices(made)], ["paid"], "the invoice")


@case("mistakes are named beside their fields, and a wallet can be saved, {}", *WAYS)
def _(way):
    made = subscribe(trial_days=14)
    chromium = open_at(way, made["payment_setup_url"])
    chromium.pay_by_card("1234", expiry="13 / 20", code="x")
    chromium.wait_heading("check")
    for field in ("number", "expiry", "code"):
        equal(chromium.driver.find_element(By.ID, field).get_attribute("aria-invalid"), "true", field)
    chromium.pay_by_wallet()
    chromium.wait_heading("Approve in")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Saved. Thank you")
    equal(subscription(made)["payment_method"]["type"], "wallet", "the method")


@case("the browser goes back to the merchant by itself")
def _():
    made = subscribe(trial_days=14, return_url=RETURN)
    path = urllib.parse.urlsplit(made["payment_setup_url"]).path
    visitor = Visitor()
    page = visitor.get(path)
    answer = visitor.post(path + "/pay", page, method="sandbox_alpha", number=CARD, name="Maya", expiry="12/39", code="123")
    equal((answer.status, answer.location), (303, path + "?step=done"), "the answer")
    done = visitor.get(answer.location)
    equal((done.status, done.headers.get("Refresh")), (200, "0; url=" + RETURN), "the page that leaves")
    check(visitor.get(path).headers.get("Refresh") is None, "opened again, it stays")


class Visitor:
    """Plain HTTP, as a program speaks it."""

    def __init__(self):
        self.session = shop().session

    def get(self, path):
        return harness.Page(self.session.get(server().url + path, allow_redirects=False, timeout=30))

    def post(self, path, page, **fields):
        if page:
            fields.setdefault("csrf", page.csrf)
        return harness.Page(self.session.post(server().url + path, data=fields, allow_redirects=False, timeout=30))


# MARK: An invoice

@case("an invoice is paid on its own page, and the card stays with the subscription, {}", *WAYS)
def _(way):
    made = subscribe()
    invoice = invoices(made)[0]
    chromium = open_at(way, invoice["hosted_invoice_url"])
    chromium.wait_heading("$29.99")
    check(invoice["number"] in text(chromium), "its number")
    chromium.press(chromium.button("Pay $29.99"))
    chromium.wait_heading("$29.99")
    check("/checkout/" in chromium.driver.current_url, "the payment's own page")
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Paid. Thank you")
    chromium.open(invoice["hosted_invoice_url"])
    chromium.wait_heading("This invoice is paid")
    after = subscription(made)
    equal((after["status"], after["payment_method"]["last4"]), ("active", "4242"), "the subscription")
    chromium.press(chromium.driver.find_element(By.CSS_SELECTOR, "a[href$='/document']"))
    chromium.wait_heading("Invoice")
    check(invoice["number"] in text(chromium) and "Paid" in text(chromium), "the document")


@case("a payment that is not settled is said, and the page follows it, {}", *WAYS)
def _(way):
    merchant = patient_shop()
    made = subscribe(merchant)
    invoice = invoices(made, merchant)[0]
    chromium = open_at(way, invoice["hosted_invoice_url"])
    chromium.press(chromium.button("Pay $29.99"))
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Confirming")
    chromium.open(invoice["hosted_invoice_url"])
    chromium.wait_heading("Confirming your payment")
    equal(chromium.driver.find_elements(By.TAG_NAME, "form"), [], "nobody is asked to pay again")
    merchant.server.advance(60)
    settled(chromium, "This invoice is paid")
    equal(subscription(made, merchant)["status"], "active", "the subscription")


@case("a card whose saving or first charge is not settled is said, and the page follows it, {}", *WAYS)
def _(way):
    merchant = patient_shop()
    made = subscribe(merchant)
    chromium = open_at(way, made["payment_setup_url"])
    chromium.pay_by_card(CARD)
    chromium.wait_heading("Saved. Confirming your payment")
    check("charged once at most" in text(chromium), "that it is charged once")
    merchant.server.advance(60)
    settled(chromium, "Saved and paid")
    equal(subscription(made, merchant)["status"], "active", "the subscription")


@case("a withdrawn invoice asks for nothing")
def _():
    invoice = invoices(subscribe())[0]
    shop().post(f"/subscription-invoices/{invoice['id']}/void").expect(200)
    chromium = open_at("with scripts", invoice["hosted_invoice_url"])
    chromium.wait_heading("withdrawn")
    equal(chromium.driver.find_elements(By.TAG_NAME, "form"), [], "forms")


# MARK: The document on paper

PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}


def printed(document, paper):
    """The pages of a document as text, printed as browsers do."""
    file = harness.temporary_folder() / "document.html"
    file.write_text(document)
    chromium = open_at("with scripts", file.as_uri())
    width, height = PAPERS[paper]
    answer = chromium.driver.execute_cdp_cmd("Page.printToPDF", {
        "paperWidth": width, "paperHeight": height, "preferCSSPageSize": True, "printBackground": False})
    pdf = file.with_suffix(".pdf")
    pdf.write_bytes(base64.b64decode(answer["data"]))
    found = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    size = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    (SHOTS / f"document-{paper.lower()}-{document.count('Box number')}.pdf").write_bytes(pdf.read_bytes())
    return found.stdout.split("\f")[:-1], re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", size)


@functools.cache
def forty():
    """The document of an invoice with 40 lines."""
    made, _ = subscribed("with scripts")
    lines = [{"description": f"Box number {number:03}", "unit_price": 12.5, "quantity": 2} for number in range(1, 41)]
    invoice = shop().post(f"/subscription-invoices/{made['id']}/generate", {"lines": lines}).expect(201)["invoice"]
    answer = shop().get(f"/subscription-invoices/{invoice['id']}/document").expect(200)
    return invoice, answer.text


def document(count):
    """The same with as many lines: rows of the real document, repeated and numbered anew."""
    invoice, text = forty()
    start, end = text.index("<tbody>") + len("<tbody>"), text.index("</tbody>")
    rows = re.findall(r"<tr>.*?</tr>", text[start:end], re.S)
    equal(len(rows), 40, "rows")
    numbered = [re.sub(r"Box number \d+", f"Box number {number + 1:03}", rows[number % 40]) for number in range(count)]
    return invoice, text[:start] + "".join(numbered) + text[end:]


@case("the document prints on {}", *(f"{paper} with {count} lines" for paper in PAPERS for count in (1, 40, 200)))
def _(what):
    paper, count = re.match(r"(\w+) with (\d+) lines", what).groups()
    count = int(count)
    invoice, page = document(count)
    sheets, size = printed(page, paper)
    width, height = PAPERS[paper]
    check(abs(float(size[1]) - width * 72) < 2 and abs(float(size[2]) - height * 72) < 2, f"the paper is {size[0]}")
    low, high = {1: (1, 1), 40: (2, 3), 200: (6, 12)}[count]
    check(low <= len(sheets) <= high, f"{len(sheets)} pages")
    whole = "\n".join(sheets)
    for number in range(1, count + 1):
        rows = [line for line in whole.splitlines() if f"Box number {number:03}" in line]
        equal(len(rows), 1, f"rows of line {number}")
        check("$25.00" in rows[0] and "$12.50" in rows[0], f"line {number} is whole: {rows[0]}")
    for index, sheet in enumerate(sheets):
        check(f"{index + 1}/{len(sheets)}" in sheet.replace(" ", ""), f"page {index + 1} is numbered")
        check(invoice["number"] in sheet, f"page {index + 1} names the invoice")
        if "Box number" in sheet:
            check("Unit price" in sheet and "Quantity" in sheet, f"page {index + 1} has the heads of its columns")
            head = sheet.index("Unit price")
            check(head < sheet.index("Box number"), f"the heads stand over the lines of page {index + 1}")
    final = next(line for line in whole.splitlines() if "Amount due" in line)
    check("$" in final, f"the amount due stands with its name: {final}")
    for words in ("Cacao Lane", "Maya Lindqvist", "Invoice number", "Date of issue", "Subtotal", "Tax", "Total"):
        check(words in whole, f"{words} is on paper")
    check(not re.search(r"View and print|Skip to", whole), "no navigation")


# MARK: The account

@case("the account shows everything, and an open invoice is paid from it, {}", *WAYS)
def _(way):
    made = subscribe()
    chromium = account(way, made)
    shown = text(chromium)
    for words in ("Tasting box", "$29.99 every month", "Card missing", "Maya Lindqvist", invoices(made)[0]["number"]):
        check(words in shown, f"{words!r} is shown")
    chromium.press(chromium.button("Pay $29.99"))
    chromium.wait_heading("$29.99")
    check("/invoice/" in chromium.driver.current_url, "the invoice's page")


@case("a card is changed for another, made the default and removed, {}", *WAYS)
def _(way):
    made, _ = subscribed(way)
    chromium = account(way, made)
    check("Visa ending 4242" in text(chromium), "the card")
    chromium.press(chromium.button("Change card"))
    chromium.wait_heading("Which card")
    chromium.press(chromium.button("Add another card"))
    chromium.wait_heading("$0.00")
    chromium.pay_by_card(CARD_3DS)
    chromium.wait_heading("Your bank asks")
    chromium.press(chromium.button("Approve"))
    chromium.wait_heading("Your account")
    check("The card of the subscription was changed" in text(chromium), "a word of it")
    equal(subscription(made)["payment_method"]["last4"], CARD_3DS[-4:], "the card that is charged")
    chromium.press(chromium.button("Use for renewals"))
    chromium.wait_heading("Your account")
    chromium.press(chromium.button("Remove"))
    chromium.wait_heading("Remove Visa")
    chromium.press(chromium.button("Remove"))
    chromium.wait_heading("Your account")
    check("The card was removed" in text(chromium), "a word of it")
    methods = shop().get(f"/customers/{made['customer']['id']}/payment-methods").expect(200)["payment_methods"]
    equal(len(methods), 1, "cards left")


@case("a subscription is cancelled after a question, and taken back, {}", *WAYS)
def _(way):
    made, _ = subscribed(way)
    chromium = account(way, made)
    chromium.press(chromium.button("Cancel subscription"))
    chromium.wait_heading("Cancel Tasting box?")
    check("It stays yours until" in text(chromium), "what happens")
    chromium.press(chromium.button("Cancel subscription"))
    chromium.wait_heading("Your account")
    check("was cancelled" in text(chromium) and "Ends on" in text(chromium), "a word of it")
    equal(subscription(made)["cancel_at_period_end"], True, "cancel_at_period_end")
    chromium.press(chromium.button("Keep the subscription"))
    chromium.wait_heading("Your account")
    check("taken back" in text(chromium), "a word of it")
    equal(subscription(made)["cancel_at_period_end"], False, "cancel_at_period_end")


@case("the plan is changed for exactly what was shown, {}", *WAYS)
def _(way):
    made, _ = subscribed(way)
    chromium = account(way, made)
    chromium.press(chromium.button("Change plan"))
    chromium.wait_heading("Choose a plan")
    check("Big box" in text(chromium) and "Staff box" not in text(chromium), "the plans that are offered")
    chromium.press(chromium.button("See what it costs"))
    chromium.wait_heading("Change to Big box?")
    amount = re.search(r"Change and pay \$([\d.]+)", text(chromium))
    check(amount, "the price of the change")
    chromium.press(chromium.button("Change and pay"))
    chromium.wait_heading("Your account")
    eventually(lambda: subscription(made)["plan"]["id"] == plan("Big box"), "the change is paid")
    newest = max(invoices(made), key=lambda invoice: invoice["number"])
    equal((newest["status"], f"{newest['amount_paid']:.2f}"), ("paid", amount[1]), "what was charged")


@case("what the merchant forbids is neither shown nor done")
def _():
    server().run("app", "update", shop().application, "--portal-cancel", "off", "--portal-plan-change", "off")
    try:
        made, _ = subscribed("with scripts")
        chromium = account("with scripts", made)
        check("Cancel subscription" not in text(chromium) and "Change plan" not in text(chromium), "neither is shown")
        here = urllib.parse.urlsplit(chromium.driver.current_url).path
        token = chromium.driver.find_element(By.NAME, "csrf").get_attribute("value")
        for act in ("cancel", "plan"):
            path = f"{here}/subscriptions/{made['id']}/{act}"
            equal(Visitor().get(path).status, 404, f"GET {act}")
            answer = Visitor().post(path, None, csrf=token, plan=plan("Big box"), preview="0-0")
            equal((answer.status, answer.location), (303, here + "?notice=refused"), f"POST {act}")
        equal(subscription(made)["cancel_at_period_end"], False, "nothing was cancelled")
    finally:
        server().run("app", "update", shop().application, "--portal-cancel", "on", "--portal-plan-change", "on")


@case("forms from another site, or without their proof, are refused")
def _():
    made = subscribe(trial_days=14)
    invoice = invoices(subscribe())[0]
    for url, act in ((made["payment_setup_url"], "/pay"), (invoice["hosted_invoice_url"], "/pay")):
        path = urllib.parse.urlsplit(url).path
        visitor = Visitor()
        page = visitor.get(path)
        equal(visitor.post(path + act, page, csrf="wrong", method="sandbox_alpha").status, 403, "without the proof")
        answer = visitor.session.post(
            server().url + path + act, data={"csrf": page.csrf}, headers={"Sec-Fetch-Site": "cross-site"},
            allow_redirects=False, timeout=30)
        equal(answer.status_code, 403, "from another site")
    for path in ("/invoice/" + "0" * 32, "/setup/" + "0" * 32, "/portal/session/" + "0" * 32, "/invoice/x", "/setup/x"):
        equal(Visitor().get(path).status, 404, path)


# MARK: How it looks

@functools.cache
def pages():
    """Addresses of a page in each state."""
    trial, owing = subscribe(trial_days=14), subscribe()
    failed = subscribe()
    chromium = open_at("with scripts", failed["payment_setup_url"])
    chromium.pay_by_card(CARD_DECLINES_LATER)
    settled(chromium, "did not succeed")
    made, _ = subscribed("with scripts")
    void = invoices(subscribe())[0]
    shop().post(f"/subscription-invoices/{void['id']}/void").expect(200)
    ended = subscribe(trial_days=14)
    shop().post(f"/subscriptions/{ended['id']}/cancel", {"at_period_end": False}).expect(200)
    here = account("with scripts", made).driver.current_url
    below = f"{here}/subscriptions/{made['id']}"
    paid = invoices(made)[0]["hosted_invoice_url"]
    return {
        "setup": trial["payment_setup_url"], "setup-owing": owing["payment_setup_url"],
        "setup-failed": failed["payment_setup_url"] + "?step=done",
        "setup-ended": ended["payment_setup_url"], "setup-german": trial["payment_setup_url"] + "?locale=de",
        "invoice": invoices(owing)[0]["hosted_invoice_url"], "invoice-paid": paid,
        "invoice-void": void["hosted_invoice_url"], "document": paid + "/document", "account": here,
        "account-german": here + "?locale=de", "account-refused": here + "?notice=refused", "card": below + "/card",
        "cancel": below + "/cancel", "plans": below + "/plan", "preview": f"{below}/plan?to={plan('Big box')}"}


@case("every page fits a phone of 320 pixels, {}", "light", "dark")
def _(scheme):
    chromium = browser("with scripts")
    everything = pages()
    for name, url in everything.items():
        chromium.view(320, 700, scheme)
        chromium.open(url)
        equal(chromium.driver.execute_script(OVERFLOW), [], f"over the edge of {name}")
        # Where something is too wide, the window of a phone grows with it.
        equal(chromium.driver.execute_script("return document.documentElement.scrollWidth"), 320, f"width of {name}")
        chromium.look(f"{name}-320-{scheme}")
    chromium.view()


@case("every page has readable contrast, {}", "light", "dark")
def _(scheme):
    chromium = browser("with scripts")
    for name, url in pages().items():
        chromium.view(1280, 900, scheme)
        chromium.open(url)
        equal(chromium.driver.execute_script(CONTRAST), [], f"contrast of {name}")
    chromium.view()


# What a finger must hit and is smaller than 44 pixels; links within sentences are no such targets.
SMALL = """
return [...document.querySelectorAll('button, a.btn, a.out, summary, input:not([type=hidden]):not([type=radio])')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
  .map(e => `${e.tagName} ${e.textContent.trim()} ${e.getBoundingClientRect().height}`)"""


@case("buttons and fields are 44 pixels high, and everything has a name")
def _():
    chromium = browser("with scripts")
    for name, url in pages().items():
        chromium.view(390, 800)
        chromium.open(url)
        equal(chromium.driver.execute_script(SMALL), [], f"small targets on {name}")
        equal(chromium.driver.execute_script(UNNAMED), [], f"names on {name}")
    chromium.view()


@case("every page turns round for languages written right to left")
def _():
    chromium = browser("with scripts")
    for name, url in pages().items():
        chromium.view(390, 800)
        chromium.open(url)
        chromium.driver.execute_script("document.documentElement.dir = 'rtl'")
        equal(chromium.driver.execute_script(OVERFLOW), [], f"over the edge of {name}")
    chromium.view()


@case("every page is strict: policy, no cache, no referrer, nothing inline, nothing from elsewhere")
def _():
    for name, url in pages().items():
        address = urllib.parse.urlsplit(url)
        page = Visitor().get(address.path + ("?" + address.query if address.query else ""))
        equal(page.status, 200, name)
        policy = page.headers["Content-Security-Policy"]
        check("unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, policy)
        for header, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
                              ("X-Content-Type-Options", "nosniff"), ("X-Robots-Tag", "noindex")):
            equal(page.headers.get(header), value, f"{header} of {name}")
        check("Set-Cookie" not in page.headers, f"no cookie on {name}")
        if name != "document":
            check(not re.search(r"<script>|<style|\son\w+=|\sstyle=", page.text), f"nothing inline on {name}")
        check(not re.search(r'src="(https?:)?//', page.text), f"nothing from elsewhere on {name}")


if __name__ == "__main__":
    try:
        suite.main()
    finally:
        if browser.cache_info().currsize:
            for way in WAYS:
                browser(way).driver.quit()
