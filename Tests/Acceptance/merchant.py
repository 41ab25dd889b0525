#!/usr/bin/env python3
"""The API as a merchant's developer meets it."""
import concurrent.futures
import functools
import json
import re
import socket
import time

import harness
from harness import Buyer, Merchant, Server, Suite, check, equal

suite = Suite("merchant")
case = suite.case


@functools.cache
def server():
    return Server("--rate-limit", "off", "--allow-private-webhooks", "127.0.0.0/8")


@functools.cache
def shop():
    return Merchant.create(server())


@functools.cache
def other_shop():
    return Merchant.create(server(), "Other Shop")


def order(**fields):
    body = {"amount": 99.99, "currency": "USD", "description": "Order 1001", "customer_email": "ada@example.com"}
    body.update(fields)
    return {name: value for name, value in body.items() if value is not None}


# MARK: Payments

@case("a hosted payment is created as the contract says")
def _():
    answer = shop().post("/payments/hosted-url", order()).expect(201)
    payment = answer["payment"]
    equal(answer["success"], True, "success")
    equal(payment["status"], "pending", "status")
    check('"amount":99.99,' in answer.text, "the amount is written 99.99")
    check(re.fullmatch("[0-9a-f]{32}", payment["hash"]), "the hash is 32 lowercase hexadecimal digits")
    lifetime = harness.parse_time(payment["expires_at"]) - harness.parse_time(payment["created_at"])
    equal(lifetime, 86_400, "seconds until it expires")
    equal(answer["hosted_url"], payment["hosted_url"], "hosted_url")
    check("/checkout/" in answer["hosted_url"] and payment["hash"] not in answer["hosted_url"],
          "the checkout address has a token of its own")
    equal([g["gateway"] for g in answer["gateways"]], ["sandbox_alpha", "sandbox_beta"], "gateways")
    for gateway in answer["gateways"]:
        equal(sorted(gateway), ["gateway", "method", "name", "url"], "members of a gateway")
        equal(gateway["url"], f"{payment['hosted_url']}/start/{gateway['gateway']}", "start URL")
    equal(payment["attempts"], [], "attempts")
    equal(payment["customer"]["email"], "ada@example.com", "customer's email")
    equal(payment["mode"], "test", "mode")
    check(answer.headers["X-Request-Id"], "X-Request-Id")


@case("a payment session has a start URL for each gateway and no hosted_url beside it")
def _():
    answer = shop().post("/payments", order()).expect(201)
    check("hosted_url" not in answer.json, "no hosted_url beside the payment")
    page = Buyer(server(), answer["payment"]).get("/start/sandbox_alpha")
    equal(page.status, 200, "status of the start page")
    equal(shop().payment(answer["payment"]["hash"])["attempts"], [], "a GET of a start page opens nothing")


@case("an amount may be a decimal string, and keeps its digits: {}",
      ("30", "USD", "30.00"), ("1500", "JPY", "1500"), ("2.505", "KWD", "2.505"), (99.99, "EUR", "99.99"),
      ("0.01", "USD", "0.01"))
def _(given):
    amount, currency, text = given
    answer = shop().post("/payments", order(amount=amount, currency=currency)).expect(201)
    check(f'"amount":{text},' in answer.text, f"the amount is written {text}: {answer.text[:300]}")


@case("a payment can be read with its attempts and refunds, and listed")
def _():
    paid = shop().paid(customer_email="lists@example.com", metadata={"order": "7"})
    equal(paid["metadata"], {"order": "7"}, "metadata")
    equal([a["status"] for a in paid["attempts"]], ["succeeded"], "attempts")
    equal(paid["attempts"][0]["number"], 1, "number")
    equal(paid["attempts"][0]["executed"], "yes", "executed")
    equal(paid["gateway"], "sandbox_alpha", "gateway")
    equal(paid["payment_method"]["last4"], "4242", "last4")
    pending = shop().create_payment(customer_email="lists@example.com")
    listed = shop().get("/payments?customer_email=lists@example.com").expect(200)
    equal([p["hash"] for p in listed["payments"]], [pending["hash"], paid["hash"]], "newest first")
    listed = shop().get("/payments?customer_email=lists@example.com&sort=created_at").expect(200)
    equal([p["hash"] for p in listed["payments"]], [paid["hash"], pending["hash"]], "oldest first")
    for query, expected in (
            ("status=completed", [paid]), ("status=pending", [pending]), ("gateway=sandbox_alpha", [paid]),
            ("currency=USD", [pending, paid]), ("currency=EUR", []), ("min_amount=100", []),
            ("max_amount=99.99", [pending, paid]), (f"customer_id={paid['customer']['id']}", [pending, paid]),
            ("created_from=2000-01-01T00:00:00Z", [pending, paid]), ("created_to=2000-01-01T00:00:00Z", [])):
        found = shop().get(f"/payments?customer_email=lists@example.com&{query}").expect(200)["payments"]
        equal([p["hash"] for p in found], [p["hash"] for p in expected], query)


@case("lists go on by cursor")
def _():
    hashes = [shop().create_payment(customer_email="pages@example.com")["hash"] for _ in range(5)]
    seen, cursor = [], ""
    for count in (2, 2, 1):
        page = shop().get(f"/payments?customer_email=pages@example.com&limit=2{cursor}&include_total=true").expect(200)
        equal(len(page["payments"]), count, "items on the page")
        equal(page["pagination"]["has_more"], count == 2, "has_more")
        equal(page["pagination"]["limit"], 2, "limit")
        equal(page["pagination"]["total"], 5, "total")
        seen += [p["hash"] for p in page["payments"]]
        cursor = f"&cursor={page['pagination']['next_cursor']}"
    # Newest first; payments of one millisecond follow their random part.
    equal(seen, sorted(hashes, reverse=True), "every item once")
    shop().get("/payments?cursor=nonsense").expect(400, "invalid_parameter")
    shop().get("/payments?limit=101").expect(400, "invalid_parameter")
    shop().get("/payments?limit=0").expect(400, "invalid_parameter")
    shop().get("/payments?colour=red").expect(400, "invalid_parameter")
    shop().get("/payments?status=lost").expect(400, "invalid_parameter")


@case("a pending payment is cancelled once")
def _():
    payment = shop().create_payment()
    cancelled = shop().post(f"/payments/{payment['hash']}/cancel").expect(200)["payment"]
    equal(cancelled["status"], "cancelled", "status")
    equal(cancelled["cancellation_reason"], "requested_by_merchant", "reason")
    answer = shop().post(f"/payments/{payment['hash']}/cancel").expect(409, "invalid_state")
    check("cancelled" in answer["error"]["message"], "the message names the state")


@case("sync asks the gateway and answers the payment")
def _():
    paid = shop().paid()
    equal(shop().post(f"/payments/{paid['hash']}/sync").expect(200)["payment"]["status"], "completed", "status")


@case("refunds: partly, the rest, and never more")
def _():
    paid = shop().paid()
    path = f"/payments/{paid['hash']}/refunds"
    answer = shop().post(path, {"amount": 30, "reason": "one item came back"}).expect(201)
    equal(answer["refund"]["status"], "succeeded", "status")
    check('"amount":30.00' in answer.text, "30.00")
    equal(answer["refund"]["reason"], "one item came back", "reason")
    equal(shop().post(path, {"amount": 70}).expect(422, "validation_failed").issues()[0][0], "amount", "field")
    rest = shop().post(path, {}).expect(201)
    check('"amount":69.99' in rest.text, "the rest is 69.99")
    shop().post(path, {}).expect(409, "invalid_state")
    payment = shop().payment(paid["hash"])
    equal(payment["amount_refunded"], 99.99, "amount_refunded")
    equal(payment["status"], "completed", "status")
    equal(len(shop().get(path).expect(200)["refunds"]), 2, "refunds listed")
    shop().post(f"/payments/{shop().create_payment()['hash']}/refunds", {}).expect(409, "invalid_state")


@case("concurrent refunds never exceed what was captured")
def _():
    paid = shop().paid(amount=100)
    merchants = [Merchant(server(), shop().application, shop().key, shop().secret) for _ in range(12)]
    for index, merchant in enumerate(merchants):
        merchant._last = int(time.time() * 1000) + 10_000 * (index + 1)
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(
            lambda merchant: merchant.post(f"/payments/{paid['hash']}/refunds", {"amount": 30}), merchants))
    statuses = sorted(answer.status for answer in answers)
    equal(statuses[:3], [201] * 3, "three refunds of 30 fit in 100")
    check(all(status in (409, 422) for status in statuses[3:]), f"the others are refused: {statuses}")
    payment = shop().payment(paid["hash"])
    equal(payment["amount_refunded"], 90, "amount_refunded")
    equal(len(payment["refunds"]), 3, "refunds")


@case("validation says everything at once")
def _():
    body = order(amount="1.999", currency="usd", customer_email="nobody", description="", colour="red",
                 return_url="ftp://shop.example", expires_in=60, metadata={"a": 1})
    answer = shop().post("/payments", body).expect(422, "validation_failed")
    fields = {field for field, _ in answer.issues()}
    for field in ("currency", "customer_email", "description", "colour", "return_url", "expires_in"):
        check(field in fields, f"{field} is not among {sorted(fields)}")
    check(("colour", "unknown_field") in answer.issues(), "unknown_field")
    check(any(field.startswith("metadata") for field in fields), f"metadata is not among {fields}")
    answer = shop().post("/payments", order(amount="1.999")).expect(422)
    equal(answer.issues(), [("amount", "too_precise")], "issues")
    equal(shop().post("/payments", order(amount="1.5", currency="JPY")).expect(422).issues(),
          [("amount", "too_precise")], "JPY has no decimals")
    for amount in (0, -1, "1e3", "NaN", "", None, True, [], "1 000", 10**15):
        shop().post("/payments", json.dumps(order() | {"amount": amount})).expect(422, "validation_failed")
    for field in ("amount", "currency", "description", "customer_email"):
        missing = shop().post("/payments", order(**{field: None})).expect(422, "validation_failed")
        check(field in [name for name, _ in missing.issues()], f"{field} is required")
    equal(shop().post("/payments", order(metadata={str(n): "x" for n in range(51)})).status, 422, "51 metadata keys")
    equal(shop().post("/payments", order(metadata={"k" * 41: "x"})).status, 422, "long metadata key")
    equal(shop().post("/payments", order(metadata={"k": "x" * 501})).status, 422, "long metadata value")
    shop().post("/payments", order(gateways=["sandbox_gamma"])).expect(422, "validation_failed")


@case("a request may narrow and order the gateways")
def _():
    answer = shop().post("/payments", order(gateways=["sandbox_beta", "sandbox_alpha"])).expect(201)
    equal([g["gateway"] for g in answer["gateways"]], ["sandbox_beta", "sandbox_alpha"], "order")
    answer = shop().post("/payments", order(gateways=["sandbox_beta"])).expect(201)
    equal([g["gateway"] for g in answer["gateways"]], ["sandbox_beta"], "subset")


# MARK: Customers

@case("customers: create, read, list, change, forget")
def _():
    body = {"email": "grace@example.com", "name": "Grace Hopper", "phone": "+1 555 0100",
            "address": {"line1": "1 Main St", "city": "Arlington", "country": "US"}, "metadata": {"tier": "gold"}}
    customer = shop().post("/customers", body).expect(201)["customer"]
    check(customer["id"].startswith("cus_"), "id")
    shop().post("/customers", {"email": "GRACE@example.com"}).expect(409, "already_exists")
    path = f"/customers/{customer['id']}"
    equal(shop().get(path).expect(200)["customer"], customer, "the customer as read")
    equal([c["id"] for c in shop().get("/customers?email=grace@example.com").expect(200)["customers"]],
          [customer["id"]], "found by email")
    equal([c["id"] for c in shop().get("/customers?search=hopper").expect(200)["customers"]],
          [customer["id"]], "found by search")
    changed = shop().patch(path, {"name": "Rear Admiral Hopper", "phone": None}).expect(200)["customer"]
    equal((changed["name"], changed["phone"], changed["metadata"]),
          ("Rear Admiral Hopper", None, {"tier": "gold"}), "after the change")
    shop().patch(path, {"email": "no"}).expect(422, "validation_failed")
    payment = shop().post("/payments", order(customer_email=None, customer_id=customer["id"])).expect(201)["payment"]
    equal(payment["customer"]["id"], customer["id"], "the payment's customer")
    equal(shop().get(path + "/payment-methods").expect(200)["payment_methods"], [], "no saved methods")
    shop().delete(path).expect(200)
    shop().get(path).expect(404, "not_found")
    kept = shop().payment(payment["hash"])
    equal(kept["customer"]["email"], None, "the forgotten email")
    check(not [e for e in shop().get("/events?limit=100").expect(200)["events"]
               if "grace@example.com" in json.dumps(e)], "no event shows the forgotten email")
    again = shop().post("/customers", {"email": "grace@example.com"}).expect(201)["customer"]
    check(again["id"] != customer["id"], "the address is free again")


@case("a card can be kept while paying, and is shown without its number")
def _():
    payment = shop().create_payment(customer_email="keeper@example.com", save_payment_method=True)
    Buyer(server(), payment).pay_by_card(save="1")
    paid = shop().payment(payment["hash"])
    equal(paid["status"], "completed", "status")
    answer = shop().get(f"/customers/{paid['customer']['id']}/payment-methods").expect(200)
    methods = answer["payment_methods"]
    equal([(m["last4"], m["expiry_month"], m["expiry_year"], m["gateway"]) for m in methods],
          [("4242", 12, 2039, "sandbox_alpha")], "saved methods")
    check("token" not in answer.text and "4242424242424242" not in answer.text, "never a token, never a number")


@case("a portal session is a link that opens once")
def _():
    customer = shop().post("/customers", {"email": "portal@example.com"}).expect(201)["customer"]
    session = shop().post(f"/customers/{customer['id']}/portal-session").expect(201)["portal_session"]
    check(re.search(r"/portal/[0-9a-f]{32}$", session["url"]), f"url {session['url']}")
    buyer = Buyer(server(), {"hosted_url": session["url"]})
    page = buyer.get()
    equal(page.status, 200, "status of the link")
    opened = buyer.post("", csrf=page.csrf)
    equal(opened.status, 303, "status of opening")
    account = harness.Page(buyer.session.get(server().url + opened.location))
    equal(account.status, 200, "status of the account page")
    check("portal@example.com" in account.text or "account" in account.heading.lower(), "the account page")
    check("form" in page.text and 'name="csrf"' not in buyer.get().text, "the link is spent")


# MARK: Gateways

@case("gateways are listed in order, with methods, currencies and health")
def _():
    gateways = shop().get("/gateways").expect(200)["gateways"]
    equal([(g["gateway"], g["methods"], g["health"]) for g in gateways],
          [("sandbox_alpha", ["card"], "healthy"), ("sandbox_beta", ["wallet"], "healthy")], "gateways")
    for gateway in gateways:
        check("currencies" in gateway and "name" in gateway and "order" in gateway, f"members: {gateway}")
    check("credentials" not in json.dumps(gateways), "no credentials")


# MARK: Webhook management and events

@case("webhook endpoints: create, read, change, rotate, test, health, delete")
def _():
    receiver = harness.Receiver()
    made = shop().post("/webhook-endpoints", {
        "url": receiver.url + "/hook", "events": ["payment.completed"], "description": "Orders"}).expect(201)
    endpoint = made["webhook_endpoint"]
    check(endpoint["secret"].startswith("whsec_"), "the secret is answered on creation")
    equal((endpoint["state"], endpoint["ordering"]), ("delivering", "relaxed"), "state and ordering")
    path = f"/webhook-endpoints/{endpoint['id']}"
    check(shop().get(path).expect(200)["webhook_endpoint"].get("secret") is None, "the secret is not shown again")
    check(endpoint["id"] in [e["id"] for e in shop().get("/webhook-endpoints").expect(200)["webhook_endpoints"]],
          "the endpoint is listed")
    changed = shop().patch(path, {"events": ["payment.completed", "payment.cancelled"]}).expect(200)
    equal(changed["webhook_endpoint"]["events"], ["payment.completed", "payment.cancelled"], "events")
    shop().patch(path, {"events": ["payment.lost"]}).expect(422, "validation_failed")
    shop().post("/webhook-endpoints", {"url": "gopher://x"}).expect(422, "validation_failed")
    tested = shop().post(path + "/test").expect(200)["delivery"]
    equal(tested["webhook_endpoint_id"], endpoint["id"], "the endpoint of the test")
    receiver.wait(1)
    receiver.deliveries[0].verify(endpoint["secret"])
    equal(receiver.deliveries[0].event["type"], "webhook_endpoint.test", "type of the test")
    rotated = shop().post(path + "/rotate-secret").expect(200)["webhook_endpoint"]
    check(rotated["secret"].startswith("whsec_") and rotated["secret"] != endpoint["secret"], "a new secret")
    shop().post(path + "/test").expect(200)
    receiver.wait(2)[1].verify(endpoint["secret"], rotated["secret"])
    deliveries = harness.eventually(
        lambda: [d for d in shop().get(f"/webhook-deliveries?webhook_endpoint_id={endpoint['id']}")
                 .expect(200)["deliveries"] if d["status"] == "delivered"], "a delivered delivery")
    one = shop().get(f"/webhook-deliveries/{deliveries[0]['id']}").expect(200)["delivery"]
    equal((one["webhook_endpoint_id"], one["tries"]), (endpoint["id"], 1), "delivery")
    equal(one["log"][0]["response_status"], 200, "the response's status in the log")
    health = shop().get(path + "/health").expect(200)
    check("success_rate" in health.text and "p95" in health.text, f"health: {health.text}")
    shop().post(path + "/enable").expect(200)
    shop().delete(path).expect(200)
    shop().get(path).expect(404, "not_found")
    receiver.close()


@case("events tell everything in order, without gaps")
def _():
    quiet = Merchant.create(server(), "Quiet Shop")
    paid = quiet.paid()
    quiet.post(f"/payments/{paid['hash']}/refunds", {}).expect(201)
    events = quiet.get("/events?sort=created_at&limit=100").expect(200)["events"]
    equal([e["sequence"] for e in events], list(range(1, len(events) + 1)), "sequences")
    types = [e["type"] for e in events]
    for kind in ("customer.created", "payment.pending", "payment.completed", "refund.created", "refund.succeeded",
                 "payment.refunded"):
        check(kind in types, f"{kind} is not among {types}")
    of_payment = [e["object_sequence"] for e in events if e["type"].startswith("payment.")]
    equal(of_payment, list(range(1, len(of_payment) + 1)), "the payment's own sequence")
    completed = next(e for e in events if e["type"] == "payment.completed")
    equal(completed["data"]["status"], "completed", "the object as it was")
    check(completed["previous"]["status"] in ("pending", "processing"), "what changed")
    equal(quiet.get(f"/events/{completed['id']}").expect(200)["event"], completed, "one event")
    equal(other_shop().get(f"/events/{completed['id']}").expect(404).code, "not_found", "another shop's")


@case("notices of gateways are listed and can be replayed")
def _():
    shop().paid()
    notices = harness.eventually(
        lambda: shop().get("/gateway-events").expect(200)["gateway_events"], "a gateway's notice")
    equal(notices[0]["gateway"][:8], "sandbox_", "gateway")
    shop().post(f"/gateway-events/{notices[0]['id']}/replay").expect(200)
    raw = Merchant(server(), None, "k", "s")
    equal(raw.session.post(
        f"{server().url}/webhooks/sandbox_alpha/{shop().application}", data=b"{}",
        headers={"Content-Type": "application/json"}).status_code, 400, "an unsigned notice")
    equal(raw.session.post(f"{server().url}/webhooks/unknown/{shop().application}", data=b"{}").status_code,
          404, "an unknown gateway")


# MARK: Idempotency and replays

@case("an Idempotency-Key replays the stored answer")
def _():
    headers = {"Idempotency-Key": "order-1001"}
    first = shop().post("/payments/hosted-url", order(), headers=headers).expect(201)
    second = shop().post("/payments/hosted-url", order(), headers=headers).expect(201)
    equal(second.bytes, first.bytes, "the same bytes")
    equal(second.headers.get("Idempotent-Replayed"), "true", "Idempotent-Replayed")
    check("Idempotent-Replayed" not in first.headers, "the first answer is no replay")
    shop().post("/payments/hosted-url", order(amount=1), headers=headers).expect(422, "idempotency_key_reused")
    shop().post("/payments", order(), headers=headers).expect(422, "idempotency_key_reused")
    check(other_shop().post("/payments/hosted-url", order(), headers=headers).expect(201)["payment"]["hash"]
          != first["payment"]["hash"], "the key belongs to one application")
    refused = {"Idempotency-Key": "order-1002"}
    a = shop().post("/payments", order(amount=0), headers=refused).expect(422)
    b = shop().post("/payments", order(amount=0), headers=refused).expect(422)
    equal(b.code, a.code, "a refusal may be sent again")
    for key in ("", "x" * 256, "caf\u00e9".encode("latin-1")):
        check(shop().post("/payments", order(), headers={"Idempotency-Key": key}).status in (400, 422),
              f"the key {key!r} is refused")


@case("the same signed request twice is refused, and did nothing")
def _():
    stamp = shop().timestamp()
    shop().post("/payments", order(customer_email="replay@example.com"), timestamp=stamp).expect(201)
    answer = shop().post("/payments", order(customer_email="replay@example.com"), timestamp=stamp)
    answer.expect(409, "request_replayed")
    equal(len(shop().get("/payments?customer_email=replay@example.com")["payments"]), 1, "payments")
    stamp = shop().timestamp()
    headers = {"Idempotency-Key": "replayed"}
    first = shop().post("/payments", order(), timestamp=stamp, headers=headers).expect(201)
    again = shop().post("/payments", order(), timestamp=stamp, headers=headers).expect(201)
    equal(again.bytes, first.bytes, "with the key, the answer is replayed")
    stamp = shop().timestamp()
    shop().get("/gateways", timestamp=stamp).expect(200)
    shop().get("/gateways", timestamp=stamp).expect(200)


@case("concurrent requests with one Idempotency-Key create one payment")
def _():
    merchants = [Merchant(server(), shop().application, shop().key, shop().secret) for _ in range(8)]
    for index, merchant in enumerate(merchants):
        merchant._last = int(time.time() * 1000) + 1000 * (index + 20)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda merchant: merchant.post(
            "/payments", order(customer_email="once@example.com"), headers={"Idempotency-Key": "at-once"}), merchants))
    for answer in answers:
        check(answer.status == 201 or answer.code == "idempotency_in_progress",
              f"unexpected {answer.status} {answer.code}")
        if answer.status == 409:
            check("Retry-After" in answer.headers, "Retry-After")
    equal(len({a["payment"]["hash"] for a in answers if a.status == 201}), 1, "payments answered")
    equal(len(shop().get("/payments?customer_email=once@example.com")["payments"]), 1, "payments made")


# MARK: Every way to be refused

@case("400: what is no JSON object, and a read with a body")
def _():
    for body in ("{", '{"amount":1,"amount":2}', "\u0000", '{"a":01}', b'{"a":"\xff"}', '{"a":1}x'):
        shop().post("/payments", body).expect(400, "invalid_json")
    shop().post("/payments", "").expect(400, "body_required")
    shop().request("DELETE", "/customers/cus_none", "").expect(400, "body_required")
    equal(shop().get("/payments", body="{}").status, 400, "a GET with a body")
    check(shop().post("/payments", "[]").status in (400, 422), "an array")
    check(shop().post("/payments", '{"a":' + "[" * 5000 + "]" * 5000 + "}").status in (400, 422), "too deep")


@case("401: credentials missing, unknown, wrong, too early, too late")
def _():
    for name in ("X-Api-Key", "X-Timestamp", "X-Signature"):
        shop().get("/payments", without=[name]).expect(401, "missing_credentials")
    unknown = shop().get("/payments", key="pk_test_unknown").expect(401, "invalid_credentials")
    wrong = shop().get("/payments", secret="sk_test_wrong").expect(401, "invalid_credentials")
    equal(unknown["error"]["message"], wrong["error"]["message"], "one message for both")
    shop().get("/payments", signature="0" * 64).expect(401, "invalid_credentials")
    shop().get("/payments", signature="zz").expect(401, "invalid_credentials")
    for seconds in (-301, 301):
        shop().get("/payments", timestamp=str(int(time.time()) + seconds)).expect(401, "timestamp_out_of_range")
    for seconds in (-290, 290):
        shop().get("/payments", timestamp=str(int(time.time()) + seconds)).expect(200)
    for stamp in ("soon", "", "1e9", "-5", "9" * 40):
        equal(shop().get("/payments", timestamp=stamp).status, 401, f"timestamp {stamp!r}")
    body = json.dumps(order())
    signature = shop().sign("POST", "/api/v1/payments", body, "1", None)
    shop().post("/payments", body.replace("99.99", "9.99"), signature=signature).expect(401, "invalid_credentials")


@case("403: scope, address and signature version")
def _():
    made = server().run("key", "create", "--application", shop().application, "--scopes", "read")
    reader = Merchant(server(), shop().application, made["api_key"], made["api_secret"])
    reader.get("/payments").expect(200)
    reader.post("/payments", order()).expect(403, "insufficient_scope")
    made = server().run("key", "create", "--application", shop().application, "--allow", "192.0.2.0/24")
    Merchant(server(), None, made["api_key"], made["api_secret"]).get("/payments").expect(403, "ip_not_allowed")
    strict = Merchant.create(server(), "Strict Shop")
    server().run("app", "update", strict.application, "--require-signature-v2", "on")
    harness.eventually(lambda: strict.get("/payments").code == "signature_version_required", "version required", 5)
    strict.get("/payments", version=2).expect(200)


@case("404 and 405: unknown paths and objects, wrong methods, other shops' objects")
def _():
    for path in ("/nothing", "/payments/", "/payments/" + "0" * 32, "/customers/cus_" + "0" * 32,
                 "/events/evt_" + "0" * 32):
        shop().get(path).expect(404, "not_found")
    for path in ("/payments/nothing", "/customers/cus_nothing", "/events/evt_none", "/payments/" + "0" * 33):
        shop().get(path).expect(400, "invalid_parameter")
    shop().get("", prefix="/api").expect(404, "not_found")
    answer = shop().request("PUT", "/payments").expect(405, "method_not_allowed")
    equal(sorted(re.split(", ?", answer.headers["Allow"])), ["GET", "HEAD", "POST"], "Allow")
    shop().delete("/gateways").expect(405, "method_not_allowed")
    payment = shop().create_payment()
    for call in (lambda: other_shop().get(f"/payments/{payment['hash']}"),
                 lambda: other_shop().post(f"/payments/{payment['hash']}/cancel"),
                 lambda: other_shop().post(f"/payments/{payment['hash']}/refunds", {}),
                 lambda: other_shop().get(f"/payments/{payment['hash']}/refunds"),
                 lambda: other_shop().get(f"/customers/{payment['customer']['id']}"),
                 lambda: other_shop().patch(f"/customers/{payment['customer']['id']}", {"name": "Mallory"}),
                 lambda: other_shop().delete(f"/customers/{payment['customer']['id']}")):
        call().expect(404, "not_found")
    foreign = order(customer_email=None, customer_id=payment["customer"]["id"])
    equal(other_shop().post("/payments", foreign).expect(422).issues()[0][0], "customer_id", "a foreign customer")


@case("413 and 415: too large, and not JSON")
def _():
    shop().post("/payments", json.dumps(order(description="x" * 1_100_000))).expect(413, "payload_too_large")
    shop().post("/payments", order(), headers={"Content-Type": "text/plain"}).expect(415, "unsupported_media_type")
    shop().post("/payments", order(), without=["Content-Type"]).expect(415, "unsupported_media_type")
    shop().post("/payments", order(), headers={"Content-Type": "application/json; charset=utf-8"}).expect(201)


@case("429: a key has its rate, and says so")
def _():
    made = server().run("key", "create", "--application", shop().application, "--rate-limit", "5")
    slow = Merchant(server(), None, made["api_key"], made["api_secret"])
    first = slow.get("/gateways").expect(200)
    for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
        check(name in first.headers, f"{name} on success")
    for _ in range(100):
        answer = slow.get("/gateways")
        if answer.status == 429:
            break
    answer.expect(429, "rate_limited")
    check(int(answer.headers["Retry-After"]) >= 1, "Retry-After")
    equal(answer.headers["RateLimit-Remaining"], "0", "RateLimit-Remaining")
    time.sleep(int(answer.headers["Retry-After"]))
    slow.get("/gateways").expect(200)
    shop().get("/gateways").expect(200)


@case("errors have the envelope of the contract")
def _():
    answer = shop().get("/nothing").expect(404)
    equal(answer["success"], False, "success")
    error = answer["error"]
    equal(sorted(error), ["code", "errors", "message", "request_id"], "members")
    equal(answer.headers["X-Request-Id"], error["request_id"], "request id")
    check(answer.headers["Content-Type"].startswith("application/json"), "content type")


# MARK: Signatures and keys

@case("signature v2 covers method, path and query")
def _():
    shop().post("/payments", order(), version=2).expect(201)
    shop().get("/payments?limit=1&status=pending", version=2).expect(200)
    body, stamp = json.dumps(order()), shop().timestamp()
    signature = shop().sign("POST", "/api/v1/payments", body, stamp, 2)
    shop().post("/payments/hosted-url", body, version=2, timestamp=stamp, signature=signature).expect(
        401, "invalid_credentials")
    shop().get("/payments", headers={"X-Signature-Version": "3"}).expect(401)


@case("a rolled key works with both secrets while they overlap; a revoked one with none")
def _():
    made = server().run("key", "create", "--application", shop().application)
    old = Merchant(server(), None, made["api_key"], made["api_secret"])
    old.get("/payments").expect(200)
    rolled = server().run("key", "roll", made["api_key"], "--overlap", "3600")
    new = Merchant(server(), None, made["api_key"], rolled["api_secret"])
    harness.eventually(lambda: new.get("/payments").status == 200, "the new secret works", 5)
    old.get("/payments").expect(200)
    rolled = server().run("key", "roll", made["api_key"], "--overlap", "0")
    newest = Merchant(server(), None, made["api_key"], rolled["api_secret"])
    harness.eventually(lambda: newest.get("/payments").status == 200, "the newest secret works", 5)
    harness.eventually(lambda: old.get("/payments").status == 401, "the oldest secret is over", 5)
    server().run("key", "revoke", made["api_key"])
    harness.eventually(lambda: newest.get("/payments").status == 401, "a revoked key is refused", 5)


@case("the sign command signs as the contract says")
def _():
    body = json.dumps(order())
    for extra, version in (([], 1), (["--v2", "--method", "POST", "--path", "/api/v1/payments"], 2)):
        stamp = shop().timestamp()
        done = harness.command(
            "sign", "--key", shop().key, "--secret", shop().secret, "--timestamp", stamp, "--body", body, *extra,
            as_json=False)
        check(shop().sign("POST", "/api/v1/payments", body, stamp, version) in done.stdout, done.stdout)


# MARK: Without a key, and the protocol below

@case("app create and update set how subscriptions are billed, and app list shows it")
def _():
    made = server().run("app", "create", "--name", "Billing", "--mode", "test", "--dunning", "2,4",
                        "--after-dunning", "past_due")

    def shown():
        apps = server().run("app", "list")["applications"]
        app = next(one for one in apps if one["id"] == made["application"])
        return [app[name] for name in ("dunning", "after_dunning", "trial_end_without_card", "days_until_due")]

    equal(shown(), [[2, 4], "past_due", "past_due", 30], "as created")
    server().run("app", "update", made["application"], "--trial-end-without-card", "pause", "--days-until-due", "14")
    equal(shown(), [[2, 4], "past_due", "pause", 14], "what was not given stays")
    server().run("app", "update", made["application"], "--dunning", "none")
    equal(shown()[0], [], "no further tries")
    server().run("app", "update", made["application"], "--name", "Other")
    equal(shown(), [[], "past_due", "pause", 14], "another change leaves them")
    for option, value, word in (("--dunning", "5,3", "ascending"), ("--dunning", "x", "list of days"),
                                ("--after-dunning", "never", "past_due"), ("--days-until-due", "0", "365")):
        done = server().run("app", "update", made["application"], option, value, expected=None, as_json=False)
        check(done.returncode != 0 and word in done.stderr, f"{option} {value}: {done.stderr}")


@case("health and readiness need no key")
def _():
    for path in ("/health", "/ready"):
        answer = shop().session.get(server().url + path)
        equal(answer.status_code, 200, path)
    equal(shop().session.head(server().url + "/health").content, b"", "HEAD has no body")


@case("the connection stays open, and pipelined requests are answered in order")
def _():
    with socket.create_connection(server().url.removeprefix("http://").split(":"), 10) as stream:
        stream.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
                       b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := stream.recv(65536):
            received += piece
    equal(re.findall(rb"HTTP/1\.1 (\d+)", received), [b"200", b"404", b"200"], "statuses")


@case("ambiguous requests are refused: {}",
      "POST /api/v1/payments HTTP/1.1|Host: a|Content-Length: 2|Transfer-Encoding: chunked",
      "POST /api/v1/payments HTTP/1.1|Host: a|Content-Length: 2|Content-Length: 3",
      "GET /health HTTP/1.1|Host: a|X-Folded: a| b", "GET /health HTTP/1.1", "GET  /health HTTP/1.1|Host: a",
      "GET /health HTTP/1.1|Host : a", "GET /health HTTP/3.7|Host: a")
def _(text):
    with socket.create_connection(server().url.removeprefix("http://").split(":"), 10) as stream:
        stream.sendall(text.replace("|", "\r\n").encode() + b"\r\n\r\n")
        status = stream.recv(65536).split(b" ")[1]
        check(status in (b"400", b"505"), f"status {status}")


if __name__ == "__main__":
    suite.main()
