"""Fixtures that say a rule of billing in few words: what is done, and of each answer only what the rule is about.

    {"about", "given", "steps"}

"given" is the stage: {"settings": [options of `app update`], "plans": [plans], "cards": {name: card number}}. Each name
is a customer who saved the card by paying 1.00 before; ${name} is their id. A step has one act:

    {"post": path, "body": {...}}   also get, patch, delete; below /api/v1, signed by the application
    {"card": link, "number": card}  the customer leaves a card on a hosted page, or pays there
    {"to": time}                    moves the server's clock; also {"after": seconds}
    {"restart": time}               the server is killed, and started when it is that late
    {"faults": {gateway: [faults]}} what goes wrong at a gateway from now on

"shows" is what the answer holds, by path: "invoices.0.status", "invoices.*.status" for all of a list, "invoices.#" for
their count; "status" is that of HTTP, "error" the code of a failure. A {"matches": pattern} is looked for in a text.
Without a status an answer must be a success. "save" keeps members by path for later steps.

After the last step every fixture is looked over by the same rules: `centralpay verify` finds nothing, the sequences of
events, the numbers of invoices and the billed periods have no gap, and the movements of MRR lead to what is listed.
"""
import json
import re

import harness
from harness import Failed, check, equal

CARD_FORM = {"method": "sandbox_alpha", "name": "Ada Lovelace", "expiry": "12 / 39", "code": "123"}
METHODS = ("post", "get", "patch", "delete")
ACTS = (*METHODS, "card", "to", "after", "restart", "faults")


def is_rule(fixture):
    return "given" in fixture


class Act:
    """The acts of such a fixture, put into those of a replay."""

    def __init__(self, replay, compact, read_json):
        self.replay, self.compact, self.read_json = replay, compact, read_json

    # MARK: The stage

    def prepare(self, given):
        replay = self.replay
        replay.act({"command": ["app", "create", "--name", "Rules Shop", "--mode", "test"]})
        application = replay.merchant.application
        if "settings" in given:
            replay.server.run("app", "update", application, *given["settings"])
        for plan in given.get("plans", []):
            body = {"name": str(plan["id"]).capitalize(), "currency": "USD", "billing_cycle": "monthly", **plan}
            self.send("post", "/subscription-plans", body).expect(201)
        for name, number in given.get("cards", {}).items():
            made = self.send("post", "/payments/hosted-url", {
                "amount": 1, "currency": "USD", "description": "Card", "customer_email": f"{name}@example.com",
                "save_payment_method": True}).expect(201)
            replay.saved[name] = made["payment"]["customer"]["id"]
            equal(self.leave_card(made["payment"]["hosted_url"], number)["status"], "303", "answer to the form")

    # MARK: Steps

    def run(self, step):
        acts = [act for act in ACTS if act in step]
        equal(len(acts), 1, "acts of a step")
        act = acts[0]
        if act in METHODS:
            answer = self.send(act, step[act], step.get("body"))
            self.replay.transcript.append(f"{answer.status} {answer.text}")
            if step[act] == "/test-clock" and answer.status == 200:
                # Later requests are signed with the time at which the server's clock stands.
                self.replay.server.now = answer["test_clock"]["now"]
            body = self.read_json(answer.text) if answer.json is not None else {}
            if "invoices" in body:
                # Those of one moment are listed in any order.
                body["invoices"].sort(key=lambda invoice: invoice["number"])
            self.compare(step.get("shows", {}), body, answer.status)
            self.save(step.get("save", {}), body)
        elif act == "card":
            page = self.leave_card(self.replay.filled(step["card"]), step["number"])
            shown = self.follow(page)
            self.compare(step.get("shows", {}), shown, 200)
        elif act == "faults":
            self.replay.do_faults(step["faults"], step)
        elif act == "restart":
            self.replay.server.restart(step["restart"])
        else:
            server = self.replay.server
            target = step["to"] if act == "to" else harness.format_time(
                harness.parse_time(server.now) + int(step["after"]))
            self.replay.transcript.append(json.dumps(server.advance(to=target)))

    def send(self, method, path, body=None):
        request = {"method": method.upper(), "path": "/api/v1" + path}
        if body is not None:
            request["body"] = body
        elif method != "get":
            request["body"] = {}
        return self.replay.send(request)

    def leave_card(self, link, number):
        self.replay.act({"page": {"path": link}})
        form = {**CARD_FORM, "number": str(number)}
        return self.replay.act({"page": {"path": link + "/pay", "form": form}})

    def follow(self, page):
        """The page behind a form, by its heading."""
        if "location" not in page:
            return page
        return self.replay.act({"page": {"path": page["location"]}})

    # MARK: What an answer shows

    def compare(self, shows, body, status):
        expected = int(str(shows["status"])) if "status" in shows else 400 if "error" in shows else None
        said = self.compact(body)[:1800]
        if expected is None:
            check(status in (200, 201), f"answered {status}: {said}")
        elif "status" in shows:
            equal(status, expected, f"status of {said}")
        for path, value in shows.items():
            if path == "status":
                continue
            if path == "error":
                path = "error.code"
            actual = self.at(body, path)
            if isinstance(value, dict) and list(value) == ["matches"]:
                pattern = self.replay.filled(value["matches"])
                check(isinstance(actual, str) and re.search(pattern, actual), f"{path}: {actual!r} lacks {pattern!r}")
                continue
            wanted = self.replay.filled(self.compact(value))
            if wanted != self.compact(actual):
                raise Failed(f"{path}: expected {wanted}, got {self.compact(actual)[:900]} in {said}")

    def save(self, save, body):
        for name, path in save.items():
            value = self.at(body, path)
            check(value is not None, f"{path} is null and was to be saved")
            self.replay.saved[name] = str(value)

    def at(self, value, path):
        """What stands at a path; a member that is missing is a failure of its own."""
        parts = path.split(".")
        for index, part in enumerate(parts):
            if part == "#":
                return NumberText(len(value))
            if part == "*":
                return [self.at(item, ".".join(parts[index + 1:])) if parts[index + 1:] else item for item in value]
            try:
                value = value[int(part)] if part.isdigit() and isinstance(value, list) else value[part]
            except (KeyError, IndexError, TypeError):
                raise Failed(f"{path}: no {part} in {self.compact(value)[:600]}") from None
        return value

    # MARK: What holds after every fixture

    def look_over(self):
        merchant, server = self.replay.merchant, self.replay.server
        look_over(lambda path: self.send("get", path).expect(200).json, server)
        self.replay.transcript.append(merchant.application)


class NumberText(int):
    """A count that is written like a number of a fixture."""


# MARK: Rules of every merchant, whatever was done

def all_of(get, path, name):
    found, cursor = [], ""
    while True:
        page = get(f"{path}{'&' if '?' in path else '?'}limit=100&sort=created_at{cursor}")
        found += page[name]
        if not page["pagination"]["has_more"]:
            return found
        cursor = f"&cursor={page['pagination']['next_cursor']}"


def look_over(get, server):
    """Checks what must hold for a merchant at any time; `get` answers the JSON of a path."""
    subscriptions = all_of(get, "/subscriptions", "subscriptions")
    invoices = all_of(get, "/subscription-invoices", "invoices")
    check_events(all_of(get, "/events", "events"))
    check_numbers(invoices)
    check_periods(invoices)
    check_sums(invoices)
    check_analytics(get, subscriptions)
    verified = server.run("verify", expected=None)
    equal(verified.returncode, 0, f"exit of verify: {verified.stdout[-1500:]}{verified.stderr[-500:]}")


def object_of(event):
    """The object an event is about: the first word of its type, and its id."""
    data = event["data"]
    return (event["type"].split(".")[0], data.get("id") or data.get("hash"))


def check_events(events):
    equal([event["sequence"] for event in events], list(range(1, len(events) + 1)), "sequences of events")
    last, when = {}, ""
    for event in events:
        known = object_of(event)
        equal(event["object_sequence"], last.get(known, 0) + 1, f"object_sequence of {event['type']} {known[1]}")
        last[known] = event["object_sequence"]
        check(event["created_at"] >= when, f"{event['type']} at {event['created_at']} comes after one of {when}")
        when = event["created_at"]


def check_numbers(invoices):
    counts = sorted(int(invoice["number"].rsplit("-", 1)[1]) for invoice in invoices if invoice["number"])
    equal(counts, list(range(1, len(counts) + 1)), "numbers of invoices")


def check_periods(invoices):
    """One invoice that stands for each period of a subscription."""
    seen = set()
    for invoice in invoices:
        if invoice["billing_reason"] != "subscription_cycle" or invoice["status"] == "void":
            continue
        period = (invoice["subscription_id"], invoice["period_start"])
        check(period not in seen, f"{period} is billed twice")
        seen.add(period)


def cents(amount):
    return round(float(amount) * 1000)


def check_sums(invoices):
    for invoice in invoices:
        name = invoice["number"]
        equal(sum(cents(line["amount"]) for line in invoice["lines"]), cents(invoice["subtotal"]), f"lines of {name}")
        equal(cents(invoice["subtotal"]) + cents(invoice["tax"]), cents(invoice["total"]), f"total of {name}")
        settled = sum(cents(invoice[member]) for member in ("credit_applied", "credited", "amount_paid"))
        equal(cents(invoice["amount_due"]), max(0, cents(invoice["total"]) - settled), f"amount due of {name}")


def check_analytics(get, subscriptions):
    analytics = get("/subscription-analytics/overview")["analytics"]
    overview = {row["currency"]: row for row in analytics["currencies"]}
    for currency, row in overview.items():
        mine = [s for s in subscriptions if s["plan"]["currency"] == currency]
        for status in ("active", "past_due", "trialing", "paused"):
            equal(row[status], sum(s["status"] == status for s in mine), f"{status} in {currency}")
    # A step ends before its end: what happens at midnight belongs to the day that begins.
    tomorrow = harness.format_time(harness.parse_time(analytics["as_of"]) + 86_400)
    series = get(f"/subscription-analytics/timeseries?metric=mrr&interval=month&to={tomorrow}")["analytics"]
    for row in series["currencies"]:
        points = row["points"]
        for before, after in zip([None, *points], points):
            moved = {name: cents(value) for name, value in after["movements"].items()}
            end = moved["start"] + moved["new"] + moved["reactivation"] + moved["expansion"] \
                - moved["contraction"] - moved["churn"]
            equal(end, moved["end"], f"movements of MRR from {after['start']}")
            check(before is None or cents(before["value"]) == moved["start"], f"MRR leaps at {after['start']}")
        equal(cents(points[-1]["value"]), cents(overview[row["currency"]]["mrr"]), "MRR of the list and the total")
