#!/usr/bin/env python3
"""install.sh on a clean prefix, and the demo it starts."""
import functools
import json
import os
import pathlib
import re
import signal
import subprocess
import time

import harness
from harness import Buyer, Merchant, Suite, check, equal

suite = Suite("install")
case = suite.case
SCRIPT = harness.TOP / "install.sh"


def install(*arguments, seconds=1800, environment=None):
    return subprocess.run(["sh", str(SCRIPT), *map(str, arguments)], capture_output=True, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL, cwd="/", env={**os.environ, **(environment or {})})


@case("--help tells what it does, and an unknown option is refused")
def _():
    done = install("--help", seconds=20)
    equal(done.returncode, 0, "exit code")
    for option in ("--demo", "--prefix", "--uninstall", "--help"):
        check(option in done.stdout, f"{option} is not in the help")
    done = install("--nonsense", seconds=20)
    check(done.returncode != 0 and done.stderr.strip(), "an unknown option is refused")


@case("a missing toolchain is told in one clear line")
def _():
    tools = harness.temporary_folder()
    for name in ("sh", "dirname", "uname", "id", "cat", "sed", "grep", "head", "mkdir", "rm", "basename", "readlink",
                 "printf", "test", "install", "cp", "chmod", "env", "tr", "cut", "command", "pwd"):
        for place in ("/bin", "/usr/bin"):
            if (pathlib.Path(place) / name).exists() and not (tools / name).exists():
                (tools / name).symlink_to(pathlib.Path(place) / name)
    done = install("--prefix", tools / "prefix", seconds=20, environment={"PATH": str(tools), "HOME": str(tools)})
    check(done.returncode != 0, "exit code")
    check("swift" in done.stderr.lower(), f"the line names Swift: {done.stderr}")


@case("installs below a prefix, runs from there, and is removed again")
def _():
    prefix = harness.temporary_folder() / "prefix"
    done = install("--prefix", prefix)
    equal(done.returncode, 0, f"exit code ({done.stdout[-800:]}{done.stderr[-800:]})")
    binary = prefix / "bin/centralpay"
    check(binary.exists() and os.access(binary, os.X_OK), "the binary is there")
    version = subprocess.run([str(binary), "version"], capture_output=True, text=True)
    check(re.search(r"\d+\.\d+\.\d+", version.stdout), f"version: {version.stdout}")
    done = install("--prefix", prefix, "--uninstall")
    equal(done.returncode, 0, f"exit code of --uninstall ({done.stderr})")
    check(not binary.exists(), "the binary is gone")


@functools.cache
def demo():
    """The demo as `./install.sh --demo` starts it; answers its process and address."""
    log = open(harness.temporary_folder() / "demo.log", "w+")
    process = subprocess.Popen(
        ["sh", str(SCRIPT), "--demo", "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=log, text=True, cwd="/")
    deadline = time.monotonic() + 1800
    for line in process.stdout:
        if line.startswith("{") and json.loads(line).get("event") == "listening":
            return process, json.loads(line)["url"].rstrip("/"), log
        check(time.monotonic() < deadline, "the listening line")
    log.seek(0)
    raise harness.Failed(f"the demo ended: exit {process.wait()}: {log.read()[-1500:]}")


class DemoServer:
    """What a merchant and a buyer need to know of the demo."""

    clock = None

    def __init__(self, url):
        self.url = url


@case("--demo reaches its listening line, shows where to click, and takes a payment")
def _():
    process, url, log = demo()
    server = DemoServer(url)
    shop = Merchant(server, None, "pk_demo", "sk_demo")
    page = shop.session.get(url + "/")
    equal(page.status_code, 200, "the start page")
    check("pk_demo" in page.text, "the start page names the demo key")
    log.seek(0)
    told = log.read()
    check(url in told and "pk_demo" in told, f"the terminal says where to click: {told[-600:]}")
    payment = shop.create_payment()
    check(payment["hosted_url"].startswith(url), payment["hosted_url"])
    Buyer(server, payment).pay_by_card()
    equal(shop.payment(payment["hash"])["status"], "completed", "status")
    check(len(shop.get("/payments").expect(200)["payments"]) > 1, "sample data")


@case("each link of the demo's start page leads somewhere")
def _():
    _, url, _ = demo()
    shop = Merchant(DemoServer(url), None, "pk_demo", "sk_demo")
    page = shop.session.get(url + "/").text
    links = set(re.findall(r'href="(/[^"#]*)"', page)) | {
        link.removeprefix(url) for link in re.findall(r'href="(http[^"#]*)"', page) if link.startswith(url)}
    check(links, "links")
    for link in sorted(links):
        status = shop.session.get(url + link, allow_redirects=False).status_code
        check(status < 400, f"{link}: {status}")


@case("the demo stops on SIGTERM with exit code 0")
def _():
    process, _, _ = demo()
    process.send_signal(signal.SIGTERM)
    equal(process.wait(20), 0, "exit code")


if __name__ == "__main__":
    try:
        suite.main()
    finally:
        if demo.cache_info().currsize and demo()[0].poll() is None:
            demo()[0].kill()
