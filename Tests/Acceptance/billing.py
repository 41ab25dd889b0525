#!/usr/bin/env python3
"""A new user's walk through recurring billing in the demo: plans by the API, cards in a real Chromium, a year on the
test clock, webhooks at the merchant's door, and a server that is killed on the way. The cases follow each other."""
import concurrent.futures
import functools
import threading
import time

import harness
import rules
from billing_pages import CARD_DECLINES_LATER, printed, settled
from browser import browser
from harness import CARD, Buyer, Failed, Merchant, Receiver, Server, Suite, check, equal, eventually

suite = Suite("billing")
case = suite.case
DAY = 86_400


class Walk:
    """The demo, its merchant, and where the merchant is told of everything."""

    def __init__(self):
        self.server = Server(verb="demo")
        self.merchant = Merchant(self.server, key="pk_demo", secret="sk_demo")
        self.receiver = Receiver()
        self.endpoint = self.merchant.post(
            "/webhook-endpoints", {"url": self.receiver.url + "/hook"}).expect(201)["webhook_endpoint"]
        # The test clock begins at noon of tomorrow, so that nothing of the demo lies after it.
        tomorrow = int(time.time()) // DAY * DAY + DAY + DAY // 2
        self.start = self.merchant.post(
            "/test-clock", {"frozen_at": harness.format_time(tomorrow)}).expect(200)["test_clock"]["now"]
        self.made = {}

    def advance(self, **wish):
        """Moves the test clock, with as many calls as it takes; answers how many due items ran."""
        ran = 0
        while True:
            clock = self.merchant.post("/test-clock", wish).expect(200)["test_clock"]
            ran += sum(clock["ran"].values())
            if clock["done"]:
                return ran
            wish = {"advance_to": clock["advancing_to"]}

    def get(self, path):
        return self.merchant.get(path).expect(200).json

    def subscribe(self, name, plan="plan_premium_monthly", **fields):
        answer = self.merchant.post("/subscriptions", {
            "customer_email": f"{name}@example.com", "customer_name": name.capitalize(), "plan_id": plan, **fields})
        self.made[name] = answer.expect(201)["subscription"]["id"]
        return answer["subscription"]

    def subscription(self, name):
        return self.get(f"/subscriptions/{self.made[name]}")["subscription"]

    def invoices(self, name):
        found = rules.all_of(self.get, f"/subscriptions/{self.made[name]}/invoices", "invoices")
        return sorted(found, key=lambda invoice: invoice["number"])

    def act(self, name, what, body=None):
        return self.merchant.post(f"/subscriptions/{self.made[name]}/{what}", body or {})

    def leave_card(self, subscription, number, heading):
        """In the browser, as the customer who was sent the link."""
        chromium = browser("with scripts")
        chromium.view()
        chromium.open(subscription["payment_setup_url"])
        chromium.pay_by_card(number)
        settled(chromium, heading)


@functools.cache
def walk():
    return Walk()


@case("a plan is made, and a customer begins a trial of 14 days with a card left in the browser")
def _():
    for name, price in (("Premium", 29.99), ("Business", 49.99)):
        walk().merchant.post("/subscription-plans", {
            "id": f"plan_{name.lower()}_monthly", "name": f"{name} Monthly", "price": price, "currency": "USD",
            "billing_cycle": "monthly"}).expect(201)
    made = walk().subscribe("maya", trial_days=14)
    trial_end = harness.format_time(harness.parse_time(walk().start) + 14 * DAY)
    equal((made["status"], made["trial_end"]), ("trialing", trial_end), "the subscription")
    walk().leave_card(made, CARD, "Saved. Thank you")
    equal(walk().subscription("maya")["payment_method"]["last4"], "4242", "the card")


@case("a year passes on the test clock: twelve invoices, each paid once; a card that fails goes through dunning")
def _():
    made = walk().subscribe("dan", trial_days=14)
    walk().leave_card(made, CARD_DECLINES_LATER, "Saved. Thank you")
    check(walk().advance(advance_by=365 * DAY) > 24, "due items ran")
    invoices = walk().invoices("maya")
    equal([invoice["status"] for invoice in invoices], ["paid"] * 12, "the invoices")
    for before, after in zip(invoices, invoices[1:]):
        equal(before["period_end"], after["period_start"], "one period follows the other")
    for invoice in invoices:
        equal((invoice["total"], len(invoice["payments"])), (29.99, 1), f"total and payments of {invoice['number']}")
        equal(invoice["paid_at"], invoice["period_start"], f"{invoice['number']} is paid when its period begins")
    failed = walk().invoices("dan")
    equal([(i["status"], i["payment_status"], i["attempt_count"]) for i in failed], [("open", "failed", 5)], "dunning")
    ended = walk().subscription("dan")
    equal(ended["status"], "cancelled", "the end of dunning")
    trial_end = harness.parse_time(walk().start) + 14 * DAY
    equal(harness.parse_time(ended["ended_at"]) - trial_end, 7 * DAY, "from the first failure to the last try")
    told = walk().get(f"/subscription-events?subscription_id={ended['id']}&type=invoice.failed&sort=created_at")
    days = [(harness.parse_time(event["created_at"]) - trial_end) / DAY for event in told["events"]]
    equal(days, [0, 1, 3, 5, 7], "days of the tries")


@case("a change of plan bills to the cent what its preview showed, and the preview serves once")
def _():
    made = walk().subscribe("iris")
    walk().leave_card(made, CARD, "Saved and paid")
    equal(walk().subscription("iris")["status"], "active", "status")
    walk().advance(advance_by=10 * DAY)
    body = {"plan_id": "plan_business_monthly"}
    preview = walk().act("iris", "change-plan/preview", body).expect(200)["preview"]
    equal(len(preview["lines"]), 2, "a credit and a charge")
    check(preview["lines"][0]["amount"] < 0 < preview["amount_due"], f"the lines {preview['lines']}")
    body["preview_token"] = preview["preview_token"]
    changed = walk().act("iris", "change-plan", body).expect(200)
    equal((changed["subscription"]["plan"]["id"], changed["invoice"]["status"]), (body["plan_id"], "paid"), "change")
    for name in ("lines", "total", "amount_due"):
        billed = changed["invoice"]["amount_paid" if name == "amount_due" else name]
        equal(billed, preview[name], f"{name} as the preview showed")
    body["plan_id"] = "plan_premium_monthly"
    walk().act("iris", "change-plan", body).expect(409, "invalid_state")


@case("a pause bills nothing and goes on where it stopped; a cancellation gives unused time back")
def _():
    before = walk().subscription("iris")
    walk().act("iris", "pause", {"reason": "Holiday"}).expect(200)
    walk().advance(advance_by=60 * DAY)
    equal(len(walk().invoices("iris")), 2, "invoices after two months of pause")
    after = walk().act("iris", "resume").expect(200)["subscription"]
    moved = harness.parse_time(after["current_period_end"]) - harness.parse_time(before["current_period_end"])
    equal(moved, 60 * DAY, "the period's end moved by")
    walk().act("maya", "cancel", {"reason": "Too dear"}).expect(200)
    equal(walk().subscription("maya")["cancel_at_period_end"], True, "Maya's ends with its period")
    over = walk().act("iris", "cancel", {"at_period_end": False, "proration": "refund"}).expect(200)
    equal(over["subscription"]["status"], "cancelled", "Iris's ended")
    check(over["credit_notes"] and over["refunds"], "something comes back")
    walk().advance(advance_by=40 * DAY)
    equal(walk().subscription("maya")["status"], "cancelled", "Maya's ended too")
    returned = sum(rules.cents(refund["amount"]) for refund in over["refunds"])
    payments = rules.all_of(walk().get, "/payments?customer_email=iris@example.com", "payments")
    equal(sum(rules.cents(payment["amount_refunded"]) for payment in payments), returned, "refunded at the gateway")


@case("a receiver that fails is asked again, later each time, on the test clock")
def _():
    eventually(lambda: not pending(), "nothing is on its way")
    walk().receiver.answer(500, 500)
    walk().merchant.post("/subscription-plans", {
        "id": "plan_weekly", "name": "Weekly", "price": 7, "currency": "USD", "billing_cycle": "weekly"}).expect(201)
    tries = lambda: [d for d in walk().receiver.of_type("plan.created") if d.event["data"]["id"] == "plan_weekly"]
    eventually(lambda: len(tries()) == 1, "the first try")
    walk().advance(advance_by=2)
    equal(len(tries()), 1, "tries within two seconds")
    walk().advance(advance_by=5)
    equal(len(tries()), 2, "tries after five seconds and a fifth of it")
    walk().advance(advance_by=40)
    equal([d.headers["x-delivery-attempt"] for d in tries()], ["1", "2", "3"], "tries")


def pending():
    return [delivery for status in ("queued", "sending", "retrying")
            for delivery in walk().get(f"/webhook-deliveries?status={status}")["deliveries"]]


@case("every event arrived: signed, and in order for each object")
def _():
    eventually(lambda: not pending(), "nothing is on its way")
    events = rules.all_of(walk().get, "/events", "events")
    begun = next(index for index, event in enumerate(events) if event["type"] == "plan.created")
    arrived, last = {}, {}
    for delivery in list(walk().receiver.deliveries):
        delivery.verify(walk().endpoint["secret"])
        event = delivery.event
        known = rules.object_of(event)
        if event["id"] not in arrived:
            # What the demo began with was told of before anybody listened.
            check(event["object_sequence"] == last.get(known, event["object_sequence"] - 1) + 1,
                  f"{event['type']} of {known} out of order")
            last[known] = event["object_sequence"]
        arrived[event["id"]] = event
    equal([e["type"] for e in events[begun:] if e["id"] not in arrived], [], "events that did not arrive")
    for event in events[begun:]:
        equal(arrived[event["id"]], event, "the event as it is listed")
    kinds = {event["type"] for event in arrived.values()}
    for kind in ("plan.created", "subscription.created", "subscription.trial_ending", "subscription.activated",
                 "subscription.past_due", "subscription.plan_changed", "subscription.paused", "subscription.resumed",
                 "subscription.cancelled", "invoice.created", "invoice.opened", "invoice.paid", "invoice.failed",
                 "credit_note.created", "payment_method.saved", "payment.completed", "refund.succeeded"):
        check(kind in kinds, f"{kind} arrived")


@case("an invoice is a document that prints as a PDF")
def _():
    invoice = walk().invoices("maya")[0]
    page = walk().merchant.get(f"/subscription-invoices/{invoice['id']}/document").expect(200)
    check(page.headers["Content-Type"].startswith("text/html"), "its type")
    sheets, _ = printed(page.text, "A4")
    equal(len(sheets), 1, "pages")
    for words in (invoice["number"], "Demo Shop", "Maya", "Premium Monthly", "$29.99", "Paid"):
        check(words in sheets[0], f"{words} is on paper")


@case("figures add up, numbers have no gap, and verify finds nothing")
def _():
    rules.look_over(walk().get, walk().server)
    overview = walk().get("/subscription-analytics/overview")["analytics"]["currencies"]
    equal([(row["currency"], row["mrr"], row["active"]) for row in overview], [("USD", 0, 0)], "all have ended")
    # The trial's end, Iris's beginning and change, and every end are in the movements of the months.
    series = walk().get("/subscription-analytics/timeseries?metric=mrr&interval=year")["analytics"]["currencies"][0]
    moved = {name: sum(rules.cents(point["movements"][name]) for point in series["points"])
             for name in ("new", "reactivation", "expansion", "contraction", "churn")}
    gained = moved["new"] + moved["reactivation"] + moved["expansion"]
    equal(gained, moved["contraction"] + moved["churn"], "what was gained was lost again")
    check(moved["expansion"] == rules.cents(49.99 - 29.99), f"the change of plan is an expansion: {moved}")


def subscribers(names, plan):
    """Customers who saved a card with an order, and their subscriptions, paid."""
    for name in names:
        payment = walk().merchant.create_payment(
            amount=1, customer_email=f"{name}@example.com", save_payment_method=True)
        Buyer(walk().server, payment).pay_by_card()
        customer = walk().merchant.payment(payment["hash"])["customer"]["id"]
        made = walk().merchant.post("/subscriptions", {"customer_id": customer, "plan_id": plan}).expect(201)
        equal(made["subscription"]["status"], "active", f"status of {name}'s")
        walk().made[name] = made["subscription"]["id"]


def at_once(count, send):
    """The answers to requests on connections of their own, let go together; `send` takes a merchant."""
    ours = walk().merchant
    gate = threading.Barrier(count)

    def one(number):
        mine = Merchant(walk().server, key=ours.key, secret=ours.secret)
        mine._last = int(time.time() * 1000) + number * 1000
        mine.get("/test-clock").expect(200)
        gate.wait(20)
        return send(mine)
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@case("what is asked for by eight at once happens once")
def _():
    subscribers(["rush"], "plan_premium_monthly")
    path = f"/subscriptions/{walk().made['rush']}"
    walk().advance(advance_by=10 * DAY)
    answers = at_once(8, lambda mine: mine.post(path + "/change-plan", {"plan_id": "plan_business_monthly"}))
    equal(sorted(answer.status for answer in answers).count(200), 1, f"changes among {[a.status for a in answers]}")
    answers = at_once(8, lambda mine: mine.post(f"/subscription-invoices/{walk().made['rush']}/generate"))
    equal([answer.status for answer in answers].count(201), 1, f"bills among {[a.status for a in answers]}")
    bill = walk().merchant.post(f"/subscription-invoices/{walk().made['rush']}/generate", {
        "lines": [{"description": "Item", "unit_price": 5}], "days_until_due": 3}).expect(201)["invoice"]
    answers = at_once(8, lambda mine: mine.post(f"/subscription-invoices/{bill['id']}/payment"))
    equal([answer.status for answer in answers].count(200), 1, f"payments among {[a.status for a in answers]}")
    answers = at_once(8, lambda mine: mine.post(
        f"/subscription-invoices/{bill['id']}/credit", {"destination": "refund"}))
    equal([answer.status for answer in answers].count(201), 1, f"notes among {[a.status for a in answers]}")
    answers = at_once(8, lambda mine: mine.post(path + "/cancel", {"at_period_end": False, "proration": "credit"}))
    equal([answer.status for answer in answers].count(200), 1, f"ends among {[a.status for a in answers]}")
    for answer in answers:
        check(answer.status in (200, 409), f"{answer.status} {answer.text[:300]}")
    payments = rules.all_of(walk().get, "/payments?customer_email=rush@example.com", "payments")
    invoices = [payment["invoice_id"] for payment in payments if payment["status"] == "completed"]
    equal((len(invoices), len(set(invoices))), (5, 5), "payments: the order, the period, the change, the next, the item")


@case("killed again and again in the middle of an advance, it goes on: nothing is missing, nothing is twice")
def _():
    server, merchant = walk().server, walk().merchant
    people = ["kit", "kai", "kay"]
    subscribers(people, "plan_weekly")
    start = harness.parse_time(walk().get("/test-clock")["test_clock"]["now"])
    end = start + 26 * 7 * DAY
    for quarter in (1, 2, 3):
        asking = threading.Thread(target=ask_quietly, args=(merchant, harness.format_time(end)))
        asking.start()
        eventually(lambda: clock() >= start + (end - start) * quarter // 4, "the advance on its way", 120)
        server.kill()
        asking.join()
        server.start()
        check(clock() < end, "the kill came in the middle of the advance")
    walk().advance(advance_to=harness.format_time(end))
    for name in people:
        invoices = walk().invoices(name)
        equal([invoice["status"] for invoice in invoices], ["paid"] * 27, f"invoices of {name}")
        for before, after in zip(invoices, invoices[1:]):
            equal(before["period_end"], after["period_start"], "one period follows the other")
        payments = rules.all_of(walk().get, f"/payments?customer_email={name}@example.com", "payments")
        equal({(payment["status"], payment["amount_refunded"]) for payment in payments}, {("completed", 0)}, "payments")
        paid = [payment["invoice_id"] for payment in payments]
        equal((len(paid), len(set(paid))), (28, 28), f"payments of {name}: the order, and one for each invoice")
    eventually(lambda: not pending(), "nothing is on its way")
    rules.look_over(walk().get, server)


def clock():
    return harness.parse_time(walk().get("/test-clock")["test_clock"]["now"])


def ask_quietly(merchant, target):
    """Asks for the advance; the server goes away meanwhile."""
    mine = Merchant(merchant.server, merchant.application, merchant.key, merchant.secret)
    try:
        mine.post("/test-clock", {"advance_to": target})
    except (OSError, Failed):
        pass


@case("after a reset everything begins anew: numbers, clock and figures; keys and webhook endpoints stay")
def _():
    while not walk().merchant.post("/test-data/reset").expect(200)["test_data"]["done"]:
        pass
    for path, name in (("/subscriptions", "subscriptions"), ("/subscription-invoices", "invoices"),
                       ("/customers", "customers"), ("/payments", "payments"), ("/events", "events")):
        equal(walk().get(path)[name], [], name)
    equal(walk().get("/subscription-analytics/overview")["analytics"]["currencies"], [], "figures")
    walk().merchant.post("/subscription-plans", {
        "id": "plan_weekly", "name": "Weekly", "price": 7, "currency": "USD", "billing_cycle": "weekly"}).expect(201)
    subscribers(["anew"], "plan_weekly")
    check(walk().invoices("anew")[0]["number"].endswith("-000001"), "the first number")
    told = eventually(lambda: walk().receiver.of_type("subscription.activated")[-1:], "the webhook")
    eventually(lambda: walk().receiver.of_type("subscription.activated")[-1].event["data"]["id"]
               == walk().made["anew"], "the webhook of the new one")
    told[0].verify(walk().endpoint["secret"])
    rules.look_over(walk().get, walk().server)


if __name__ == "__main__":
    try:
        suite.main()
    finally:
        if browser.cache_info().currsize:
            browser("with scripts").driver.quit()
