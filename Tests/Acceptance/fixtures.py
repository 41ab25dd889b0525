#!/usr/bin/env python3
"""Replays Fixtures/*.json byte for byte, each twice, against a server on a manual clock with a fixed seed.

    fixtures.py [WORDS]            replay the fixtures whose name contains one of the words
    fixtures.py --once [WORDS]     the same, without the second run
    fixtures.py --record [WORDS]   write what the server answers into them; read it against the contract before use

A fixture is {"about", "steps", "events"}. A step has one act and what is expected of it:

    {"command": [words]}                    a command of the binary; the answer is its JSON
    {"request": {method, path, body, ...}}  signed by the application; "timestamp" says with which moment,
                                            "idempotency_key" and "signature_version" as named
    {"concurrently": [requests]}            sent at the same moment; the answers are put in order
    {"advance": seconds}                    moves the clock
    {"faults": {gateway: [faults]}}         what goes wrong at a gateway from now on
    {"page": {path, form}}                  a buyer's GET, or POST of a form; its proof is taken from the page before

"save" keeps members of the answer for later steps, where ${name} stands for them. "masked" names members that differ
from run to run where requests race. A body is written as JSON whose numbers and order are those of the bytes.
"events" are all events of the application at the end; with "masked" beside them, their types alone, sorted, as requests
that race leave their events in any order.

A fixture with "given" says a rule in few words instead: see rules.py.
"""
import concurrent.futures
import json
import re
import sys
import threading
import urllib.parse

import harness
import rules
from harness import Failed, Merchant, Page, Server, Suite, check, equal

FOLDER = harness.TOP / "Fixtures"
HEADERS = ("Content-Type", "Location", "X-Request-Id", "Idempotent-Replayed", "Retry-After", "Allow")
PUBLIC_URL = "https://pay.example.com"
suite = Suite("fixtures")


# MARK: JSON that keeps its bytes

class Number(str):
    """A number as it was written."""


def read_json(text):
    """Values whose numbers keep their digits and whose members keep their order."""
    return json.loads(text, parse_float=Number, parse_int=Number)


def compact(value):
    """The one text without spaces."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{compact(k)}:{compact(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def pretty(value, indent=0, prefix=0):
    """For people: what fits stays on one line of 110 characters."""
    if isinstance(value, (dict, list)) and value:
        line = one_line(value)
        if len(line) + 2 * indent + prefix <= 110:
            return line
        pad = "  " * (indent + 1)
        if isinstance(value, dict):
            rows = [f"{pad}{compact(k)}: {pretty(v, indent + 1, len(k) + 5)}" for k, v in value.items()]
        else:
            rows = [pad + pretty(v, indent + 1) for v in value]
        ends = "{}" if isinstance(value, dict) else "[]"
        return ends[0] + "\n" + ",\n".join(rows) + "\n" + "  " * indent + ends[1]
    return compact(value)


def one_line(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{compact(k)}: {one_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(one_line, value)) + "]"
    return compact(value)


def body_of(text):
    """A body as a fixture holds it: JSON where that gives back the same bytes, else the text itself."""
    try:
        value = read_json(text)
        return value if compact(value) == text else {"text": text}
    except ValueError:
        return {"text": text}


def text_of(body):
    return body["text"] if isinstance(body, dict) and list(body) == ["text"] else compact(body)


def masked(text, names):
    for name in names:
        text = re.sub(rf'("{name}":)("[^"]*"|[^,}}\]]*)', r'\1"*"', text)
    return text


def plain(value):
    """Ordinary values, for what the runner itself reads."""
    return json.loads(compact(value))


# MARK: One replay

class Replay:
    """One run of one fixture on a fresh server."""

    def __init__(self, fixture):
        self.fixture = fixture
        self.server = Server(
            "--rate-limit", "off", "--public-url", PUBLIC_URL, clock=harness.START, seed=1)
        self.merchant = None
        self.saved = {}
        self.proof = None
        self.stamps = 0
        # Everything that was answered, for the comparison of two runs.
        self.transcript = []

    def run(self):
        """Answers what happened at each step, and all events."""
        try:
            happened = []
            if rules.is_rule(self.fixture):
                return self.run_rule()
            for number, step in enumerate(self.fixture["steps"], 1):
                try:
                    happened.append(self.act(step))
                    self.save(step, happened[-1])
                except Exception as error:
                    raise Failed(f"step {number} ({step.get('about', '')}): {error}") from error
            return happened, self.events()
        finally:
            self.server.kill()

    def run_rule(self):
        act = rules.Act(self, compact, read_json)
        act.prepare(self.fixture["given"])
        for number, step in enumerate(self.fixture["steps"], 1):
            try:
                act.run(step)
            except Exception as error:
                raise Failed(f"step {number} ({step.get('about', '')}): {error}") from error
        act.look_over()
        return [], self.events()

    def act(self, step):
        kinds = [kind for kind in ("command", "request", "concurrently", "advance", "faults", "page") if kind in step]
        equal(len(kinds), 1, "acts of a step")
        return getattr(self, "do_" + kinds[0])(step[kinds[0]], step)

    def do_command(self, words, step):
        done = harness.command(*[self.filled(word) for word in words], data=self.server.data, expected=None)
        self.transcript.append(done.stdout)  # The other stream names the folder.
        answer = {"exit": Number(done.returncode), "body": body_of(done.stdout.strip())}
        if list(words[:2]) == ["app", "create"] and done.returncode == 0:
            made = json.loads(done.stdout)
            self.merchant = Merchant(
                self.server, made["application"], made["api_key"], made["api_secret"], made["return_secret"])
            self.saved["application"] = made["application"]
        return answer

    def do_advance(self, seconds, step):
        answer = self.server.advance(int(seconds))
        self.transcript.append(json.dumps(answer))
        return {"now": answer["now"], "ran": read_json(json.dumps(answer["ran"]))}

    def do_faults(self, faults, step):
        for gateway, names in faults.items():
            self.server.faults(self.merchant.application, gateway, *names)
        return None

    def do_request(self, request, step):
        return self.answer(self.send(request), step)

    def do_concurrently(self, requests_, step):
        """All requests on connections of their own, let go together."""
        for request in requests_:
            self.stamp(request)
        gate = threading.Barrier(len(requests_))

        def send(request):
            merchant = Merchant(
                self.server, self.merchant.application, self.merchant.key, self.merchant.secret)
            merchant.session.get(self.server.url + "/health")
            gate.wait(20)
            return self.send(request, merchant)
        with concurrent.futures.ThreadPoolExecutor(len(requests_)) as pool:
            answers = [self.answer(answer, step, keep=False) for answer in pool.map(send, requests_)]
        answers.sort(key=compact)
        self.transcript.append(compact(answers))
        return answers

    def do_page(self, page, step):
        """A buyer's page. The proof of a form is that of the page read before."""
        path = self.filled(page["path"])
        path = urllib.parse.urlsplit(path).path if path.startswith("http") else path
        if "form" in page:
            form = {"csrf": self.proof, **plain(page["form"])}
            response = self.merchant.session.post(
                self.server.url + path, data=form, allow_redirects=False, timeout=30)
        else:
            response = self.merchant.session.get(self.server.url + path, allow_redirects=False, timeout=30)
        seen = Page(response)
        found = re.search(r'name="csrf"[^>]*value="([^"]*)"', seen.text)
        self.proof = found.group(1) if found else self.proof
        self.transcript.append(seen.text)
        answer = {"status": Number(seen.status)}
        if seen.location:
            answer["location"] = seen.location
            self.saved["location"] = seen.location
        if seen.heading:
            answer["heading"] = seen.heading
        return answer

    def stamp(self, request):
        """The moment a request is signed with: given, or the clock's and a count of milliseconds."""
        if "timestamp" not in request:
            self.stamps += 1
            request["timestamp"] = f"{harness.parse_time(self.server.now)}.{self.stamps:03d}"

    def send(self, request, merchant=None):
        self.stamp(request)
        headers = {}
        if "idempotency_key" in request:
            headers["Idempotency-Key"] = request["idempotency_key"]
        body = request.get("body")
        body = self.filled(text_of(body)) if body is not None else None
        options = {"signature": request["signature"]} if "signature" in request else {}
        return (merchant or self.merchant).request(
            request["method"], self.filled(request["path"]), body, headers=headers, prefix="",
            timestamp=self.filled(request["timestamp"]), version=int(request.get("signature_version", 1)), **options)

    def answer(self, answer, step, keep=True):
        hidden = step.get("masked", [])
        headers = {name: "*" if hidden and name == "X-Request-Id" else answer.headers[name]
                   for name in HEADERS if name in answer.headers}
        if keep:
            self.transcript.append(f"{answer.status} {headers} {masked(answer.text, hidden)}")
        return {"status": Number(answer.status), "headers": headers, "body": body_of(masked(answer.text, hidden))}

    def save(self, step, happened):
        for name, path in step.get("save", {}).items():
            value = happened["body"]
            for part in path.split("."):
                value = value[int(part) if part.isdigit() else part]
            self.saved[name] = str(value)

    def filled(self, text):
        return re.sub(r"\$\{(\w+)\}", lambda found: self.saved[found.group(1)], str(text))

    def events(self):
        found, cursor = [], ""
        while True:
            answer = self.merchant.get(f"/events?sort=created_at&limit=100{cursor}").expect(200)
            page = read_json(answer.text)
            found += page["events"]
            if page["pagination"]["has_more"] is not True:
                break
            cursor = f"&cursor={page['pagination']['next_cursor']}"
        if self.fixture.get("masked"):
            found = sorted(event["type"] for event in found)
        self.transcript.append(compact(found))
        return found


def difference(expected, actual, path=""):
    """The first place where two values differ, in words."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in list(expected) + [n for n in actual if n not in expected]:
            if name not in actual or name not in expected:
                return f"{path}.{name}: {'missing' if name not in actual else 'unexpected ' + compact(actual[name])}"
            if found := difference(expected[name], actual[name], f"{path}.{name}"):
                return found
        return "" if list(expected) == list(actual) else f"{path}: the members stand in another order"
    if isinstance(expected, list) and isinstance(actual, list):
        for index, (a, b) in enumerate(zip(expected, actual)):
            if found := difference(a, b, f"{path}[{index}]"):
                return found
        return "" if len(expected) == len(actual) else f"{path}: {len(expected)} expected, {len(actual)} came"
    same = type(expected) is type(actual) and expected == actual
    return "" if same else f"{path}: expected {compact(expected)}, got {compact(actual)}"


def replay(path):
    fixture = read_json(path.read_text())
    check(fixture.get("steps") and (rules.is_rule(fixture) or "events" in fixture), "steps and events")
    first = Replay(fixture)
    happened, events = first.run()
    if not rules.is_rule(fixture):
        compare(fixture, happened, events)
    if "--once" in sys.argv:
        return
    second = Replay(read_json(path.read_text()))
    second.run()
    equal(len(second.transcript), len(first.transcript), "answers of the second run")
    for index, (a, b) in enumerate(zip(first.transcript, second.transcript)):
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            raise Failed(f"the second run differs in answer {index + 1}: ...{a[max(0, at - 80):at + 80]}... and "
                         f"...{b[max(0, at - 80):at + 80]}...")


def compare(fixture, happened, events):
    """What happened with what was recorded."""
    for number, (step, answer) in enumerate(zip(fixture["steps"], happened), 1):
        if answer is not None:
            check("expected" in step, f"step {number} expects nothing; record it")
            found = difference(step["expected"], answer)
            check(not found, f"step {number} ({step.get('about', '')}){found}")
    found = difference(fixture["events"], events, "events")
    check(not found, found)


def record(path):
    fixture = read_json(path.read_text())
    replayed = Replay(fixture)
    happened, events = replayed.run()
    for step, answer in zip(fixture["steps"], happened):
        if answer is not None:
            step["expected"] = answer
    fixture["events"] = events
    path.write_text(pretty(fixture) + "\n")
    print(f"recorded {path.name}")


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    paths = [path for path in sorted(FOLDER.glob("*.json")) if not words or any(w in path.stem for w in words)]
    if "--record" in sys.argv:
        for path in paths:
            if not rules.is_rule(read_json(path.read_text())):
                record(path)
        return
    for path in paths:
        suite.case(f"{path.stem}, twice", path)(replay)
    sys.argv[1:] = [word for word in sys.argv[1:] if word.startswith("-")]
    suite.main()


if __name__ == "__main__":
    main()
