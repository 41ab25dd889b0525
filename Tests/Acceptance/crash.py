#!/usr/bin/env python3
"""kill -9 during load, again and again: what was acknowledged is there afterwards, and nothing is there twice."""
import os
import random
import threading
import time

import requests

import harness
from harness import Buyer, Merchant, Server, Suite, check, equal

suite = Suite("crash")
case = suite.case
ROUNDS = int(os.environ.get("CRASH_ROUNDS", "50"))
WORKERS = 6


class Worker(threading.Thread):
    """Creates payments as fast as it can, each with a key of its own, until the server is gone."""

    def __init__(self, server, shop, round_number, number, acknowledged, asked):
        super().__init__(daemon=True)
        self.merchant = Merchant(server, shop.application, shop.key, shop.secret)
        # Each worker signs moments that no other uses.
        self.merchant._last = int(time.time() * 1000) + number * 15_000
        self.name_of = f"r{round_number}-w{number}"
        self.acknowledged = acknowledged
        self.asked = asked
        self.failure = None
        self.pays = number == 0

    def run(self):
        count = 0
        try:
            while True:
                key = f"{self.name_of}-{count}"
                count += 1
                self.asked.append(key)
                answer = self.merchant.post("/payments/hosted-url", body(key), headers={"Idempotency-Key": key})
                if answer.status != 201:
                    self.failure = f"{answer.status} {answer.text[:300]}"
                    return
                payment = answer["payment"]
                self.acknowledged[key] = [payment["hash"], "pending"]
                if self.pays:
                    page = Buyer(self.merchant.server, payment).pay_by_card()
                    if page.heading.startswith("Paid"):
                        self.acknowledged[key][1] = "completed"
        except (requests.RequestException, harness.Failed, OSError):
            return


# Payments are large, so that memory is flushed to segments, and segments are merged, while the server is killed.
PADDING = {f"padding_{number}": "x" * 500 for number in range(40)}


def body(key):
    return {"amount": "19.99", "currency": "USD", "description": key, "customer_email": "load@example.com",
            "metadata": {"key": key, **PADDING}}


def background_work(server):
    """Flushes and compactions since the server was started."""
    text = requests.get(server.url + "/metrics", timeout=10).text
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return int(values["centralpay_store_flushes_total"]), int(values["centralpay_store_compactions_total"])


@case(f"{ROUNDS} crashes under load lose nothing and repeat nothing")
def _():
    chance = random.Random(1)
    server = Server("--rate-limit", "off", "--allow-private-webhooks", "127.0.0.0/8")
    shop = Merchant.create(server)
    receiver = harness.Receiver()
    shop.post("/webhook-endpoints", {"url": receiver.url, "events": ["payment.completed"]}).expect(201)
    acknowledged, asked, total, unanswered, work = {}, [], 0, {}, [0, 0]
    for round_number in range(ROUNDS):
        workers = [Worker(server, shop, round_number, n, acknowledged, asked) for n in range(WORKERS)]
        for worker in workers:
            worker.start()
        time.sleep(chance.uniform(0.05, 1.2))
        for number, count in enumerate(background_work(server)):
            work[number] += count
        # Somewhere in what it does next.
        time.sleep(chance.uniform(0, 0.05))
        server.kill()
        for worker in workers:
            worker.join(20)
            check(worker.failure is None, f"round {round_number}: {worker.failure}")
        # What the crash left is whole: every checksum, and every rule of the data.
        server.run("verify")
        server.start()
        # What was under way may have been done or not; asked again with its key it is done exactly once.
        for key in [key for key in asked if key not in acknowledged and key not in unanswered]:
            answer = shop.post("/payments/hosted-url", body(key), headers={"Idempotency-Key": key})
            harness.check(answer.status == 201, f"{key} after the crash: {answer.status} {answer.text[:300]}")
            unanswered[key] = answer["payment"]["hash"]
        newest = [key for key in list(acknowledged)[total:]]
        for key in chance.sample(newest, min(10, len(newest))):
            payment = shop.payment(acknowledged[key][0])
            equal(payment["metadata"]["key"], key, "the payment that was acknowledged")
            if acknowledged[key][1] == "completed":
                equal(payment["status"], "completed", f"status of {key}")
        total = len(acknowledged)
    check(total >= ROUNDS, f"only {total} payments were acknowledged")
    check(work[0] * 5 >= ROUNDS and (work[1] > 0 or ROUNDS < 20),
          f"only {work[0]} flushes and {work[1]} compactions ran between {ROUNDS} crashes")
    found, cursor = {}, ""
    while True:
        page = shop.get(f"/payments?limit=100{cursor}").expect(200)
        for payment in page["payments"]:
            found.setdefault(payment["metadata"]["key"], []).append(payment)
        if not page["pagination"]["has_more"]:
            break
        cursor = f"&cursor={page['pagination']['next_cursor']}"
    for key, (hash, status) in acknowledged.items():
        equal([payment["hash"] for payment in found.get(key, [])], [hash], f"payments made for {key}")
        if status == "completed":
            equal(found[key][0]["status"], "completed", f"status of {key}")
    for key, hash in unanswered.items():
        equal([payment["hash"] for payment in found.get(key, [])], [hash], f"payments made for {key}")
    for key, payments in found.items():
        successes = [a for a in payments[0]["attempts"] if a["status"] == "succeeded"]
        check(len(payments) == 1 and len(successes) <= 1, f"{key} was made or paid twice")
    check(set(found) == set(acknowledged) | set(unanswered), "nothing else was made")
    paid = {hash for hash, status in acknowledged.values() if status == "completed"}
    check(paid, "some payments were paid")
    harness.eventually(lambda: paid <= {d.event["data"]["hash"] for d in list(receiver.deliveries)},
                       "a webhook for each paid payment", 90)
    equal(server.stop(), 0, "exit code")
    server.run("verify")
    print(f"          {total} acknowledged, {len(unanswered)} in doubt, {len(paid)} paid, "
          f"{work[0]} flushes, {work[1]} compactions")


if __name__ == "__main__":
    suite.main()
