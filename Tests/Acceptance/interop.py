#!/usr/bin/env python3
"""TLS against OpenSSL, GnuTLS, tlslite-ng and Python's ssl, in both roles: every version, suite, group and kind of
certificate that both ends have, second hellos, resumption, small and large answers, and hostile ends.

The tool under test is CENTRALPAY_TLSPEER, else .build/release/tlspeer or .build/debug/tlspeer.
"""
import contextlib
import itertools
import json
import os
import pathlib
import re
import selectors
import shutil
import socket
import ssl
import subprocess
import sys
import threading

import tlslite.api as tlslite

import harness
from harness import Suite, check, equal

suite = Suite("interop")
case = suite.case
FOLDER = pathlib.Path(harness.temporary_folder())
NAME = "shop.example"
LARGE = 200_000

# Number, name in OpenSSL, name in GnuTLS, kind of certificate (None for any).
SUITES13 = [("1301", "TLS_AES_128_GCM_SHA256", "AES-128-GCM", None),
            ("1302", "TLS_AES_256_GCM_SHA384", "AES-256-GCM", None),
            ("1303", "TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", None)]
SUITES12 = [("c02b", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA:+AES-128-GCM", "ec"),
            ("c02c", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA:+AES-256-GCM", "ec"),
            ("cca9", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA:+CHACHA20-POLY1305", "ec"),
            ("c02f", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA:+AES-128-GCM", "rsa"),
            ("c030", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA:+AES-256-GCM", "rsa"),
            ("cca8", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA:+CHACHA20-POLY1305", "rsa")]
GROUPS = [("x25519", "X25519", "GROUP-X25519"), ("p256", "P-256", "GROUP-SECP256R1")]
# Certificates our client meets; our own server has the first two kinds.
KINDS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["-newkey", "rsa:2048"],
         "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "rsa4096": ["-newkey", "rsa:4096"],
         "ed25519": ["-newkey", "ed25519"]}


def tool():
    given = os.environ.get("CENTRALPAY_TLSPEER")
    for place in [given] if given else [harness.TOP / ".build/release/tlspeer", harness.TOP / ".build/debug/tlspeer"]:
        if place and pathlib.Path(place).exists():
            return str(place)
    sys.exit("no tlspeer: build it first, or set CENTRALPAY_TLSPEER")


def run(*arguments, seconds=30, input=None):
    return subprocess.run([str(a) for a in arguments], capture_output=True, timeout=seconds,
                          input=input if input is not None else b"")


def openssl(*arguments):
    done = run("openssl", *arguments)
    check(done.returncode == 0, done.stderr.decode())


def make_certificates():
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=Test root", "-keyout", FOLDER / "root.key", "-out", FOLDER / "root.pem",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    for kind, key in KINDS.items():
        openssl("req", *key, "-nodes", "-subj", f"/CN={NAME}", "-keyout", FOLDER / f"{kind}.key",
                "-out", FOLDER / f"{kind}.csr")
        extensions = FOLDER / f"{kind}.ext"
        extensions.write_text(f"subjectAltName=DNS:{NAME},DNS:*.{NAME}\nkeyUsage=critical,digitalSignature\n"
                              "extendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n")
        openssl("x509", "-req", "-in", FOLDER / f"{kind}.csr", "-CA", FOLDER / "root.pem", "-CAkey",
                FOLDER / "root.key", "-days", "20", "-extfile", extensions, "-out", FOLDER / f"{kind}.pem")


make_certificates()


# MARK: Ends

class Ours(contextlib.ExitStack):
    """Our server, which tells of each connection in a line."""

    def __init__(self, *arguments, kinds=("ec", "rsa")):
        super().__init__()
        pairs = itertools.chain.from_iterable(
            ("--certificate", FOLDER / f"{kind}.pem", "--key", FOLDER / f"{kind}.key") for kind in kinds)
        self.process = subprocess.Popen([tool(), "serve", *map(str, pairs), *arguments], stdout=subprocess.PIPE)
        self.callback(self.end)
        self.port = int(self.line().split()[1])

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def line(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            check(selector.select(20), "our server says nothing")
        return self.process.stdout.readline().decode()

    def report(self):
        return json.loads(self.line())


def connect(port, *arguments, authorities="root.pem", name=NAME, expects=0):
    """Our client against a server; answers its reports."""
    done = run(tool(), "connect", f"127.0.0.1:{port}", "--ca", FOLDER / authorities, "--name", name, *arguments)
    equal(done.returncode, expects, f"exit code ({done.stderr.decode().strip()} {done.stdout.decode().strip()})")
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextlib.contextmanager
def serving(command, ready):
    """A foreign server on a free port, once `ready` answers true."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([str(part).replace("PORT", str(port)) for part in command], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        harness.eventually(lambda: ready(port), f"{command[0]} listens")
        yield port
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def listens(port):
    """Looks into the kernel's table, because servers for one connection would take a probe for it."""
    wanted = f"0100007F:{port:04X}", f"00000000:{port:04X}", f"00000000000000000000000000000000:{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in open(table, encoding="ascii").readlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[1] in wanted:
                return True
    return False


def openssl_server(kind, *arguments):
    return serving(["openssl", "s_server", "-accept", "127.0.0.1:PORT", "-cert", FOLDER / f"{kind}.pem", "-key",
                    FOLDER / f"{kind}.key", "-www", "-quiet", *arguments], listens)


def gnutls_server(kind, priority):
    return serving(["gnutls-serv", "--http", "--quiet", "-p", "PORT", "--x509certfile", FOLDER / f"{kind}.pem",
                    "--x509keyfile", FOLDER / f"{kind}.key", "--priority", priority], listens)


def gnutls_priority(version, cipher, group):
    exchange, _, cipher12 = cipher.partition(":+")
    if version == "1.3":
        return f"NONE:+VERS-TLS1.3:+{cipher}:+AEAD:+SIGN-ALL:+{group}"
    return f"NONE:+VERS-TLS1.2:+{exchange}:+{cipher12}:+AEAD:+SIGN-ALL:+{group}"


def expect(report, version, number, group, **others):
    for key, value in {"version": version, "suite": number, "group": group, "clean": True, **others}.items():
        equal(report.get(key), value, f"{key} of {report}")


def s_client(port, *arguments, path="/1000", seconds=30):
    request = f"GET {path} HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode()
    done = run("openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", NAME, "-verify_return_error",
               "-CAfile", FOLDER / "root.pem", "-quiet", "-ign_eof", "-no_ign_eof", "-ign_eof", *arguments,
               input=request, seconds=seconds)
    return done


def gnutls_client(port, priority, path="/1000"):
    request = f"GET {path} HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode()
    return run("gnutls-cli", "--x509cafile", FOLDER / "root.pem", "--sni-hostname", NAME, "--verify-hostname", NAME,
               "--priority", priority, "-p", port, "127.0.0.1", input=request)


# MARK: OpenSSL

for version, suites in (("1.3", SUITES13), ("1.2", SUITES12)):
    flag = "-ciphersuites" if version == "1.3" else "-cipher"
    only = "-tls1_3" if version == "1.3" else "-tls1_2"
    for (number, name, gnutls, wanted), (group, openssl_group, gnutls_group) in itertools.product(suites, GROUPS):
        @case(f"OpenSSL's server: TLS {version}, {name}, {group}")
        def _(version=version, flag=flag, only=only, number=number, name=name, wanted=wanted, group=group,
              openssl_group=openssl_group):
            # In TLS 1.2 the list of groups is one of curves for certificates too, and P-384 is not in ours.
            kinds = ["ec", "rsa", "p384", "rsa4096", "ed25519"] if wanted is None else \
                ["ec", "ed25519"] if wanted == "ec" else ["rsa", "rsa4096"]
            groups = f"{openssl_group}:P-256" if wanted == "ec" and group != "p256" else openssl_group
            for kind in kinds:
                with openssl_server(kind, only, flag, name, "-groups", groups) as port:
                    [report] = connect(port)
                    expect(report, version, number, group, resumed=False)
                    check(report["bytes"] > 500, f"{kind}: an answer came")

        @case(f"OpenSSL's client: TLS {version}, {name}, {group}")
        def _(version=version, flag=flag, only=only, number=number, name=name, wanted=wanted, group=group,
              openssl_group=openssl_group):
            groups = f"{openssl_group}:P-256" if wanted == "ec" and group != "p256" else openssl_group
            for kind in ["ec", "rsa"] if wanted is None else [wanted]:
                with Ours(kinds=[kind]) as ours:
                    done = s_client(ours.port, only, flag, name, "-groups", groups, path=f"/{LARGE}")
                    check(done.stdout.count(b"x") >= LARGE, f"{kind}: the answer came whole: {done.stderr.decode()}")
                    expect(ours.report(), version, number, group, name=NAME)

        @case(f"GnuTLS's server: TLS {version}, {name}, {group}")
        def _(version=version, number=number, gnutls=gnutls, wanted=wanted, group=group, gnutls_group=gnutls_group):
            for kind in ["ec", "rsa"] if wanted is None else [wanted]:
                with gnutls_server(kind, gnutls_priority(version, gnutls, gnutls_group)) as port:
                    [report] = connect(port)
                    expect(report, version, number, group)
                    check(report["bytes"] > 100, f"{kind}: an answer came")

        @case(f"GnuTLS's client: TLS {version}, {name}, {group}")
        def _(version=version, number=number, gnutls=gnutls, wanted=wanted, group=group, gnutls_group=gnutls_group):
            for kind in ["ec", "rsa"] if wanted is None else [wanted]:
                priority = gnutls_priority(version, gnutls, gnutls_group)
                if wanted == "ec" and group != "p256":
                    priority += ":+GROUP-SECP256R1"
                with Ours(kinds=[kind]) as ours:
                    done = gnutls_client(ours.port, priority, f"/{LARGE}")
                    check(done.stdout.count(b"x") >= LARGE,
                          f"{kind}: the answer came whole: {done.stdout[-500:]!r} {done.stderr.decode()}")
                    expect(ours.report(), version, number, group, name=NAME)


@case("a second hello: OpenSSL asks ours, and ours asks OpenSSL's")
def _():
    with openssl_server("ec", "-tls1_3", "-groups", "P-256") as port:
        [report] = connect(port, "--shares", "x25519")
        expect(report, "1.3", "1303", "p256", retried=True)
    with Ours("--groups", "p256") as ours:
        done = s_client(ours.port, "-tls1_3", "-groups", "X25519:P-256")
        check(b"200 OK" in done.stdout, done.stderr.decode())
        expect(ours.report(), "1.3", "1303", "p256", retried=True)


@case("a session goes on: ours at OpenSSL's, OpenSSL's at ours, Python's at ours")
def _():
    with openssl_server("ec", "-tls1_3") as port:
        first, second = connect(port, "--again")
        equal((first["resumed"], second["resumed"]), (False, True), "resumed")
    with Ours() as ours:
        saved = FOLDER / "session.pem"
        first = s_client(ours.port, "-tls1_3", "-sess_out", saved)
        check(b"200 OK" in first.stdout, "the first answer")
        equal(ours.report()["resumed"], False, "resumed")
        second = s_client(ours.port, "-tls1_3", "-sess_in", saved)
        check(b"200 OK" in second.stdout, "the second answer")
        equal(ours.report()["resumed"], True, "resumed")
        third = s_client(ours.port, "-tls1_3", "-sess_in", saved)
        check(b"200 OK" in third.stdout, "the third answer")
        equal(ours.report()["resumed"], False, "a ticket that was used serves no more")


@case("a client of TLS 1.2 that does not know the curve of one certificate gets the other")
def _():
    with Ours(kinds=["ec", "rsa"]) as ours:
        done = s_client(ours.port, "-tls1_2", "-groups", "X25519")
        check(b"200 OK" in done.stdout, done.stderr.decode())
        expect(ours.report(), "1.2", "cca8", "x25519")


@case("keys are changed in both directions while data flows")
def _():
    with Ours() as ours:
        process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{ours.port}", "-servername", NAME, "-tls1_3", "-CAfile",
             str(FOLDER / "root.pem")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            lines = [b"POST / HTTP/1.0\r\nContent-Length: 40\r\n\r\n" + b"a" * 19 + b"\n", b"K\n", b"b" * 9 + b"\n",
                     b"k\n", b"c" * 9 + b"\n"]
            for line in lines:
                process.stdin.write(line)
                process.stdin.flush()
                harness.time.sleep(0.3)
            report = ours.report()
            expect(report, "1.3", "1303", "x25519")
            equal(report["bytes"], 40, "bytes of the body")
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


# MARK: Python's ssl and tlslite-ng

def python_context(version=None):
    context = ssl.create_default_context(cafile=str(FOLDER / "root.pem"))
    if version:
        context.minimum_version = context.maximum_version = version
    return context


for label, version in (("1.3", ssl.TLSVersion.TLSv1_3), ("1.2", ssl.TLSVersion.TLSv1_2)):
    @case(f"Python's client sends and gets much: TLS {label}")
    def _(version=version, label=label):
        with Ours() as ours:
            with socket.create_connection(("127.0.0.1", ours.port), timeout=20) as raw:
                with python_context(version).wrap_socket(raw, server_hostname=NAME) as stream:
                    body = os.urandom(3_000_000)
                    stream.sendall(b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body))
                    stream.sendall(body)
                    answer = b""
                    while more := stream.recv(65536):
                        answer += more
                    check(answer.endswith(b"3000000"), answer[-60:].decode())
            report = ours.report()
            equal((report["version"], report["bytes"], report["clean"]), (label, 3_000_000, True), "report")

    @case(f"Python's server, byte by byte and in large pieces: TLS {label}")
    def _(version=version, label=label):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(FOLDER / "ec.pem", FOLDER / "ec.key")
        context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["http/1.1"])
        for step in (1, 16_384, 1_000_000):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                listener.settimeout(20)

                def serve():
                    raw, _ = listener.accept()
                    raw.settimeout(20)
                    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                    engine = context.wrap_bio(incoming, outgoing, server_side=True)

                    def pump(action):
                        while True:
                            try:
                                result = action()
                                flush()
                                return result
                            except ssl.SSLWantReadError:
                                flush()
                                incoming.write(raw.recv(65536))

                    def flush():
                        data = outgoing.read()
                        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        for start in range(0, len(data), step):
                            raw.sendall(data[start:start + step])
                    pump(engine.do_handshake)
                    pump(lambda: engine.read(4096))
                    pump(lambda: engine.write(b"HTTP/1.0 200 OK\r\n\r\n" + b"y" * (3000 if step == 1 else LARGE)))
                    with contextlib.suppress(ssl.SSLError, OSError):
                        engine.unwrap()
                    flush()
                    raw.close()
                server = threading.Thread(target=serve, daemon=True)
                server.start()
                [report] = connect(listener.getsockname()[1])
                server.join(20)
                equal((report["version"], report["protocol"], report["clean"]), (label, "http/1.1", True), "report")

    @case(f"tlslite-ng in both roles: TLS {label}")
    def _(label=label):
        number = (3, 4) if label == "1.3" else (3, 3)
        settings = tlslite.HandshakeSettings()
        settings.minVersion = settings.maxVersion = number
        for cipher, curve in itertools.product(("chacha20-poly1305", "aes128gcm", "aes256gcm"),
                                               ("x25519", "secp256r1")):
            settings.cipherNames = [cipher]
            settings.eccCurves = settings.keyShares = [curve]
            group = "p256" if curve == "secp256r1" else curve
            with Ours(kinds=["rsa", "ec"]) as ours:
                with socket.create_connection(("127.0.0.1", ours.port), timeout=20) as raw:
                    client = tlslite.TLSConnection(raw)
                    client.handshakeClientCert(serverName=NAME, settings=settings)
                    client.sendall(b"GET /70000 HTTP/1.0\r\n\r\n")
                    answer = b""
                    while more := client.recv(65536):
                        answer += more
                    equal(answer.count(b"x"), 70_000, f"{cipher} {curve}: bytes of the answer")
                    client.close()
                report = ours.report()
                equal((report["version"], report["group"]), (label, group), "report")
            certificate = tlslite.X509CertChain()
            certificate.parsePemList((FOLDER / "rsa.pem").read_text())
            key = tlslite.parsePEMKey((FOLDER / "rsa.key").read_text(), private=True)
            with socket.create_server(("127.0.0.1", 0)) as listener:
                listener.settimeout(20)

                def serve():
                    raw, _ = listener.accept()
                    server = tlslite.TLSConnection(raw)
                    server.handshakeServer(certChain=certificate, privateKey=key, settings=settings,
                                           alpn=[bytearray(b"http/1.1")])
                    server.recv(4096)
                    server.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + b"y" * 70_000)
                    server.close()
                    raw.close()
                thread = threading.Thread(target=serve, daemon=True)
                thread.start()
                [report] = connect(listener.getsockname()[1])
                thread.join(20)
                equal((report["version"], report["group"], report["bytes"] > 70_000), (label, group, True), "report")


# MARK: Hostile ends

@case("versions before 1.2 are refused in both roles")
def _():
    with Ours() as ours:
        for flag in ("-tls1", "-tls1_1"):
            done = s_client(ours.port, flag, "-cipher", "ALL:@SECLEVEL=0")
            check(b"200 OK" not in done.stdout, f"{flag} was spoken")
            check("version" in ours.report()["error"], "the report names the version")
    with openssl_server("rsa", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as port:
        [report] = connect(port, expects=1)
        check("version" in report["error"] or "protocol_version" in report["error"], report["error"])


@case("a wrong name, an unknown root and an expired certificate each have their own sentence")
def _():
    with openssl_server("ec") as port:
        [report] = connect(port, name="other.example", expects=1)
        check("other.example" in report["error"] or NAME in report["error"], report["error"])
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=Other root", "-keyout", FOLDER / "other.key", "-out", FOLDER / "other.pem")
        [unknown] = connect(port, authorities="other.pem", expects=1)
        check(unknown["error"] != report["error"], unknown["error"])
    openssl("x509", "-req", "-in", FOLDER / "ec.csr", "-CA", FOLDER / "root.pem", "-CAkey", FOLDER / "root.key",
            "-days", "-1", "-extfile", FOLDER / "ec.ext", "-out", FOLDER / "expired.pem")
    shutil.copy(FOLDER / "ec.key", FOLDER / "expired.key")
    with openssl_server("expired") as port:
        [report] = connect(port, expects=1)
        check("expired" in report["error"], report["error"])


@case("an answer that is cut off without a farewell is told from a whole one")
def _():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "ec.pem", FOLDER / "ec.key")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve():
            raw, _ = listener.accept()
            stream = context.wrap_socket(raw, server_side=True)
            stream.recv(4096)
            stream.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + b"y" * 100)
            os.close(stream.detach())
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        [report] = connect(listener.getsockname()[1])
        thread.join(20)
        equal(report["clean"], False, "clean")


@case("garbage, plain HTTP and broken records end in an alert, and the server goes on")
def _():
    with Ours() as ours:
        for junk in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"a" * 100, b"\x00" * 64,
                     b"\x16\x03\x01\x00\x04\x01\x00\x00\x00", os.urandom(512)):
            with socket.create_connection(("127.0.0.1", ours.port), timeout=10) as raw:
                raw.sendall(junk)
                raw.shutdown(socket.SHUT_WR)
                answer = raw.recv(64)
                check(answer == b"" or answer[0] == 21, f"an alert for {junk[:8]!r}, not {answer!r}")
            ours.report()
        done = s_client(ours.port)
        check(b"200 OK" in done.stdout, done.stderr.decode())


if __name__ == "__main__":
    suite.main()
