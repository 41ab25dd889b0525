#!/usr/bin/env python3
"""Bad days: each is met by one clear line, exit code 1, and nothing changed."""
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

import harness
from harness import Buyer, Merchant, Server, Suite, check, equal

suite = Suite("bad days")
case = suite.case


def contents(folder):
    """Every file below `folder` with a digest of its bytes; the lock names whoever held it last."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file() and path.name != "lock"}


def refuses(*words, seconds=20, prefix=(), code=1):
    """Runs the binary, which must end with `code` and one line on standard error; answers the line."""
    done = subprocess.run([*prefix, harness.binary(), *map(str, words)], capture_output=True, text=True,
                          timeout=seconds, stdin=subprocess.DEVNULL)
    equal(done.returncode, code, f"exit code ({done.stderr or done.stdout})")
    lines = done.stderr.strip().splitlines()
    equal(len(lines), 1, f"lines on standard error ({done.stderr!r})")
    check("listening" not in done.stdout, "no listening line")
    return lines[0]


def with_payments(count=3, killed=False):
    """A stopped or killed server's folder with some payments."""
    with harness.serving() as server:
        merchant = Merchant.create(server)
        for _ in range(count):
            merchant.paid()
        if killed:
            server.kill()
        else:
            equal(server.stop(), 0, "exit code")
        return server.data, merchant


@case("a second server on the same data says who holds it, and exits 1")
def _():
    with harness.serving() as server:
        merchant = Merchant.create(server)
        line = refuses("serve", "--data", server.data, "--listen", "127.0.0.1:0")
        check(str(server.process.pid) in line, f"the holder's process is not named: {line}")
        merchant.create_payment()
        equal(server.stop(), 0, "the first goes on and stops well")


@case("a port in use is named, and exits 1")
def _():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        folder = harness.temporary_folder() / "data"
        line = refuses("serve", "--data", folder, "--listen", f"127.0.0.1:{port}")
        check(str(port) in line and "listen" in line, line)


@case("a data directory below a file, or that cannot be written, exits 1")
def _():
    folder = harness.temporary_folder()
    (folder / "file").write_text("not a folder")
    line = refuses("serve", "--data", folder / "file/data", "--listen", "127.0.0.1:0")
    check("file" in line, line)
    equal((folder / "file").read_text(), "not a folder", "the file")
    # Root may write everywhere, so this is tried as another user.
    if os.geteuid() == 0 and shutil.which("setpriv"):
        folder = harness.temporary_folder()
        folder.chmod(0o755)
        (folder / "empty").mkdir(mode=0o755)
        os.chown(folder / "empty", 65534, 65534)
        (folder / "empty").chmod(0o500)
        copy = folder / "centralpay"
        shutil.copy(harness.binary(), copy)
        copy.chmod(0o755)
        done = subprocess.run(
            ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", str(copy), "serve", "--data",
             str(folder / "empty"), "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=20)
        equal((done.returncode, len(done.stderr.strip().splitlines())), (1, 1), f"exit and lines: {done.stderr}")
        equal(list((folder / "empty").iterdir()), [], "nothing was written")


@case("data of another user is refused to others")
def _():
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return
    data, _ = with_payments(1)
    before = contents(data)
    copy = harness.temporary_folder() / "centralpay"
    copy.parent.chmod(0o755)
    shutil.copy(harness.binary(), copy)
    copy.chmod(0o755)
    for path in (data, data.parent):
        path.chmod(0o755)
    done = subprocess.run(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", str(copy), "serve", "--data", str(data),
         "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=20)
    equal((done.returncode, len(done.stderr.strip().splitlines())), (1, 1), f"exit and lines: {done.stderr}")
    equal(contents(data), before, "the data")


@case("a full disk is told at start: exit 1; while serving: 507, reads go on, and it recovers")
def _():
    if os.geteuid() != 0:
        return
    folder = harness.temporary_folder() / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", str(folder)],
                      capture_output=True).returncode:
        print("          (no small volume can be mounted here; the simulated full disk is in swift test)")
        return
    try:
        filler = folder / "filler"
        fill(filler)
        line = refuses("serve", "--data", folder / "data", "--listen", "127.0.0.1:0")
        check("space" in line or "full" in line, line)
        filler.unlink()
        shutil.rmtree(folder / "data", ignore_errors=True)
        with harness.serving("--rate-limit", "off", data=folder / "data") as server:
            merchant = Merchant.create(server)
            payment = merchant.create_payment()
            fill(filler)
            body = {"amount": 1, "currency": "USD", "description": "x" * 400, "customer_email": "full@example.com",
                    "metadata": {str(n): "y" * 500 for n in range(40)}}
            answers = []

            def refused():
                answers.append(merchant.post("/payments", body))
                return answers[-1].status != 201
            harness.eventually(refused, "a refusal", 60)
            answers[-1].expect(507, "storage_full")
            equal(merchant.payment(payment["hash"])["hash"], payment["hash"], "reads go on")
            equal(merchant.session.get(server.url + "/health").status_code, 200, "alive")
            equal(merchant.session.get(server.url + "/ready").status_code, 503, "not ready")
            filler.unlink()
            harness.eventually(lambda: merchant.post("/payments", body).status == 201, "writes go on", 30)
            equal(merchant.session.get(server.url + "/ready").status_code, 200, "ready again")
            equal(server.stop(), 0, "exit code")
            server.run("verify")
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def fill(path):
    """Writes a file until the volume is full."""
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65536):
                pass
        except OSError:
            pass


def log_files(data):
    """The files of the log, largest first."""
    return sorted((path for path in pathlib.Path(data).rglob("*") if path.is_file() and "log" in str(
        path.relative_to(data)).lower()), key=lambda path: -path.stat().st_size)


@case("a corrupt log is refused with the file and the offset, and nothing is changed")
def _():
    # A clean stop leaves no log.
    data, _ = with_payments(8, killed=True)
    log = log_files(data)[0]
    damaged = bytearray(log.read_bytes())
    end = len(damaged.rstrip(b"\0"))
    damaged[end // 2] ^= 0x40
    log.write_bytes(damaged)
    before = contents(data)
    line = refuses("serve", "--data", data, "--listen", "127.0.0.1:0")
    check(log.name in line, f"the file is not named: {line}")
    check(any(word.strip(".,:;()").isdigit() for word in line.split()), f"the offset is not named: {line}")
    equal(contents(data), before, "the data")
    done = harness.command("verify", data=data, expected=1)
    check(log.name in done.stderr + done.stdout, "verify names the file")


@case("a torn end is what a crash leaves: the server starts with everything before it")
def _():
    with harness.serving() as server:
        merchant = Merchant.create(server)
        hashes = [merchant.create_payment()["hash"] for _ in range(4)]
        server.kill()
    log = log_files(server.data)[0]
    content = bytearray(log.read_bytes())
    page = 4096
    end = -(-len(content.rstrip(b"\0")) // page) * page
    check(end + page <= len(content), "room is kept behind the end")
    # One sector of the next frame reached the disk, the others did not.
    content[end:end + 512] = content[end - page:end - page + 512]
    log.write_bytes(content)
    with harness.serving(data=server.data) as again:
        merchant.server = again
        for hash in hashes:
            equal(merchant.payment(hash)["hash"], hash, "an acknowledged payment")
        merchant.create_payment()
        equal(again.stop(), 0, "exit code")
        again.run("verify")


@case("SIGTERM finishes what is in flight, closes, and exits 0")
def _():
    with harness.serving("--rate-limit", "off") as server:
        shop = Merchant.create(server)
        answers, errors, stopping = [], [], threading.Event()

        def load(number):
            merchant = Merchant(server, shop.application, shop.key, shop.secret)
            merchant._last = int(time.time() * 1000) + number * 10_000
            while True:
                try:
                    answers.append(merchant.post("/payments", {
                        "amount": 1, "currency": "USD", "description": "d", "customer_email": "s@example.com"}))
                except Exception as error:
                    errors.append((stopping.is_set(), error))
                    return

        threads = [threading.Thread(target=load, args=(n,), daemon=True) for n in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        stopping.set()
        equal(server.stop(), 0, "exit code")
        for thread in threads:
            thread.join(15)
        check(all(after for after, _ in errors), f"a request failed before the stop: {errors}")
        made = [a["payment"]["hash"] for a in answers if a.status == 201]
        check(len(made) > 10, f"only {len(made)} payments")
        check({a.status for a in answers} <= {201, 503}, f"statuses {set(a.status for a in answers)}")
        server.start()
        shop.server = server
        for hash in made[-40:]:
            equal(shop.payment(hash)["hash"], hash, "an acknowledged payment")
        equal(server.stop(), 0, "exit code")
        server.run("verify")


@case("SIGINT stops as SIGTERM does")
def _():
    with harness.serving() as server:
        server.process.send_signal(signal.SIGINT)
        equal(server.process.wait(15), 0, "exit code")


@case("verify finds nothing to say about good data")
def _():
    data, _ = with_payments(2)
    before = contents(data)
    answer = harness.command("verify", data=data)
    check(answer, f"verify: {answer}")
    equal(contents(data), before, "verify changes nothing")


@case("slow and silent senders are cut, and others are served meanwhile")
def _():
    with harness.serving() as server:
        host, port = server.url.removeprefix("http://").split(":")
        streams = [socket.create_connection((host, int(port)), 40) for _ in range(50)]
        for stream in streams:
            stream.sendall(b"POST /api/v1/payments HTTP/1.1\r\nHost: a\r\nContent-Le")
        merchant = Merchant.create(server)
        merchant.create_payment()
        began = time.monotonic()
        streams[0].settimeout(40)
        received = streams[0].recv(4096)
        check(not received or b" 408 " in received, f"received {received[:60]}")
        check(time.monotonic() - began < 35, "cut in time")
        for stream in streams:
            stream.close()


@case("wrong usage is told on one line with exit code 2: {}", "--nonsense", "unknown", "key")
def _(word):
    words = ["serve", "--nonsense"] if word == "--nonsense" else [word]
    done = subprocess.run([harness.binary(), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    equal((done.returncode, len(done.stderr.strip().splitlines())), (2, 1), f"exit and lines: {done.stderr}")


@case("a manual clock is refused where a live application exists, and demo data by serve")
def _():
    with harness.serving() as server:
        Merchant.create(server, "Live Shop", "live")
        equal(server.stop(), 0, "exit code")
        line = refuses("serve", "--data", server.data, "--listen", "127.0.0.1:0", "--clock",
                       "manual:2025-01-01T12:00:00Z", "--seed", "1")
        check("live" in line, line)
    demo = Server(verb="demo")
    equal(demo.stop(), 0, "exit code of the demo")
    line = refuses("serve", "--data", demo.data, "--listen", "127.0.0.1:0")
    check("demo" in line, line)


@case("secrets stay out of the log and of other people's reach")
def _():
    with harness.serving() as server:
        merchant = Merchant.create(server)
        Buyer(server, merchant.create_payment()).pay_by_card()
        log = server.errors()
        for secret in (merchant.secret, merchant.return_secret, harness.CARD, "4242 4242"):
            check(secret not in log, f"{secret} is in the log")
        for line in log.splitlines():
            json.loads(line)
        for path in [server.data, *server.data.rglob("*")]:
            mode = path.stat().st_mode & 0o777
            check(mode & 0o077 == 0, f"{path.name} has mode {mode:o}")
        everything = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
        for secret in (merchant.secret, merchant.return_secret, harness.CARD):
            check(secret.encode() not in everything, "a secret stands in the data in the clear")


if __name__ == "__main__":
    suite.main()
