#!/usr/bin/env python3
"""Webhooks in both directions, on a clock that is moved by hand where time matters."""
import functools

import harness
from harness import Buyer, Merchant, Receiver, Server, Suite, check, equal

suite = Suite("webhooks")
case = suite.case


def listening(merchant, receiver, events=("*",), **fields):
    """An endpoint of the receiver; answers it with its secret."""
    return merchant.post("/webhook-endpoints", {
        "url": receiver.url + "/hook", "events": list(events), **fields}).expect(201)["webhook_endpoint"]


@functools.cache
def server():
    return Server("--rate-limit", "off", "--allow-private-webhooks", "127.0.0.0/8")


@functools.cache
def slow_server():
    return Server("--rate-limit", "off", "--allow-private-webhooks", "127.0.0.0/8", clock=harness.START, seed=3)


# MARK: The main job

@case("create, pay on the page, the webhook arrives signed, and the payment says completed")
def _():
    receiver = Receiver()
    merchant = Merchant.create(server())
    endpoint = listening(merchant, receiver)
    payment = merchant.create_payment()
    page = Buyer(server(), payment).pay_by_card()
    equal((page.status, page.heading), (200, "Paid. Thank you."), "the page after paying")
    completed = harness.eventually(lambda: receiver.of_type("payment.completed"), "payment.completed")[0]
    completed.verify(endpoint["secret"])
    equal(completed.event["data"]["hash"], payment["hash"], "the payment of the event")
    equal(completed.headers["x-delivery-attempt"], "1", "X-Delivery-Attempt")
    got = merchant.payment(payment["hash"])
    equal(got["status"], "completed", "status")
    equal([(a["gateway"], a["status"], a["executed"]) for a in got["attempts"]],
          [("sandbox_alpha", "succeeded", "yes")], "attempts")
    for delivery in list(receiver.deliveries):
        delivery.verify(endpoint["secret"])
    own = [d.event["object_sequence"] for d in receiver.deliveries if d.event["type"].startswith("payment.")]
    equal(own, sorted(own), "the payment's events in order")
    receiver.close()


@case("only the types that an endpoint asks for arrive")
def _():
    receiver = Receiver()
    merchant = Merchant.create(server())
    listening(merchant, receiver, ["payment.cancelled"])
    merchant.paid()
    payment = merchant.create_payment()
    merchant.post(f"/payments/{payment['hash']}/cancel").expect(200)
    receiver.wait(1)
    equal([d.event["type"] for d in receiver.deliveries], ["payment.cancelled"], "types")
    receiver.close()


@case("private addresses are refused unless the operator names them")
def _():
    with harness.serving("--rate-limit", "off") as guarded:
        receiver = Receiver()
        merchant = Merchant.create(guarded)
        for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost"),
                    receiver.url.replace("127.0.0.1", "[::ffff:127.0.0.1]"), "http://169.254.169.254/latest"):
            answer = merchant.post("/webhook-endpoints", {"url": url, "events": ["*"]})
            check(answer.status in (201, 422), f"{url}: {answer.status}")
        merchant.create_payment()
        deliveries = harness.eventually(
            lambda: [d for d in merchant.get("/webhook-deliveries?limit=100")["deliveries"] if d["tries"]],
            "a refused try")
        check(deliveries[0]["log"][0]["error"] if "log" in deliveries[0] else True, "the log says why")
        check(all(d["status"] != "delivered" for d in deliveries), "none was delivered")
        equal(receiver.deliveries, [], "deliveries")
        receiver.close()


# MARK: Retries

@case("a failing receiver is tried again on the schedule until it answers")
def _():
    slow = slow_server()
    receiver = Receiver()
    merchant = Merchant.create(slow)
    endpoint = listening(merchant, receiver, ["payment.pending"])
    receiver.answer(500, 503, (500, {}))
    merchant.create_payment()
    receiver.wait(1)
    for count, least, most in ((2, 4, 6), (3, 24, 36), (4, 96, 144)):
        waiting = harness.eventually(lambda: [d for d in merchant.get("/webhook-deliveries")["deliveries"]
                                              if d["status"] == "retrying"], "waiting for the next try")[0]
        last = merchant.get(f"/webhook-deliveries/{waiting['id']}")["delivery"]["log"][-1]
        due = harness.parse_time(waiting["next_try_at"])
        delay = due - harness.parse_time(last["at"])
        check(least - 1 <= delay <= most + 1, f"try {count} comes after {delay} s")
        slow.advance(due - 1 - harness.parse_time(slow.now))
        equal(len(receiver.deliveries), count - 1, "deliveries a second before")
        slow.advance(2)
        receiver.wait(count)
    equal([d.headers["x-delivery-attempt"] for d in receiver.deliveries], ["1", "2", "3", "4"], "attempts")
    equal(len({d.headers["webhook-id"] for d in receiver.deliveries}), 1, "one event")
    equal(len({d.headers["x-timestamp"] for d in receiver.deliveries}), 4, "each try is signed anew")
    for delivery in receiver.deliveries:
        delivery.verify(endpoint["secret"])
    delivery = harness.eventually(lambda: [d for d in merchant.get("/webhook-deliveries")["deliveries"]
                                           if d["status"] == "delivered"], "delivered")[0]
    equal(delivery["tries"], 4, "tries")
    one = merchant.get(f"/webhook-deliveries/{delivery['id']}")["delivery"]
    equal([t["response_status"] for t in one["log"]], [500, 503, 500, 200], "the log")
    receiver.close()


@case("Retry-After is honoured")
def _():
    slow = slow_server()
    receiver = Receiver()
    merchant = Merchant.create(slow)
    listening(merchant, receiver, ["payment.pending"])
    receiver.answer((503, {"Retry-After": "3000"}))
    merchant.create_payment()
    receiver.wait(1)
    slow.advance(2990)
    equal(len(receiver.deliveries), 1, "deliveries before the time")
    slow.advance(700)
    receiver.wait(2)
    receiver.close()


@case("410 disables at once; enabling delivers what was held, in order")
def _():
    slow = slow_server()
    receiver = Receiver()
    merchant = Merchant.create(slow)
    endpoint = listening(merchant, receiver, ["payment.pending", "payment.cancelled"])
    receiver.answer(410)
    first = merchant.create_payment()
    receiver.wait(1)
    path = f"/webhook-endpoints/{endpoint['id']}"
    harness.eventually(
        lambda: merchant.get(path)["webhook_endpoint"]["state"] == "disabled", "the endpoint is disabled")
    merchant.post(f"/payments/{first['hash']}/cancel").expect(200)
    second = merchant.create_payment()
    slow.advance(100)
    equal(len(receiver.deliveries), 1, "nothing is sent while disabled")
    check("webhook_endpoint.disabled" in [e["type"] for e in merchant.get("/events")["events"]], "an event tells")
    merchant.post(path + "/enable").expect(200)
    slow.advance(30)
    receiver.wait(3)
    told = [(d.event["type"], d.event["data"]["hash"]) for d in receiver.deliveries[1:]]
    for expected in (("payment.cancelled", first["hash"]), ("payment.pending", second["hash"])):
        check(expected in told, f"{expected} is not among {told}")
    receiver.close()


@case("a delivery can be sent again by hand")
def _():
    slow = slow_server()
    receiver = Receiver()
    merchant = Merchant.create(slow)
    listening(merchant, receiver, ["payment.pending"])
    receiver.answer(500)
    merchant.create_payment()
    receiver.wait(1)
    delivery = harness.eventually(lambda: [d for d in merchant.get("/webhook-deliveries")["deliveries"]
                                           if d["status"] == "retrying"], "waiting for the next try")[0]
    merchant.post(f"/webhook-deliveries/{delivery['id']}/retry").expect(200)
    receiver.wait(2)
    receiver.close()


@case("deliveries outlive kill -9")
def _():
    receiver = Receiver()
    with harness.serving("--rate-limit", "off", "--allow-private-webhooks", "127.0.0.0/8") as server:
        merchant = Merchant.create(server)
        endpoint = listening(merchant, receiver, ["payment.pending"])
        receiver.answer(*[500] * 20)
        payment = merchant.create_payment()
        server.kill()
        receiver.answers.clear()
        server.start()
        found = harness.eventually(
            lambda: [d for d in receiver.of_type("payment.pending") if d.event["data"]["hash"] == payment["hash"]],
            "the delivery after the restart", 90)
        found[-1].verify(endpoint["secret"])
    receiver.close()


# MARK: Notices of gateways

@case("a notice that comes {} leaves one completed payment",
      ("twice", "duplicate_webhook"), ("late", "late_webhook"), ("out of order", "out_of_order_webhooks"))
def _(how):
    slow = slow_server()
    merchant = Merchant.create(slow, f"Notices {how[0]}")
    for gateway in ("sandbox_alpha", "sandbox_beta"):
        slow.faults(merchant.application, gateway, how[1])
    payment = merchant.create_payment()
    Buyer(slow, payment).pay_by_card()
    slow.advance(200)
    slow.advance(3600)
    got = merchant.payment(payment["hash"])
    equal((got["status"], len(got["attempts"]), got["amount_refunded"]), ("completed", 1, 0), "the payment")
    types = [e["type"] for e in merchant.get("/events?sort=created_at&limit=100")["events"]]
    equal(types.count("payment.completed"), 1, f"payment.completed among {types}")
    notices = merchant.get("/gateway-events")["gateway_events"]
    check(notices, "notices arrived")
    check(all(n["status"] in ("processed", "ignored") for n in notices), f"{[n['status'] for n in notices]}")
    if how[1] == "duplicate_webhook":
        check(any(n["deliveries"] >= 2 for n in notices), f"a notice arrived twice: {notices}")


@case("an unknown outcome is resolved by asking, once")
def _():
    slow = slow_server()
    merchant = Merchant.create(slow)
    slow.faults(merchant.application, "sandbox_alpha", "timeout_after_charge", "late_webhook")
    payment = merchant.create_payment()
    page = Buyer(slow, payment).pay_by_card()
    equal(page.heading, "Confirming your payment", "heading")
    got = merchant.payment(payment["hash"])
    equal((got["status"], got["attempts"][0]["status"], got["attempts"][0]["executed"]),
          ("processing", "unknown", "unknown"), "before the lookup")
    slow.advance(3)
    equal(merchant.payment(payment["hash"])["status"], "processing", "3 s later")
    slow.advance(40)
    got = merchant.payment(payment["hash"])
    equal((got["status"], [a["status"] for a in got["attempts"]]), ("completed", ["succeeded"]), "after the lookup")


@case("cancelling while the outcome is unknown asks the gateway first, which took the money")
def _():
    slow = slow_server()
    merchant = Merchant.create(slow)
    slow.faults(merchant.application, "sandbox_alpha", "timeout_after_charge", "late_webhook")
    payment = merchant.create_payment()
    Buyer(slow, payment).pay_by_card()
    merchant.post(f"/payments/{payment['hash']}/cancel").expect(409, "invalid_state")
    equal(merchant.payment(payment["hash"])["status"], "completed", "status")


@case("while nobody can tell the outcome, whatever else would move money must wait")
def _():
    slow = slow_server()
    merchant = Merchant.create(slow)
    slow.faults(merchant.application, "sandbox_alpha", "timeout_after_charge", "late_webhook")
    payment = merchant.create_payment()
    buyer = Buyer(slow, payment)
    buyer.pay_by_card()
    slow.faults(merchant.application, "sandbox_alpha", "down")
    path = f"/payments/{payment['hash']}"
    merchant.post(path + "/cancel").expect(409, "payment_in_flight")
    merchant.post(path + "/refunds").expect(409)
    equal(merchant.post(path + "/sync").expect(200)["payment"]["status"], "processing", "status after sync")
    equal(buyer.get().heading, "Confirming your payment", "no form to pay again")
    equal(buyer.get("/start/sandbox_beta").status, 303, "no other way to pay")
    slow.advance(3 * 3600)
    equal(len(merchant.payment(payment["hash"])["attempts"]), 1, "attempts after three hours")
    slow.faults(merchant.application, "sandbox_alpha")
    slow.advance(3700)
    equal(merchant.payment(payment["hash"])["status"], "completed", "once the gateway answers")


@case("an unknown outcome is resolved by the gateway's notice")
def _():
    slow = slow_server()
    merchant = Merchant.create(slow)
    slow.faults(merchant.application, "sandbox_alpha", "timeout_after_charge")
    payment = merchant.create_payment()
    Buyer(slow, payment).pay_by_card()
    got = harness.eventually(lambda: (p := merchant.payment(payment["hash"]))["status"] == "completed" and p,
                             "completed by the notice, with the clock standing still")
    equal([a["status"] for a in got["attempts"]], ["succeeded"], "attempts")


@case("a disputed payment says so")
def _():
    slow = slow_server()
    merchant = Merchant.create(slow)
    payment = merchant.create_payment()
    Buyer(slow, payment).pay_by_card(harness.CARD_DISPUTED)
    slow.advance(60)
    got = merchant.payment(payment["hash"])
    equal((got["status"], got["disputed"]), ("completed", True), "disputed")
    check("payment.disputed" in [e["type"] for e in merchant.get("/events")["events"]], "payment.disputed")


@case("an operator resolves what no gateway can tell")
def _():
    slow = slow_server()
    merchant = Merchant.create(slow)
    slow.faults(merchant.application, "sandbox_alpha", "timeout_after_charge", "late_webhook")
    payment = merchant.create_payment()
    Buyer(slow, payment).pay_by_card()
    slow.run("payment", "resolve", payment["hash"], "--as", "paid", "--reference", "BANK-7", "--reason",
             "seen on the statement")
    got = merchant.payment(payment["hash"])
    equal(got["status"], "completed", "status")


if __name__ == "__main__":
    suite.main()
