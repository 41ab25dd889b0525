#!/usr/bin/env python3
"""Figures of the built binary beside its peers', all from one short run. They inform; only where a goal is far from what
noise can do is one missed."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import harness
from certificates import Authority
from harness import Merchant, Server

PROGRAM = os.environ.get("BENCHMARKS_BINARY", str(harness.TOP / ".build/release/Benchmarks"))
SECONDS = os.environ.get("BENCHMARK_SECONDS", "5")


def show(what, figures):
    print(f"{what:<44} {figures}", flush=True)


def run(*words, seconds=180):
    """A benchmark of ours; its figures, one JSON object a line."""
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return lines or [f"exit {done.returncode}: {(done.stderr or done.stdout).strip()[:300]}"]


def nginx(size):
    """nginx with two workers and a file of `size` bytes, under wrk; the requests a second."""
    if not (shutil.which("nginx") and shutil.which("wrk")):
        return "nginx or wrk is not installed"
    folder = harness.temporary_folder()
    folder.chmod(0o755)
    (folder / "www").mkdir()
    (folder / "www/file.json").write_bytes(b"x" * size)
    (folder / "nginx.conf").write_text(f"""
worker_processes 2; daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; client_body_temp_path {folder}/a;
  proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  open_file_cache max=10; server {{ listen 127.0.0.1:18099; root {folder}/www; }}
}}
""")
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        done = subprocess.run(["wrk", "-t1", "-c64", f"-d{SECONDS}s", "http://127.0.0.1:18099/file.json"],
                              capture_output=True, text=True, timeout=60)
        found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
        return found.group(1) if found else done.stdout[-200:]
    finally:
        process.terminate()
        process.wait()


def load(server, path):
    """What wrk gets with 64 connections that are kept: requests a second, and the server's microseconds for each."""
    def spent():
        fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    before = spent()
    done = subprocess.run(["wrk", "-t1", "-c64", f"-d{SECONDS}s", server.url + path], capture_output=True, text=True,
                          timeout=60)
    count = int((re.search(r"(\d+) requests in", done.stdout) or ["0", "0"])[1])
    return count / float(SECONDS), (spent() - before) / max(count, 1) * 1e6


def secure():
    """A page of about 1 KiB over plain HTTP and over TLS, by turns. A busy machine bends rates more than the time that
    the server itself needs."""
    if not shutil.which("wrk"):
        return show("HTTPS beside HTTP", "wrk is not installed")
    root = Authority()
    folder = harness.temporary_folder()
    for name, content in zip(("chain.pem", "key.pem"), root.leaf("localhost", "127.0.0.1")):
        (folder / name).write_bytes(content)
    with Server("--rate-limit", "off") as plain, Server(
            "--rate-limit", "off", "--tls-certificate", folder / "chain.pem", "--tls-key", folder / "key.pem") as tls:
        for _ in range(3):
            for name, server in (("HTTP", plain), ("HTTPS", tls)):
                rate, microseconds = load(server, "/nothing")
                show(f"{name}, a page of 1 KiB", f"{rate:.0f} requests/s, {microseconds:.1f} us of the server each")


def crypto():
    """Our primitives, and OpenSSL's table for the same: bytes in thousands a second, then operations."""
    for line in run("crypto"):
        show("crypto", line)
    if not shutil.which("openssl"):
        return show("openssl speed", "it is not installed")
    for name in ("sha256", "sha512", "chacha20-poly1305", "aes-128-gcm", "aes-256-gcm"):
        done = subprocess.run(["openssl", "speed", "-seconds", "1", "-bytes", "16384", "-evp", name],
                              capture_output=True, text=True, timeout=60)
        show("openssl speed", done.stdout.strip().splitlines()[-1])
    done = subprocess.run(["openssl", "speed", "-seconds", "1", "ecdsap256", "ecdhx25519", "rsa4096"],
                          capture_output=True, text=True, timeout=120)
    for line in done.stdout.splitlines():
        if re.match(r"\s*(rsa 4096|256 bits ecdsa|253 bits ecdh)", line):
            show("openssl speed", " ".join(line.split()))
    for line in run("tls"):
        show("tls", line)


def billing():
    """Clocks moved over renewals, and what many subscriptions cost. The last two have goals of 1 ms and 20 ms at any
    size, and a page from the middle of a list costs what the first one does."""
    for line in run("billing", "advance", "--directory", harness.temporary_folder(), "--subscriptions", 500, "--days", 10):
        show("advancing a clock over renewals", line)
    lines = run("billing", "size", "--directory", harness.temporary_folder(), "--subscriptions", 100_000,
                "--seconds", 10, seconds=600)
    figures = {}
    for line in lines:
        show("many subscriptions", line)
        figures.update({f"{json.loads(line)['benchmark']}.{name}": value for name, value in json.loads(line).items()})
    for name, most in (("analytics.overview_p50_microseconds", 1000), ("analytics.year_p50_microseconds", 20_000),
                       ("subscriptions-page-middle.p50_microseconds",
                        10 * figures["subscriptions-page-first.p50_microseconds"] + 100)):
        if figures[name] > most:
            raise SystemExit(f"{name} is {figures[name]}, more than {most}")


def main():
    server = Server("--rate-limit", "off")
    show("start to ready, empty data directory", f"{server.ready_seconds * 1000:.0f} ms")
    time.sleep(0.5)
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    show("idle memory", re.search(r"VmRSS:\s+(\d+) kB", status).group(1) + " KiB")
    show("binary", f"{os.stat(harness.binary()).st_size} bytes")
    shop = Merchant.create(server)
    payment = shop.create_payment()
    size = len(shop.get(f"/payments/{payment['hash']}").bytes)
    show(f"nginx, a file of {size} bytes, requests/s", nginx(size))
    for mode in ("get", "create"):
        for line in run("http", "--url", server.url, "--key", shop.key, "--secret", shop.secret, "--mode", mode,
                        "--connections", 64, "--seconds", SECONDS):
            show(f"signed {mode}, 64 connections", line)
    for line in run("log", "--directory", harness.temporary_folder(), "--seconds", SECONDS):
        show("appending and syncing alone", line)
    server.kill()
    secure()
    crypto()
    billing()


if __name__ == "__main__":
    main()
