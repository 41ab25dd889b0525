"""What the acceptance suites share: the server under test, a merchant that signs, a receiver of webhooks, a buyer
without a browser, and a small runner.

The binary is taken from CENTRALPAY_BINARY, else from .build/release or .build/debug.
"""
import atexit
import base64
import calendar
import collections
import contextlib
import hashlib
import hmac
import html
import http.server
import json
import os
import pathlib
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

import requests

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CARD = "4242424242424242"
CARD_DECLINED = "4000000000000002"
CARD_NO_FUNDS = "4000000000009995"
CARD_EXPIRED = "4000000000000069"
CARD_WRONG_CODE = "4000000000000127"
CARD_PROCESSING_ERROR = "4000000000000119"
CARD_3DS = "4000002500003155"
CARD_DISPUTED = "4000000000000259"
START = "2025-01-01T12:00:00Z"


def binary():
    given = os.environ.get("CENTRALPAY_BINARY")
    places = [given] if given else [TOP / ".build/release/centralpay", TOP / ".build/debug/centralpay"]
    for place in places:
        if pathlib.Path(place).exists():
            return str(place)
    sys.exit("no binary: build centralpay first, or set CENTRALPAY_BINARY")


# MARK: Cases

class Failed(Exception):
    """A case's expectation was not met."""


def check(condition, what):
    if not condition:
        raise Failed(what)


def equal(actual, expected, what="value"):
    if actual != expected:
        raise Failed(f"{what}: expected {expected!r}, got {actual!r}")


def eventually(condition, what, seconds=15.0):
    """Waits until `condition()` is true and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds:g} s")
        time.sleep(0.03)


class Suite:
    """The cases of one file, run in the order in which they stand there."""

    def __init__(self, name):
        self.name = name
        self.cases = []

    def case(self, sentence, *arguments):
        """Registers a case, once for each argument where there are any."""
        def register(function):
            for argument in arguments:
                self.cases.append((sentence.format(argument), lambda bound=argument: function(bound)))
            if not arguments:
                self.cases.append((sentence, function))
            return function
        return register

    def main(self):
        """Runs the cases whose sentence contains the words of the command line; exits 1 when one failed."""
        wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
        passed = failed = 0
        for sentence, function in self.cases:
            if wanted and not any(word in sentence for word in wanted):
                continue
            began = time.monotonic()
            try:
                function()
                passed += 1
                print(f"  ok      {sentence} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception as error:
                failed += 1
                print(f"  FAILED  {sentence}", flush=True)
                self.explain(error)
            self.revive()
        if not passed and not failed:
            failed = 1
            print("  FAILED  no case ran")
        print(f"{self.name}: {passed} passed, {failed} failed", flush=True)
        sys.exit(1 if failed else 0)


    def explain(self, error):
        if isinstance(error, (Failed, requests.RequestException)):
            told = f"{type(error).__name__}: {error}" if not isinstance(error, Failed) else str(error)
        else:
            told = "".join(traceback.format_exception(error, limit=-4))
        for frame in traceback.extract_tb(error.__traceback__):
            if os.path.basename(frame.filename) == os.path.basename(sys.argv[0]):
                told += f"\n(line {frame.lineno}: {frame.line})"
        print("          " + told.strip()[:9000].replace("\n", "\n          "), flush=True)

    def revive(self):
        """A server that died is told of, and started again for the cases that follow."""
        for server in list(Server.running):
            if server.process.poll() is not None:
                lines = [line for line in server.errors().splitlines() if not line.startswith("{")]
                told = [line for line in lines if re.search(r"atal error|crashed|^\s*\d+ .* at /", line)] or lines
                print(f"          the server ended by itself: exit {server.process.returncode}\n          "
                      + "\n          ".join(told[:14]), flush=True)
                server.forget()
                server.start()


TEMPORARY = []


@atexit.register
def clean_up():
    """Nothing that was started or written here stays."""
    for server in list(Server.running):
        server.kill()
    for folder in TEMPORARY:
        shutil.rmtree(folder, ignore_errors=True)


def temporary_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="centralpay-acceptance-"))
    TEMPORARY.append(folder)
    return folder


# MARK: The server

def command(*arguments, data=None, expected=0, seconds=60, stdin=None, environment=None, as_json=True):
    """Runs a command of the binary. Answers its JSON, or the finished process where JSON is not asked for."""
    words = [binary(), *map(str, arguments)]
    if data is not None:
        words += ["--data", str(data)]
    if as_json:
        words.append("--json")
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=seconds, input=stdin or "",
        env={**os.environ, **(environment or {})})
    if expected is not None and done.returncode != expected:
        raise Failed(f"{' '.join(words[1:])}: exit {done.returncode}: {done.stdout}{done.stderr}")
    if as_json and expected == 0:
        return json.loads(done.stdout)
    return done


class Server:
    """One `centralpay serve` on a port of its own."""

    running = []

    def __init__(self, *arguments, data=None, verb="serve", clock=None, seed=None, start=True, binary_path=None):
        self.data = pathlib.Path(data) if data else temporary_folder() / "data"
        self.verb = verb
        self.clock = self.now = clock
        self.arguments = [str(argument) for argument in arguments]
        if clock:
            self.arguments += ["--clock", f"manual:{clock}", "--seed", str(1 if seed is None else seed)]
        self.process = None
        self.log = None
        self.binary_path = binary_path or binary()
        if start:
            self.start()

    def start(self, seconds=20.0):
        """Starts and waits for the listening line."""
        log = tempfile.NamedTemporaryFile(
            mode="w+b", prefix="centralpay-log-", dir=temporary_folder(), delete=False)
        self.log = pathlib.Path(log.name)
        words = [self.binary_path, self.verb]
        words += ["--data", str(self.data)] if self.data else []
        words += [] if "--listen" in self.arguments else ["--listen", "127.0.0.1:0"]
        began = time.monotonic()
        self.process = subprocess.Popen(
            words + self.arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        log.close()
        Server.running.append(self)
        line = self._first_line(seconds)
        self.ready_seconds = time.monotonic() - began
        event = json.loads(line)
        equal(event.get("event"), "listening", "first line")
        self.url = event["url"].rstrip("/")
        # The public address may be another; requests go to where it listens.
        if "address" in event:
            self.url = "http://" + event["address"]
        return self

    def _first_line(self, seconds):
        line = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            deadline = time.monotonic() + seconds
            while not line.endswith(b"\n"):
                if not selector.select(max(0, deadline - time.monotonic())):
                    self.kill()
                    raise Failed(f"no listening line within {seconds:g} s: {self.errors()}")
                read = os.read(self.process.stdout.fileno(), 4096)
                if not read:
                    code = self.process.wait()
                    self.forget()
                    raise Failed(f"exit {code} before listening: {self.errors()}")
                line += read
        return line.decode().splitlines()[0]

    def errors(self):
        """What it wrote to its standard error."""
        return self.log.read_text(errors="replace") if self.log and self.log.exists() else ""

    def forget(self):
        if self in Server.running:
            Server.running.remove(self)
        if self.process and self.process.stdout:
            self.process.stdout.close()

    def kill(self):
        """kill -9."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
        self.forget()

    def stop(self, seconds=20.0):
        """SIGTERM; answers the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"did not stop within {seconds:g} s") from None
        self.forget()
        return code

    def restart(self, clock):
        """kill -9, and the start of a server whose manual clock stands at another time."""
        self.kill()
        self.arguments[self.arguments.index("--clock") + 1] = f"manual:{clock}"
        self.now = clock
        return self.start()

    def run(self, *arguments, **options):
        """A command on this server's data."""
        return command(*arguments, data=self.data, **options)

    def advance(self, seconds=None, to=None):
        """Moves the manual clock."""
        target = to or format_time(parse_time(self.now) + seconds)
        answer = self.run("clock", "advance", *(["--by", seconds] if to is None else ["--to", to]))
        while not answer["done"]:
            answer = self.run("clock", "advance", "--to", target)
        self.now = answer["now"]
        return answer

    def faults(self, application, gateway, *faults):
        return self.run(
            "gateway", "update", gateway, "--application", application, "--faults", ",".join(faults) or "none")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def parse_time(text):
    """Unix seconds of an RFC 3339 text with `Z`."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def format_time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# MARK: A merchant

class Answer:
    """A response with its JSON at hand."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.bytes = response.content
        try:
            self.json = json.loads(response.content) if response.content else None
        except ValueError:
            self.json = None

    def __getitem__(self, name):
        check(isinstance(self.json, dict) and name in self.json, f"no {name} in {self.status} {self.text[:600]}")
        return self.json[name]

    @property
    def code(self):
        """The error code of a failure."""
        return (self.json or {}).get("error", {}).get("code") if isinstance(self.json, dict) else None

    def issues(self):
        return [(issue["field"], issue["code"]) for issue in self["error"]["errors"]]

    def expect(self, status, code=None):
        if self.status != status or (code and self.code != code):
            raise Failed(f"expected {status} {code or ''}, got {self.status}: {self.text[:1500]}")
        return self


class Merchant:
    """An application's developer: signs requests as the contract says."""

    def __init__(self, server, application=None, key=None, secret=None, return_secret=None):
        self.server = server
        self.application = application
        self.key = key
        self.secret = secret
        self.return_secret = return_secret
        self.session = requests.Session()
        self.session.trust_env = False
        self.version = 1
        self._last = 0

    @classmethod
    def create(cls, server, name="Test Shop", mode="test"):
        made = server.run("app", "create", "--name", name, "--mode", mode)
        return cls(server, made["application"], made["api_key"], made["api_secret"], made["return_secret"])

    def timestamp(self):
        """Now in seconds with milliseconds, never the same twice."""
        now = int(time.time() * 1000)
        if self.server.clock:
            now = parse_time(self.server.now) * 1000
        self._last = max(now, self._last + 1)
        return f"{self._last // 1000}.{self._last % 1000:03d}"

    def sign(self, method, target, body, timestamp, version=None, secret=None):
        text = body if isinstance(body, bytes) else body.encode()
        payload = timestamp.encode() + b"." + text
        if (version or self.version) == 2:
            payload = f"v2.{timestamp}.{method}.{target}.".encode() + text
        return hmac.new((secret or self.secret).encode(), payload, hashlib.sha256).hexdigest()

    def request(self, method, path, body=None, headers=None, timestamp=None, version=None, key=None, secret=None,
                signature=None, prefix="/api/v1", session=None, without=()):
        """Sends one signed request. `body` is an object, or text or bytes that are sent as they are."""
        target = prefix + path
        if body is None:
            body = "" if method in ("GET", "HEAD") else "{}"
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        timestamp = self.timestamp() if timestamp is None else timestamp
        version = version or self.version
        sent = {
            "X-Api-Key": key or self.key, "X-Timestamp": timestamp,
            "X-Signature": signature or self.sign(method, target, body, timestamp, version, secret)}
        if version == 2:
            sent["X-Signature-Version"] = "2"
        if body:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        for name in without:
            sent.pop(name, None)
        url = self.server.url + target
        data = body.encode() if isinstance(body, str) else body
        prepared = requests.Request(method, self.server.url, data=data or None, headers=sent).prepare()
        prepared.url = url  # As it is: nothing quoted again, nothing put in order.
        return Answer((session or self.session).send(prepared, allow_redirects=False, timeout=30))

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, body=None, **options):
        return self.request("DELETE", path, body, **options)

    def create_payment(self, **fields):
        """A hosted payment of 99.99 USD; answers `payment`."""
        body = {"amount": 99.99, "currency": "USD", "description": "Order 1001",
                "customer_email": "ada@example.com"}
        body.update(fields)
        return self.post("/payments/hosted-url", body).expect(201)["payment"]

    def payment(self, hash):
        return self.get(f"/payments/{hash}").expect(200)["payment"]

    def paid(self, **fields):
        """A payment that was paid by card."""
        payment = self.create_payment(**fields)
        Buyer(self.server, payment).pay_by_card()
        payment = self.payment(payment["hash"])
        equal(payment["status"], "completed", "status after paying")
        return payment


# MARK: A buyer without a browser

class Page:
    """One page as a plain HTTP client sees it."""

    def __init__(self, response):
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.url = response.url

    @property
    def heading(self):
        """The page's first h1, or the title."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.S)
        return html.unescape(re.sub(r"<[^>]+>", "", found.group(1))).strip() if found else ""

    @property
    def title(self):
        found = re.search(r"<title>(.*?)</title>", self.text, re.S)
        return html.unescape(found.group(1)) if found else ""

    @property
    def csrf(self):
        found = re.search(r'name="csrf"[^>]*value="([^"]*)"', self.text)
        check(found, f"no form on {self.url}: {self.status} {self.title}")
        return found.group(1)

    @property
    def location(self):
        return self.headers.get("Location")


class Buyer:
    """Pays by plain forms, as a browser without scripts does."""

    def __init__(self, server, payment):
        self.server = server
        url = urllib.parse.urlsplit(payment["hosted_url"])
        self.path = url.path
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path=""):
        where = path if path.startswith("/") and path.startswith("/checkout") else self.path + path
        return Page(self.session.get(self.server.url + where, allow_redirects=False, timeout=30))

    def post(self, act, csrf=None, **fields):
        """Sends a form of the payment's page and answers the answer itself."""
        if csrf is None:
            csrf = self.page_with_form(act).csrf
        fields["csrf"] = csrf
        return Page(self.session.post(
            self.server.url + self.path + act, data=fields, allow_redirects=False, timeout=30))

    def page_with_form(self, act):
        if act == "/cancel":
            return self.get("/cancel")
        page = self.get()
        if 'name="csrf"' not in page.text:
            page = self.get("/pay/1")
        return page

    def follow(self, page):
        """Follows a 303 to a page of ours."""
        equal(page.status, 303, f"status of the form's answer ({page.heading or page.text[:200]})")
        return self.get(page.location)

    def pay_by_card(self, number=CARD, **fields):
        """Sends the card form and follows; answers the page behind."""
        form = {"method": "sandbox_alpha", "number": number, "name": "Ada Lovelace", "expiry": "12/39",
                "code": "123"}
        form.update(fields)
        return self.follow(self.post("/pay", **form))

    def choose_wallet(self):
        return self.follow(self.post("/pay", method="sandbox_beta"))

    def decide(self, page, act, decision):
        """Approves or refuses on a wallet's or bank's page."""
        return self.follow(self.post(act, csrf=page.csrf, decision=decision))


# MARK: A receiver of webhooks

class Receiver:
    """The merchant's server for webhooks, and for buyers who come back."""

    def __init__(self):
        self.deliveries = []
        self.visits = []
        self.answers = collections.deque()
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver.lock:
                    receiver.deliveries.append(Delivery(self.path, dict(self.headers.items()), body))
                    status, headers = receiver.answers.popleft() if receiver.answers else (200, {})
                self.reply(status, headers, b"ok")

            def do_GET(self):
                with receiver.lock:
                    receiver.visits.append(self.path)
                self.reply(200, {"Content-Type": "text/html"}, b"<!doctype html><title>Shop</title><h1>Shop</h1>")

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # A sender that was killed is what some cases are about.

        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answer(self, *statuses):
        """Scripts the next answers, such as 500 or (503, {"Retry-After": "7"}); afterwards 200."""
        for status in statuses:
            self.answers.append(status if isinstance(status, tuple) else (status, {}))

    def wait(self, count, seconds=15.0):
        eventually(lambda: len(self.deliveries) >= count, f"{count} deliveries (have {len(self.deliveries)})", seconds)
        return list(self.deliveries)

    def of_type(self, kind):
        return [d for d in list(self.deliveries) if d.event.get("type") == kind]

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Delivery:
    """One delivery as it arrived."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body
        try:
            self.event = json.loads(body)
        except ValueError:
            self.event = {}

    def verify(self, secret, next_secret=None):
        """Checks both families of signatures."""
        stamp = self.headers["x-timestamp"]
        equal(self.headers["x-signature"], self._plain(secret, stamp), "X-Signature")
        equal(self.headers["webhook-id"], self.event["id"], "webhook-id")
        equal(self.headers["x-event-id"], self.event["id"], "X-Event-Id")
        equal(self.headers["x-event-type"], self.event["type"], "X-Event-Type")
        check(self.headers["content-type"].startswith("application/json"), "content type")
        given = self.headers["webhook-signature"].split(" ")
        check(self._standard(secret) in given, f"webhook-signature {given}")
        if next_secret:
            equal(self.headers.get("x-signature-next"), self._plain(next_secret, stamp), "X-Signature-Next")
            check(self._standard(next_secret) in given, "webhook-signature of the next secret")
            equal(len(given), 2, "count of webhook-signatures")
        else:
            check("x-signature-next" not in self.headers, "X-Signature-Next without a rotation")
            equal(len(given), 1, "count of webhook-signatures")

    def _plain(self, secret, stamp):
        return hmac.new(secret.encode(), stamp.encode() + b"." + self.body, hashlib.sha256).hexdigest()

    def _standard(self, secret):
        check(secret.startswith("whsec_"), "a secret begins with whsec_")
        key = base64.b64decode(secret[len("whsec_"):])
        equal(len(key), 32, "bytes of the secret")
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verify_return(url, merchant, payment):
    """Checks the signed return to the merchant; answers the query."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    amount = re.search(r'"amount":([0-9.]+)', merchant.get(f"/payments/{payment}").text).group(1)
    signed = f"return.v1.{query['timestamp']}.{query['payment']}.{query['status']}.{amount}.USD"
    equal(query["payment"], payment, "payment of the return")
    equal(
        query["signature"], hmac.new(merchant.return_secret.encode(), signed.encode(), hashlib.sha256).hexdigest(),
        "signature of the return")
    return query


@contextlib.contextmanager
def serving(*arguments, **options):
    """A server for one case."""
    server = Server(*arguments, **options)
    try:
        yield server
    finally:
        server.kill()
