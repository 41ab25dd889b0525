#!/usr/bin/env python3
"""Backup, restore, verify and repair, a full volume, damage of every kind, and what metrics tell of the store."""
import json
import os
import pathlib
import pty
import random
import re
import select
import shutil
import signal
import subprocess
import threading
import time

import requests

import harness
from harness import Merchant, Suite, check, equal

suite = Suite("storage")
case = suite.case
ROUNDS = int(os.environ.get("STORAGE_ROUNDS", "12"))


def body(key, size=0):
    fields = {"amount": "19.99", "currency": "USD", "description": key, "customer_email": "load@example.com",
              "metadata": {"key": key}}
    if size:
        fields["metadata"] = {"key": key, **{f"m{n}": "y" * 500 for n in range(size)}}
    return fields


class Load(threading.Thread):
    """Creates payments until it is told to stop or the server is gone; remembers which were acknowledged."""

    def __init__(self, server, shop, number, size=0):
        super().__init__(daemon=True)
        self.merchant = Merchant(server, shop.application, shop.key, shop.secret)
        self.merchant._last = int(time.time() * 1000) + number * 15_000
        self.number, self.size = number, size
        self.acknowledged, self.failures = {}, []
        self.over = threading.Event()

    def run(self):
        count = 0
        while not self.over.is_set():
            key = f"w{self.number}-{count}"
            count += 1
            try:
                answer = self.merchant.post("/payments/hosted-url", body(key, self.size),
                                            headers={"Idempotency-Key": key})
            except requests.RequestException:
                return
            if answer.status == 201:
                self.acknowledged[key] = answer["payment"]["hash"]
            else:
                self.failures.append(answer.status)


def loads(server, shop, count=4, size=0):
    made = [Load(server, shop, number, size) for number in range(count)]
    for load in made:
        load.start()
    return made


def finish(made):
    for load in made:
        load.over.set()
    for load in made:
        load.join(30)
        check(not load.failures, f"answers under load: {load.failures[:5]}")
    return {key: hash for load in made for key, hash in load.acknowledged.items()}


def fill_data(server, shop, seconds=2.0, size=40, count=0):
    """Puts payments of some kilobytes into a store, for some seconds and until there are `count`."""
    made = loads(server, shop, 4, size)
    time.sleep(seconds)
    harness.eventually(lambda: sum(len(load.acknowledged) for load in made) >= count, f"{count} payments", 120)
    return finish(made)


def refused(*words, code=1, seconds=60, **options):
    """Runs a command that must fail with one line; answers the line."""
    done = harness.command(*words, expected=code, as_json=False, seconds=seconds, **options)
    lines = done.stderr.strip().splitlines()
    equal(len(lines), 1, f"lines on standard error ({done.stderr!r})")
    return lines[0]


def names(folder):
    return sorted(path.name for path in pathlib.Path(folder).iterdir())


def payments(merchant):
    """The keys of all payments, each with how often it is there."""
    found, cursor = {}, ""
    while True:
        page = merchant.get(f"/payments?limit=100{cursor}").expect(200)
        for row in page["payments"]:
            key = (row.get("metadata") or {}).get("key")
            found[key] = found.get(key, 0) + 1
        if not page["pagination"]["has_more"]:
            return found
        cursor = f"&cursor={page['pagination']['next_cursor']}"


@case("a backup made under load holds all that was acknowledged before it, nothing twice, and is a whole store")
def _():
    folder = harness.temporary_folder()
    with harness.serving("--rate-limit", "off") as server:
        shop = Merchant.create(server)
        made = loads(server, shop)
        time.sleep(1.0)
        before = {key for load in made for key in dict(load.acknowledged)}
        report = server.run("backup", "--to", folder / "backup")
        during = {key for load in made for key in dict(load.acknowledged)}
        time.sleep(0.3)
        acknowledged = finish(made)
        check(len(before) > 20 and len(acknowledged) > len(during), f"{len(before)}, {len(acknowledged)} payments")
        equal(report["master_key"], str(server.data / "master.key"), "the key to keep")
        equal(os.stat(folder / "backup").st_size, report["bytes"], "bytes")
        equal(os.stat(folder / "backup").st_mode & 0o777, 0o600, "mode")
        equal(names(folder), ["backup"], "files beside it")
        key = server.data / "master.key"
        check(key.read_bytes() not in (folder / "backup").read_bytes(), "the master key is in the backup")
        checked = harness.command("backup", "verify", folder / "backup")
        equal((checked["ok"], checked["transactions"]), (True, report["transactions"]), "backup verify")
        restored = harness.command("restore", "--from", folder / "backup", "--key", key, data=folder / "new")
        equal(restored["transactions"], report["transactions"], "transactions")
        equal(restored["master_key"], "in place", "the key")
        check(harness.command("verify", data=folder / "new")["ok"], "verify of the restored store")
        equal(server.stop(), 0, "exit code")
    with harness.serving("--rate-limit", "off", data=folder / "new") as other:
        shop.server = other
        for key in sorted(before):
            payment = shop.payment(acknowledged[key])
            equal(payment["metadata"]["key"], key, "a payment acknowledged before the backup")
        found = payments(shop)
        check(before <= set(found), f"{len(before - set(found))} are not listed")
        twice = [key for key, count in found.items() if count > 1]
        equal(twice, [], "payments that are there twice")
        check(set(found) <= set(acknowledged), "payments that nobody was told of")
        # What came after the backup can be asked for again with its key, and is made once.
        late = next(key for key in acknowledged if key not in found)
        shop.post("/payments/hosted-url", body(late), headers={"Idempotency-Key": late}).expect(201)
        shop.create_payment()
        check(other.run("verify")["ok"], "verify beside the server")


@case("a stopped or killed store is backed up without a change to it")
def _():
    folder = harness.temporary_folder()
    for killed in (True, False):
        with harness.serving() as server:
            shop = Merchant.create(server)
            hashes = [shop.create_payment()["hash"] for _ in range(5)]
            server.kill() if killed else server.stop()
        before = {path.name: path.read_bytes() for path in server.data.iterdir()
                  if path.name not in ("lock", "control.sock")}
        to = folder / f"backup-{killed}"
        report = server.run("backup", "--to", to)
        after = {path.name: path.read_bytes() for path in server.data.iterdir()
                 if path.name not in ("lock", "control.sock")}
        check(before == after, "the directory changed")
        into = folder / f"new-{killed}"
        harness.command("restore", "--from", to, "--key", server.data / "master.key", data=into)
        with harness.serving(data=into) as other:
            shop.server = other
            for hash in hashes:
                equal(shop.payment(hash)["hash"], hash, "a payment")
        check(report["transactions"] > 5, f"{report}")


@case("a backup replaces nothing unless told, and goes nowhere it should not")
def _():
    folder = harness.temporary_folder()
    with harness.serving() as server:
        Merchant.create(server).create_payment()
        (folder / "mine").write_text("mine")
        check("--overwrite" in refused("backup", "--to", folder / "mine", data=server.data), "names the option")
        equal((folder / "mine").read_text(), "mine", "the file")
        check("directory" in refused("backup", "--to", folder, data=server.data, code=2), "a directory")
        check("elsewhere" in refused("backup", "--to", server.data / "b", data=server.data, code=2), "in the data")
        check("no such file" in refused("backup", "--to", folder / "none/b", data=server.data), "no folder")
        server.run("backup", "--to", folder / "mine", "--overwrite")
        check(harness.command("backup", "verify", folder / "mine")["ok"], "the new one")
        equal(names(folder), ["mine"], "files")


@case("a running server sends its backup to any user who may read the socket, and needs no rights where it lies")
def _():
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        print("          (needs the superuser and setpriv)")
        return
    folder = harness.temporary_folder()
    folder.chmod(0o755)
    program = folder / "centralpay"
    shutil.copy(harness.binary(), program)
    program.chmod(0o755)
    data, mine = folder / "data", folder / "mine"
    data.mkdir()
    os.chown(data, 65534, 65534)
    mine.mkdir(mode=0o700)
    process = subprocess.Popen(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", str(program), "serve", "--data", str(data),
         "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        check(process.stdout.readline(), "it listens")
        harness.command("app", "create", "--name", "Shop", "--mode", "test", data=data)
        harness.command("backup", "--to", mine / "online", data=data)
        process.kill()
        process.wait()
        before = {path.name: path.stat().st_uid for path in data.iterdir()}
        harness.command("backup", "--to", mine / "offline", data=data)
        equal({path.name: path.stat().st_uid for path in data.iterdir()}, before, "owners")
        into = folder / "into"
        into.mkdir(mode=0o700)
        os.chown(into, 65534, 65534)
        for name in ("online", "offline"):
            check(harness.command("backup", "verify", mine / name)["ok"], name)
        harness.command("restore", "--from", mine / "offline", "--key", data / "master.key", data=into)
        equal({path.stat().st_uid for path in into.iterdir()}, {65534}, "owners of the restored files")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def big_store():
    """A running server with data enough for a backup to take a moment."""
    server = harness.Server("--rate-limit", "off")
    shop = Merchant.create(server)
    fill_data(server, shop, 3.0, count=240)
    return server, shop


@case(f"a backup that is cut short {ROUNDS} times leaves no half file, and the next one is whole")
def _():
    chance = random.Random(2)
    folder = harness.temporary_folder()
    server, shop = big_store()
    try:
        began = time.monotonic()
        server.run("backup", "--to", folder / "first")
        took = time.monotonic() - began
        good = (folder / "first").read_bytes()
        for number in range(ROUNDS):
            shop.create_payment()
            target = folder / ("first" if number % 2 else "other")
            process = subprocess.Popen(
                [harness.binary(), "backup", "--to", str(target), "--overwrite", "--data", str(server.data)],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, took * 1.2))
            how = number % 3
            if how == 0:
                process.kill()
            elif how == 1:
                process.send_signal(signal.SIGINT)
            else:
                server.kill()
            code = process.wait(30)
            if how == 2:
                server.start()
            for path in (folder / "first", folder / "other"):
                if path.exists() and path.read_bytes() != good:
                    check(harness.command("backup", "verify", path)["ok"], f"round {number}: {path.name} is damaged")
            draft = folder / (target.name + ".new")
            if how and code:
                check(not draft.exists(), f"round {number}: a draft is left")
            draft.unlink(missing_ok=True)
        server.run("backup", "--to", folder / "last")
        check(harness.command("backup", "verify", folder / "last")["ok"], "the last")
        check(server.run("verify")["ok"], "the store")
    finally:
        server.kill()


@case(f"a restore that is killed {ROUNDS} times leaves nothing that is served, or the whole store")
def _():
    chance = random.Random(3)
    folder = harness.temporary_folder()
    server, shop = big_store()
    server.run("backup", "--to", folder / "backup")
    key = server.data / "master.key"
    server.stop()
    words = [harness.binary(), "restore", "--from", str(folder / "backup"), "--key", str(key)]
    began = time.monotonic()
    harness.command("restore", "--from", folder / "backup", "--key", key, data=folder / "timed")
    took = time.monotonic() - began
    seen = set()
    for number in range(ROUNDS):
        into = folder / f"new-{number}"
        process = subprocess.Popen([*words, "--data", str(into)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, took * 1.1))
        process.send_signal(signal.SIGKILL if number % 2 else signal.SIGINT)
        process.wait(30)
        if into.exists() and (into / "restoring").exists():
            seen.add("interrupted")
            line = refused("serve", "--listen", "127.0.0.1:0", data=into)
            check("restore" in line and "not completed" in line, line)
        elif not into.exists() or names(into) in ([], ["lock"]):
            seen.add("nothing")
        else:
            seen.add("whole")
            check(harness.command("verify", data=into)["ok"], f"round {number}")
            continue
        harness.command("restore", "--from", folder / "backup", "--key", key, data=into)
        check(harness.command("verify", data=into)["ok"], f"round {number}, again")
        shutil.rmtree(into)
    print(f"          (left behind: {', '.join(sorted(seen))})")


@case("a directory with anything in it is not restored into, and a wrong key is noticed before anything is written")
def _():
    folder = harness.temporary_folder()
    with harness.serving() as server:
        Merchant.create(server).create_payment()
        server.run("backup", "--to", folder / "backup")
        line = refused("restore", "--from", folder / "backup", data=server.data)
        check("in use" in line, line)
        before = names(server.data)
        server.stop()
        line = refused("restore", "--from", folder / "backup", data=server.data)
        check("not empty" in line, line)
        check("centralpay.json" in names(server.data) and "CURRENT" in names(server.data), f"{before}")
    (folder / "wrong").write_bytes(os.urandom(32))
    line = refused("restore", "--from", folder / "backup", "--key", folder / "wrong", data=folder / "new")
    check("not the master key" in line and not (folder / "new").exists(), line)
    line = refused("restore", "--from", folder / "backup", data=folder / "new",
                   environment={"CENTRALPAY_MASTER_KEY": "00" * 32})
    check("not the master key" in line and not (folder / "new").exists(), line)
    answer = harness.command("restore", "--from", folder / "backup", data=folder / "new")
    equal(answer["master_key"], "missing", "the key")
    check("master.key is missing" in refused("serve", "--listen", "127.0.0.1:0", data=folder / "new"), "it is told")


@case("live applications of restored data are held until the release; test applications go on")
def _():
    folder = harness.temporary_folder()
    with harness.serving() as server:
        test = Merchant.create(server)
        live = Merchant.create(server, mode="live")
        equal(server.run("held"), {"held": False}, "held before")
        check("nothing is held" in refused("release", "--without-reconcile", data=server.data), "nothing to release")
        server.run("backup", "--to", folder / "backup")
        key = folder / "key"
        key.write_bytes((server.data / "master.key").read_bytes())
    told = harness.command("restore", "--from", folder / "backup", "--key", key, data=folder / "new", as_json=False)
    check("held" in told.stdout and "centralpay release" in told.stdout, told.stdout)
    server = harness.Server(data=folder / "new")
    try:
        order = {"amount": "9.90", "currency": "USD", "description": "Order", "customer_email": "ada@example.com"}
        test.server = live.server = server
        for _ in range(2):
            answer = live.post("/payments", order)
            answer.expect(503, "unavailable")
            check("hold" in answer["error"]["message"] and answer.headers.get("Retry-After"), answer.text)
            test.create_payment()
            ready = test.session.get(server.url + "/ready")
            equal((ready.status_code, ready.json()["held"]["reason"]), (200, "restored"), "ready")
            check("centralpay_held 1" in test.session.get(server.url + "/metrics").text, "the metric")
            check('"held"' in server.errors() and "restored from a backup" in server.errors(), "the log")
            held = server.run("held")
            equal((held["held"], held["reason"]), (True, "restored"), "held")
            checks = json.loads(server.run("doctor", expected=None).stdout)["checks"]
            check(any(one["check"] == "hold" for one in checks), f"doctor: {checks}")
            check("--without-reconcile" in refused("release", data=server.data), "asks to confirm")
            # It outlives a restart.
            equal(server.stop(), 0, "exit code")
            server.start()
        answer = server.run("release", "--without-reconcile", "--reason", "compared by hand")
        check(answer["released"] and answer["held_seconds"] >= 0 and answer["waiting"] == [], f"{answer}")
        live.post("/payments", order).expect(422, "validation_failed")  # It has no gateway.
        check("held" not in test.session.get(server.url + "/ready").json(), "ready after")
        equal(server.stop(), 0, "exit code")
        server.start()
        equal(server.run("held"), {"held": False}, "held after a restart")
        check(server.run("verify")["ok"], "the store")
    finally:
        server.kill()


@case("a backup with a flipped bit anywhere, or cut short, is refused with one line that says where")
def _():
    chance = random.Random(4)
    folder = harness.temporary_folder()
    with harness.serving() as server:
        shop = Merchant.create(server)
        for _ in range(30):
            shop.create_payment()
        server.run("backup", "--to", folder / "backup")
    whole = (folder / "backup").read_bytes()
    bad = folder / "bad"
    places = [0, 9, 13, 17, 22, 30, 200, 400, len(whole) - 1, len(whole) - 33]
    places += [chance.randrange(len(whole)) for _ in range(20)]
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        bad.write_bytes(damaged)
        for words in (["backup", "verify", bad], ["restore", "--from", bad, "--data", folder / "new"]):
            line = refused(*words)
            check(str(bad) in line, f"byte {place}: {line}")
            check(not (folder / "new").exists(), f"byte {place}: something was written")
    for length in (0, 10, 24, 100, len(whole) // 2, len(whole) - 1):
        bad.write_bytes(whole[:length])
        line = refused("backup", "verify", bad)
        check("byte" in line, line)
    bad.write_bytes(whole + b"x")
    check("bytes instead of" in refused("backup", "verify", bad), "a longer one")
    check("no such file" in refused("backup", "verify", folder / "none"), "a missing one")


def damaged(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)


@case("damage to a stopped store is told on one line: file, byte, what is lost, what to do")
def _():
    folder = harness.temporary_folder()
    with harness.serving() as server:
        shop = Merchant.create(server)
        for _ in range(12):
            shop.create_payment()
        equal(server.stop(), 0, "exit code")
    chosen = {path.name.split("-")[0]: path for path in sorted(server.data.iterdir(), key=lambda p: p.stat().st_size)}
    for kind, place in (("segment", 100), ("MANIFEST", 60), ("CURRENT", 3)):
        copy = folder / kind
        shutil.copytree(server.data, copy)
        path = copy / chosen[kind].name
        damaged(path, place)
        done = harness.command("verify", data=copy, expected=1, as_json=False)
        told = done.stdout + done.stderr
        check(path.name in told and "byte" in told, f"verify of a damaged {kind}: {told}")
        if kind == "segment":
            check("ok: no" in told and "records in that part cannot be read" in told, told)
            # Several are all named.
            others = [p for p in copy.iterdir() if p.name.startswith("segment-") and p != path][:2]
            for other in others:
                damaged(other, 50)
            findings = harness.command("verify", data=copy, expected=1)
            for other in [path, *others]:
                check(other.name in findings.stdout, f"{other.name} is not named: {findings.stdout}")
            continue
        line = refused("serve", "--listen", "127.0.0.1:0", data=copy)
        for word in (path.name, "byte", "no record can", "Nothing was changed", "centralpay restore"):
            check(word in line, f"no {word!r} in: {line}")
        check("nothing to back up" not in refused("backup", "--to", folder / "b", data=copy), "backup of it")
    copy = folder / "missing"
    shutil.copytree(server.data, copy)
    (copy / chosen["segment"].name).unlink()
    line = refused("serve", "--listen", "127.0.0.1:0", data=copy)
    check("missing" in line and chosen["segment"].name in line, line)


@case("a damaged end of the log is refused, shown by repair, and given up only when told so")
def _():
    with harness.serving() as server:
        shop = Merchant.create(server)
        hashes = []
        for _ in range(12):
            hashes.append(shop.create_payment()["hash"])
            time.sleep(0.02)
        server.kill()
    log = sorted(server.data.glob("log-*"))[-1]
    content = log.read_bytes()
    end = len(content.rstrip(b"\0")) // 4096
    damaged(log, end // 2 * 4096 + 300)
    line = refused("serve", "--listen", "127.0.0.1:0", data=server.data)
    for word in (log.name, f"byte {end // 2 * 4096}", "loses transactions", "centralpay repair", "centralpay restore"):
        check(word in line, f"no {word!r} in: {line}")
    shown = harness.command("repair", data=server.data, expected=1, as_json=False)
    for word in (log.name, "Kept would be", "Lost would be", "Nothing was changed", "--lose-damaged-tail"):
        check(word in shown.stdout, f"no {word!r} in: {shown.stdout}")
    before = log.read_bytes()
    asked = harness.command("repair", "--lose-damaged-tail", data=server.data, expected=2, as_json=False)
    check("Lost would be" in asked.stderr and "--yes" in asked.stderr, asked.stderr)
    equal(log.read_bytes(), before, "the log")
    done = harness.command("repair", "--lose-damaged-tail", "--yes", data=server.data)
    equal(pathlib.Path(done["copy"]).read_bytes(), before, "the file that is kept")
    check(done["lost_until_transaction"] > done["kept_transactions"], f"{done}")
    check(harness.command("verify", data=server.data)["ok"], "verify")
    equal(harness.command("repair", data=server.data)["damaged"], False, "repair again")
    with harness.serving(data=server.data) as again:
        shop.server = again
        found = [shop.get(f"/payments/{hash}").status for hash in hashes]
        kept = found.count(200)
        check(0 < kept < len(hashes) and found == [200] * kept + [404] * (len(hashes) - kept), f"{found}")
        shop.create_payment()


@case("on a terminal a backup shows one line that grows, elsewhere nothing that disturbs")
def _():
    folder = harness.temporary_folder()
    server, _ = big_store()
    try:
        process, output = on_terminal("backup", "--to", folder / "a", "--data", server.data)
        equal(process, 0, f"exit code ({output})")
        bars = [part for part in output.split("\r") if "%" in part]
        check(bars and all(re.search(r"backup  \[[#-]{20}\] +\d+%  .* of .*B", bar) for bar in bars), f"{bars[:3]}")
        check(all(len(bar.replace("\x1b[K", "")) < 80 for bar in bars), "lines fit")
        process, output = on_terminal("backup", "--to", folder / "b", "--quiet", "--data", server.data)
        check("%" not in output, output)
        done = harness.command("backup", "--to", folder / "c", data=server.data, as_json=False)
        equal(done.stderr, "", "standard error")
        check("keep a copy of" in done.stdout and "master.key" in done.stdout, done.stdout)
        process, output = on_terminal("restore", "--from", folder / "a", "--data", folder / "new")
        check(process == 0 and "restore  [" in output, output)
    finally:
        server.kill()


def on_terminal(*words):
    """Runs a command on a terminal of its own; answers its exit code and all that it showed."""
    parent, child = pty.openpty()
    process = subprocess.Popen([harness.binary(), *map(str, words)], stdin=child, stdout=child, stderr=child)
    os.close(child)
    shown = b""
    while True:
        ready, _, _ = select.select([parent], [], [], 60)
        try:
            more = os.read(parent, 65536) if ready else b""
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(parent)
    return process.wait(30), shown.decode(errors="replace")


def small_volume(megabytes):
    """A mounted volume, or nil where none can be mounted."""
    folder = harness.temporary_folder() / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
                          capture_output=True)
    if done.returncode:
        print("          (skipped: no small volume can be mounted here; swift test has the simulated one)")
        return None
    return folder


def junk(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65536):
                pass
        except OSError:
            pass


@case("a volume that fills under load: 507, reads go on, a restart goes well, and writes come back by themselves")
def _():
    volume = small_volume(200)
    if not volume:
        return
    try:
        with harness.serving("--rate-limit", "off", data=volume / "data") as server:
            shop = Merchant.create(server)
            payment = shop.create_payment()
            made = loads(server, shop, 4, 40)
            time.sleep(1.5)
            junk(volume / "junk")
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not all(load.failures for load in made):
                time.sleep(0.1)
            for load in made:
                load.over.set()
            for load in made:
                load.join(30)
            statuses = {status for load in made for status in load.failures}
            check(507 in statuses and statuses <= {507, 503}, f"statuses {statuses}")
            acknowledged = {key: hash for load in made for key, hash in load.acknowledged.items()}
            equal(shop.payment(payment["hash"])["hash"], payment["hash"], "reads go on")
            equal(shop.session.get(server.url + "/health").status_code, 200, "alive")
            equal(shop.session.get(server.url + "/ready").status_code, 503, "not ready")
            metrics = shop.session.get(server.url + "/metrics").text
            check("\ncentralpay_store_full 1\n" in metrics, "the metric tells")
            # It is killed and started again while nothing has room.
            server.kill()
            server.start()
            equal(shop.payment(payment["hash"])["hash"], payment["hash"], "reads after a restart")
            shop.post("/payments", body("full")).expect(507, "storage_full")
            (volume / "junk").unlink()
            harness.eventually(lambda: shop.post("/payments", body("room")).status == 201, "writes go on", 30)
            for key, hash in acknowledged.items():
                equal(shop.payment(hash)["hash"], hash, "an acknowledged payment")
            fill_data(server, shop, 1.0)
            check(server.run("verify")["ok"], "verify")
            equal(server.stop(), 0, "exit code")
            check(server.run("verify")["ok"], "verify of the stopped store")
    finally:
        subprocess.run(["umount", "-l", str(volume)], capture_output=True)


@case("a backup or restore onto a full volume is told in one line and leaves nothing")
def _():
    volume = small_volume(2)
    if not volume:
        return
    server, _ = big_store()
    try:
        folder = harness.temporary_folder()
        report = server.run("backup", "--to", folder / "backup")
        check(report["bytes"] > 5 << 19, f"the backup has {report['bytes']} bytes")
        line = refused("backup", "--to", volume / "backup", data=server.data)
        check("no space left" in line, line)
        equal(names(volume), [], "what is left")
        line = refused("restore", "--from", folder / "backup", data=volume / "new")
        check("needs" in line and "left" in line, line)
        equal(names(volume), [], "what is left")
        check(server.run("verify")["ok"], "the store")
    finally:
        server.kill()
        subprocess.run(["umount", "-l", str(volume)], capture_output=True)


@case("metrics are there, in the format, and opened by the token alone to others")
def _():
    token = "m" * 32
    with harness.serving("--rate-limit", "off", "--metrics-token", token) as server:
        shop = Merchant.create(server)
        fill_data(server, shop, 1.0, 4)
        text = shop.session.get(server.url + "/metrics").text
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        samples = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
        equal(len({series for series, _ in samples}), len(samples), "series")
        for series, value in samples:
            float(value)
            name = series.split("{")[0]
            family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in types else name
            check(family in types, f"{series} has no type")
        values = dict(samples)
        for name in ("sync_seconds_count", "group_transactions_count", "ingested_bytes_total", "syncs_total"):
            check(float(values["centralpay_store_" + name]) > 0, name)
        for name in ("segments", "segment_bytes"):
            check(f'centralpay_store_{name}{{level="0"}}' in values, name)
        for name in ("cache_hits_total", "cache_misses_total", "oldest_snapshot_seconds", "compaction_backlog_bytes",
                     "flushes_total", "compactions_total", "stalls_total", "scrubs_total", "scrub_findings_total",
                     "full", "damaged"):
            check("centralpay_store_" + name in values, name)
        far = {"X-Forwarded-For": "203.0.113.9"}
        equal(shop.session.get(server.url + "/metrics", headers=far).status_code, 404, "a stranger")
        far["Authorization"] = "Bearer " + token
        equal(shop.session.get(server.url + "/metrics", headers=far).status_code, 200, "with the token")


if __name__ == "__main__":
    suite.main()
