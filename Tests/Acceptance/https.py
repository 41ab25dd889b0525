#!/usr/bin/env python3
"""HTTPS in both directions: our server with the clients of others, our client with the servers of others."""
import functools
import http.server
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

import requests

import certificates
import harness
from certificates import Authority, ExtendedKeyUsageOID
from harness import Buyer, Merchant, Receiver, Server, Suite, check, equal
from name_server import NameServer

suite = Suite("https")
case = suite.case
FOLDER = harness.temporary_folder()
ROOT = Authority()
ROOT_FILE = FOLDER / "root.pem"
ROOT_FILE.write_bytes(certificates.pem(ROOT.certificate))
NAME_SERVER = "127.0.0.99"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_pair(name, pair):
    """Writes a chain and its key; answers the options that name them."""
    chain, key = FOLDER / f"{name}.pem", FOLDER / f"{name}.key"
    for path, content in ((chain, pair[0]), (key, pair[1])):
        draft = path.with_suffix(path.suffix + ".new")
        draft.write_bytes(content)
        draft.rename(path)
    return ["--tls-certificate", chain, "--tls-key", key]


class SecureServer(Server):
    """A server under TLS as `localhost`, whose certificate is in a pair of files called `name`."""

    def __init__(self, *arguments, name="localhost", pair=None, host="localhost", **options):
        self.port = free_port()
        files = write_pair(name, pair or ROOT.leaf("localhost", "127.0.0.1"))
        super().__init__(
            "--listen", f"127.0.0.1:{self.port}", "--public-url", f"https://{host}:{self.port}", "--rate-limit", "off",
            "--ca-file", ROOT_FILE, *files, *arguments, **options)

    def merchant(self):
        merchant = Merchant.create(self)
        merchant.session.verify = str(ROOT_FILE)
        return merchant

    def rss(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0


@functools.cache
def server():
    return SecureServer("--allow-private-webhooks", "127.0.0.0/8")


def context(alpn=("http/1.1",), version=None):
    made = ssl.create_default_context(cafile=str(ROOT_FILE))
    if alpn:
        made.set_alpn_protocols(list(alpn))
    if version:
        made.minimum_version = made.maximum_version = version
    return made


def connect(target=None, made=None, host="localhost"):
    plain = socket.create_connection(("127.0.0.1", (target or server()).port), 15)
    return (made or context()).wrap_socket(plain, server_hostname=host)


def curl(*arguments, expected=0):
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "20", "--cacert", str(ROOT_FILE), *map(str, arguments)],
        capture_output=True, text=True)
    if expected is not None:
        equal(done.returncode, expected, f"curl {done.stderr}")
    return done


# MARK: Our server

@case("curl with the root gets an answer over TLS, with HSTS and HTTP/1.1")
def _():
    done = curl("-v", f"https://localhost:{server().port}/health")
    check('"status"' in done.stdout or "ok" in done.stdout, done.stdout)
    check("TLSv1.3" in done.stderr, "TLS 1.3")
    check("server accepted http/1.1" in done.stderr or "ALPN: server accepted http/1.1" in done.stderr, done.stderr)
    check("strict-transport-security: max-age=31536000" in done.stderr.lower(), "HSTS")
    done = curl("--tlsv1.2", "--tls-max", "1.2", "-w", "%{http_code}", f"https://localhost:{server().port}/health")
    check(done.stdout.endswith("200"), f"TLS 1.2: {done.stdout}")


@case("without the root curl does not trust it")
def _():
    done = subprocess.run(["curl", "-sS", f"https://localhost:{server().port}/health"], capture_output=True,
                          env={**os.environ, "CURL_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt"})
    equal(done.returncode, 60, "curl's exit code")


@case("Python's ssl shakes hands over {}", "TLSv1_3", "TLSv1_2")
def _(version):
    with connect(made=context(version=ssl.TLSVersion[version])) as stream:
        equal(stream.version().replace(".", "_"), version, "version")
        equal(stream.selected_alpn_protocol(), "http/1.1", "ALPN")
        stream.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := stream.recv(4096):  # A missing close_notify would raise.
            answer += piece
        check(answer.startswith(b"HTTP/1.1 200"), answer[:100])


@case("sessions are resumed")
def _():
    made = context(version=ssl.TLSVersion.TLSv1_3)
    session = None
    for expected in (False, True):
        plain = socket.create_connection(("127.0.0.1", server().port), 15)
        with made.wrap_socket(plain, server_hostname="localhost", session=session) as stream:
            stream.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream.recv(4096)
            equal(stream.session_reused, expected, "resumed")
            session = stream.session


@case("a client that speaks only HTTP/2 is refused with an alert")
def _():
    try:
        connect(made=context(alpn=("h2",))).close()
        check(False, "the handshake succeeded")
    except ssl.SSLError as error:
        check("NO_APPLICATION_PROTOCOL" in str(error).upper().replace(" ", "_"), str(error))


@case("an RSA certificate serves, and several names are chosen by SNI")
def _():
    first = write_pair("first", ROOT.leaf("first.test", kind="rsa"))
    second = write_pair("second", ROOT.leaf("second.test"))
    with harness.serving(*first, *second, "--public-url", "https://second.test") as both:
        both.port = int(both.url.rsplit(":", 1)[1])
        for host in ("first.test", "second.test"):
            with connect(both, host=host) as stream:
                names = [value for _, value in stream.getpeercert()["subjectAltName"]]
                equal(names, [host], "names of the certificate")


@case("plain HTTP on the port of TLS is told to use https")
def _():
    answer = requests.get(f"http://127.0.0.1:{server().port}/health", timeout=10)
    equal(answer.status_code, 400, "status")
    check("https://" in answer.text, answer.text)


@case("requests are signed, paid and told of over TLS alone")
def _():
    merchant = server().merchant()
    payment = merchant.create_payment()
    check(payment["hosted_url"].startswith(f"https://localhost:{server().port}/"), payment["hosted_url"])
    buyer = Buyer(server(), payment)
    buyer.session.verify = str(ROOT_FILE)
    equal(buyer.pay_by_card().heading, "Paid. Thank you.", "the page after paying")


@case("Chromium with the root in its store pays without a warning")
def _():
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    home = harness.temporary_folder()
    database = home / ".pki/nssdb"
    database.mkdir(parents=True)
    store = f"sql:{database}"
    subprocess.run(["certutil", "-d", store, "-N", "--empty-password"], check=True, capture_output=True)
    subprocess.run(["certutil", "-d", store, "-A", "-t", "C,,", "-n", "acceptance", "-i", str(ROOT_FILE)],
                   check=True, capture_output=True)
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-US"):
        options.add_argument(flag)
    options.set_capability("acceptInsecureCerts", False)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(
        shutil.which("chromedriver"), env={**os.environ, "HOME": str(home)}))
    try:
        merchant = server().merchant()
        payment = merchant.create_payment()
        driver.get(payment["hosted_url"])
        check("not private" not in driver.title.lower() and driver.current_url.startswith("https://localhost"),
              f"{driver.title} {driver.current_url}")
        state = driver.execute_script("return window.isSecureContext && location.protocol")
        equal(state, "https:", "the page's scheme")
        for name, value in (("number", harness.CARD), ("name", "Ada Lovelace"), ("expiry", "12/39"), ("code", "123")):
            fields = [f for f in driver.find_elements(By.NAME, name) if f.is_displayed()]
            if not fields:
                choice = driver.find_elements(By.CSS_SELECTOR, "input[value=sandbox_alpha]")
                check(choice, f"no field {name} on {driver.title}: {driver.page_source[:600]}")
                driver.execute_script("arguments[0].click()", choice[0])
                fields = [f for f in driver.find_elements(By.NAME, name)]
            fields[0].send_keys(value)
        driver.find_element(By.CSS_SELECTOR, "form button[type=submit], form button:not([type])").click()
        harness.eventually(lambda: merchant.payment(payment["hash"])["status"] == "completed",
                           f"paid (the page is {driver.title!r})", 30)
        errors = [e["message"] for e in driver.get_log("browser") if "certificate" in e["message"].lower()]
        equal(errors, [], "warnings")
    finally:
        driver.quit()


# MARK: Certificates in files

def serial(target, host="localhost"):
    with connect(target, host=host) as stream:
        return stream.getpeercert()["serialNumber"]


@case("SIGHUP takes up new certificates, and open connections go on")
def _():
    with SecureServer(name="reload") as own:
        old = serial(own)
        kept = connect(own)
        write_pair("reload", ROOT.leaf("localhost", "127.0.0.1"))
        own.process.send_signal(signal.SIGHUP)
        harness.eventually(lambda: serial(own) != old, "the new certificate", 3)
        kept.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        check(kept.recv(4096).startswith(b"HTTP/1.1 200"), "the open connection")
        kept.close()


@case("changed files are taken up by themselves, bad ones change nothing and are told of")
def _():
    with SecureServer(name="watch") as own:
        old = serial(own)
        write_pair("watch", ROOT.leaf("localhost", "127.0.0.1"))
        harness.eventually(lambda: serial(own) != old, "the new certificate", 12)
        new = serial(own)
        (FOLDER / "watch.pem").write_text("nonsense")
        own.process.send_signal(signal.SIGHUP)
        harness.eventually(lambda: "holds no certificate" in own.errors(), "a line in the log", 5)
        equal(serial(own), new, "the certificate that serves on")


@case("a certificate that cannot serve ends the start with one line and exit 1: {}",
      "missing", "no key", "unreadable", "expired", "not yet valid", "another name", "another key", "no certificate",
      "encrypted key")
def _(fault):
    pair = ROOT.leaf("localhost")
    options, words = write_pair("bad", pair), ""
    if fault == "missing":
        (FOLDER / "bad.pem").unlink()
        words = "bad.pem: no such file"
    elif fault == "no key":
        (FOLDER / "bad.key").unlink()
        words = "bad.key: no such file"
    elif fault == "unreadable":
        (FOLDER / "bad.key").unlink()
        (FOLDER / "bad.key").mkdir()
        words = "bad.key"
    elif fault == "expired":
        options, words = write_pair("bad", ROOT.leaf("localhost", start=-20, end=-3)), "expired on"
    elif fault == "not yet valid":
        options, words = write_pair("bad", ROOT.leaf("localhost", start=3, end=9)), "not valid before"
    elif fault == "another name":
        options, words = write_pair("bad", ROOT.leaf("elsewhere.test")), "elsewhere.test"
    elif fault == "another key":
        options, words = write_pair("bad", (pair[0], ROOT.leaf("localhost")[1])), "does not belong to"
    elif fault == "no certificate":
        options, words = write_pair("bad", (pair[1], pair[1])), "holds no certificate"
    elif fault == "encrypted key":
        locked = subprocess.run(
            ["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:x", "-in", str(FOLDER / "bad.key")],
            capture_output=True, check=True).stdout
        options, words = write_pair("bad", (pair[0], locked)), "passphrase"
    done = harness.command(
        "serve", "--listen", "127.0.0.1:0", "--public-url", "https://localhost", *options,
        data=harness.temporary_folder() / "data", expected=1, as_json=False)
    if (FOLDER / "bad.key").is_dir():
        (FOLDER / "bad.key").rmdir()
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    equal(len(lines), 1, f"lines: {done.stderr}")
    check(words in lines[0], lines[0])


@case("the other listener sends plain HTTP on to https, for the public host alone")
def _():
    port = free_port()
    with SecureServer("--http-redirect", f"127.0.0.1:{port}") as own:
        url = f"http://localhost:{port}/checkout/1?locale=pt&x=%20y"
        for method in ("GET", "POST"):
            answer = requests.request(method, url, allow_redirects=False, timeout=10)
            equal(answer.status_code, 308, "status")
            equal(answer.headers["Location"], f"https://localhost:{own.port}/checkout/1?locale=pt&x=%20y", "Location")
            check("Strict-Transport-Security" not in answer.headers, "no HSTS over plain HTTP")
        evil = requests.get(url, headers={"Host": "evil.test"}, allow_redirects=False, timeout=10)
        equal(evil.status_code, 421, "another host")
        check("Location" not in evil.headers, "no Location for another host")


@case("a trusted proxy says how its visitors came, others do not")
def _():
    with harness.serving("--trusted-proxy", "127.0.0.1", "--public-url", "https://pay.test") as behind:
        secure = requests.get(behind.url + "/health", headers={"X-Forwarded-Proto": "https"}, timeout=10)
        check("Strict-Transport-Security" in secure.headers, "HSTS behind the proxy")
        plain = requests.get(behind.url + "/health", headers={"X-Forwarded-Proto": "http"}, timeout=10)
        check("Strict-Transport-Security" not in plain.headers, "no HSTS for plain HTTP")
    with harness.serving("--public-url", "https://pay.test") as alone:
        told = requests.get(alone.url + "/health", headers={"X-Forwarded-Proto": "https"}, timeout=10)
        check("Strict-Transport-Security" not in told.headers, "a stranger's word")


# MARK: Many at once

@case("a flood of silent connections is bounded, and others are served meanwhile")
def _():
    silent = []
    try:
        for _ in range(400):
            silent.append(socket.create_connection(("127.0.0.1", server().port), 5))
        time.sleep(0.5)
        ended = 0
        for one in silent:
            one.setblocking(False)
            try:
                ended += one.recv(1) == b""
            except BlockingIOError:
                pass
            except ConnectionResetError:
                ended += 1
        check(ended >= 400 - 128, f"{ended} of 400 were cut off at once")
        # The address has no more handshakes, others have theirs.
        plain = socket.socket()
        plain.bind(("127.0.0.2", 0))
        plain.connect(("127.0.0.1", server().port))
        with context().wrap_socket(plain, server_hostname="localhost") as stream:
            stream.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            check(stream.recv(4096).startswith(b"HTTP/1.1 200"), "another address is served")
        began = time.monotonic()
        for one in silent:
            one.setblocking(True)
            one.settimeout(15)
            try:
                equal(one.recv(1), b"", "the end")
            except ConnectionResetError:
                pass
        check(time.monotonic() - began < 14, "all are cut off within 10 s")
    finally:
        for one in silent:
            one.close()


@case("a thousand idle connections take at most 40 KiB each")
def _():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    with SecureServer(name="idle") as own:
        made = context()

        def open_one():
            stream = connect(own, made)
            stream.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stream.recv(4096)
            return stream

        held = [open_one() for _ in range(50)]
        before = own.rss()
        held += [open_one() for _ in range(1000)]
        each = (own.rss() - before) / 1000
        print(f"          {each / 1024:.1f} KiB for each idle connection")
        for stream in held:
            stream.close()
        check(each <= 40 * 1024, f"{each / 1024:.1f} KiB each")


# MARK: Our client

class SecureReceiver(Receiver):
    def __init__(self, pair, **versions):
        super().__init__()
        chain, key = FOLDER / "receiver.pem", FOLDER / "receiver.key"
        chain.write_bytes(pair[0])
        key.write_bytes(pair[1])
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(str(chain), str(key))
        for name, value in versions.items():
            setattr(made, name, value)
        self.http.socket = made.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = self.url.replace("http://127.0.0.1", "https://localhost")


@case("webhooks arrive at a receiver under {}", "TLSv1_3 with P-256", "TLSv1_2 with P-256", "TLSv1_3 with RSA",
      "TLSv1_2 with RSA")
def _(way):
    version, kind = way.split(" with ")
    version = ssl.TLSVersion[version]
    receiver = SecureReceiver(ROOT.leaf("localhost", kind="rsa" if kind == "RSA" else "p256"),
                              minimum_version=version, maximum_version=version)
    merchant = server().merchant()
    endpoint = merchant.post("/webhook-endpoints", {"url": receiver.url + "/hook", "events": ["payment.pending"]})
    secret = endpoint.expect(201)["webhook_endpoint"]["secret"]
    merchant.create_payment()
    receiver.wait(1)[0].verify(secret)
    receiver.close()


@case("a receiver that nobody vouches for gets nothing, and the log says why")
def _():
    receiver = SecureReceiver(Authority("Nobody").leaf("localhost"))
    merchant = server().merchant()
    merchant.post("/webhook-endpoints", {"url": receiver.url + "/hook", "events": ["payment.pending"]}).expect(201)
    merchant.create_payment()
    tried = harness.eventually(
        lambda: [d for d in merchant.get("/webhook-deliveries")["deliveries"] if d["tries"]], "a try")[0]
    log = merchant.get(f"/webhook-deliveries/{tried['id']}")["delivery"]["log"]
    check("Nobody" in json.dumps(log), log)
    equal(receiver.deliveries, [], "deliveries")
    receiver.close()


# MARK: doctor

class Site:
    """A server of Python's under TLS."""

    def __init__(self, pair, address="127.0.0.1", **versions):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        chain, key = FOLDER / "site.pem", FOLDER / "site.key"
        chain.write_bytes(pair[0])
        key.write_bytes(pair[1])
        made.load_cert_chain(str(chain), str(key))
        for name, value in versions.items():
            setattr(made, name, value)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.http = Quiet((address, 0), Handler)
        self.http.daemon_threads = True
        self.http.socket = made.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


def doctor(*arguments, code, environment=None):
    done = harness.command("doctor", *arguments, expected=code, as_json=False, environment=environment)
    return done.stdout + done.stderr


@case("doctor goes the whole way to an address and tells of each step")
def _():
    middle = Authority("Acceptance Middle", ROOT)
    site = Site(middle.leaf("localhost"))
    url = f"https://localhost:{site.port}/"
    answer = harness.command("doctor", "--url", url, "--ca-file", ROOT_FILE)
    equal(answer["exit_code"], 0, "exit code")
    equal(answer["status"], 204, "status")
    equal(answer["tls"]["version"], "TLS 1.3", "version")
    equal([link["issuer"] for link in answer["tls"]["chain"]], ["CN=Acceptance Middle", "CN=Acceptance Root"], "chain")
    equal(answer["tls"]["root"], "CN=Acceptance Root", "root")
    for name in ("resolve", "connect", "handshake", "answer"):
        check(answer[f"{name}_microseconds"] >= 0, name)
    text = doctor("--url", url, "--ca-file", ROOT_FILE, code=0)
    for words in ("TLS 1.3", "x25519", "Acceptance Middle", "root.pem, 1 roots", "HTTP status 204"):
        check(words in text, f"{words} in {text}")
    site.close()


BAD = {
    "expired": (lambda host: ROOT.leaf(host, start=-9, end=-2), "expired on"),
    "not yet valid": (lambda host: ROOT.leaf(host, start=2, end=9), "not valid before"),
    "another name": (lambda host: ROOT.leaf("elsewhere.test"), "is for elsewhere.test, not for"),
    "an unknown root": (lambda host: Authority("Nobody").leaf(host), "issuer CN=Nobody is not known"),
    "no server's certificate": (
        lambda host: ROOT.leaf(host, usage=ExtendedKeyUsageOID.CLIENT_AUTH), "other purposes"),
    "a forged signature": (lambda host: ROOT.leaf(host, sign=certificates.new_key()), "signature"),
    "an authority too deep": (
        lambda host: Authority("Third", Authority("Second", ROOT, path_length=0)).leaf(host), "more authorities below"),
    "a name its authority may not certify": (
        lambda host: Authority("Narrow", ROOT, allowed="narrow.test").leaf(host), "outside what an authority"),
}


@case("doctor says what is wrong with a chain: {}", *BAD)
def _(fault):
    make, words = BAD[fault]
    site = Site(make("localhost"))
    text = doctor("--url", f"https://localhost:{site.port}/", "--ca-file", ROOT_FILE, code=6)
    check(words in text, text)
    site.close()


@case("doctor knows keys on the deny list, plain ports, closed ports and names without address")
def _():
    site = Site(ROOT.leaf("localhost"))
    (FOLDER / "denied").write_text(f"# stolen\n{certificates.key_hash(ROOT.last)}\n")
    url = f"https://localhost:{site.port}/"
    text = doctor("--url", url, "--ca-file", ROOT_FILE, "--denied-keys", FOLDER / "denied", code=6)
    check("deny list" in text, text)
    site.close()
    text = doctor("--url", url, "--ca-file", ROOT_FILE, code=4)
    check("nothing listens on that port" in text, text)
    plain = Receiver()
    text = doctor("--url", plain.url.replace("http://127.0.0.1", "https://localhost"), "--ca-file", ROOT_FILE, code=5)
    check("handshake" in text, text)
    plain.close()
    text = doctor("--url", "https://no-such-name.invalid/", "--ca-file", ROOT_FILE, code=3)
    check("has no address" in text, text)


@case("doctor without an address looks at this machine and says how to mend it")
def _():
    data = harness.temporary_folder() / "data"
    answer = harness.command("doctor", "--listen", "127.0.0.1:0", data=data)
    equal({c["check"] for c in answer["checks"]} >= {"clock", "data", "disk", "roots", "port"}, True, "checks")
    data.mkdir(mode=0o755)
    os.chmod(data, 0o755)
    text = doctor("--listen", f"127.0.0.1:{server().port}", "--data", data, *write_pair(
        "old", ROOT.leaf("localhost", start=-9, end=-2)), code=1)
    for words in (f"chmod 700 {data}", "is taken by another process", "expired on"):
        check(words in text, f"{words} in {text}")


@case("in a chroot with nothing but the binary and resolv.conf the way to a name is found")
def _():
    check(os.geteuid() == 0, "this case needs the superuser, for chroot and port 53")
    prison = harness.temporary_folder() / "prison"
    (prison / "etc").mkdir(parents=True)
    binary = pathlib.Path(harness.binary()).resolve()
    shutil.copy(binary, prison / "centralpay")
    (prison / "etc/resolv.conf").write_text(f"nameserver {NAME_SERVER}\n")
    shutil.copy(ROOT_FILE, prison / "root.pem")
    dynamic = b"NEEDED" in subprocess.run(["readelf", "-d", str(binary)], capture_output=True).stdout
    if dynamic:  # A build for debugging brings its libraries along.
        for line in subprocess.run(["ldd", str(binary)], capture_output=True, text=True).stdout.splitlines():
            path = next((word for word in line.split() if word.startswith("/")), None)
            if path:
                (prison / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, prison / path.lstrip("/"))
    names = NameServer({"gateway.test": "127.0.0.1"}, NAME_SERVER)
    site = Site(ROOT.leaf("gateway.test"))

    def inside(*arguments):
        return subprocess.run([shutil.which("chroot"), str(prison), "/centralpay", *map(str, arguments)],
                              capture_output=True, text=True, timeout=60, env={})
    try:
        url = f"https://gateway.test:{site.port}/"
        done = inside("doctor", "--url", url, "--ca-file", "/root.pem")
        equal(done.returncode, 0, done.stdout + done.stderr)
        check("gateway.test is 127.0.0.1" in done.stdout and "HTTP status 204" in done.stdout, done.stdout)
        done = inside("doctor", "--url", url)
        equal(done.returncode, 6, done.stdout + done.stderr)
        check("the roots in this program" in done.stdout, done.stdout)
        done = inside("doctor", "--url", "https://elsewhere.test/", "--ca-file", "/root.pem")
        equal(done.returncode, 3, done.stdout + done.stderr)
        for fault, (make, words) in BAD.items():
            bad = Site(make("gateway.test"))
            done = inside("doctor", "--url", f"https://gateway.test:{bad.port}/", "--ca-file", "/root.pem")
            bad.close()
            equal(done.returncode, 6, f"{fault}: {done.stdout}{done.stderr}")
            check(words in done.stdout, f"{fault}: {done.stdout}")
    finally:
        site.close()
        names.close()


if __name__ == "__main__":
    suite.main()
