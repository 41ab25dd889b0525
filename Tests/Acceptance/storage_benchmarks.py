#!/usr/bin/env python3
"""Figures of the storage engine beside its peers', taken in turn in one run: SQLite (python3's sqlite3) for durable
transactions, RocksDB (db_bench, of the package rocksdb-tools) for reads. They inform; they pass or fail nothing.

  storage_benchmarks.py                       a few minutes: 200,000 records
  storage_benchmarks.py --records 10000000    the long one; wants 25 GB of disk
  storage_benchmarks.py --directory DIR       where the data goes, and is removed from; by default the system's
                                              temporary folder, which must be on the disk that is to be measured
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("BENCHMARKS_BINARY", str(TOP / ".build/release/Benchmarks"))
KEYS = 4
VALUE_BYTES = 100

# One SQLite client is a process: threads of one Python process would wait for each other, not for SQLite.
SQLITE_CLIENT = f"""
import json, random, sqlite3, sys, time
path, client, begin, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
base = sqlite3.connect(path, timeout=120, isolation_level=None)
base.execute("PRAGMA synchronous=FULL")
draw, value, count, slowest = random.Random(client), b"x" * {VALUE_BYTES}, 0, 0.0
time.sleep(max(0, begin - time.time()))
end = time.monotonic() + seconds
latencies = []
while True:
    began = time.monotonic()
    if began >= end: break
    base.execute("BEGIN IMMEDIATE")
    for _ in range({KEYS}):
        key = draw.randrange(1_000_000).to_bytes(8, "big") + b"0" * 8
        base.execute("INSERT OR REPLACE INTO pairs VALUES (?, ?)", (key, value))
    base.execute("COMMIT")
    latencies.append(time.monotonic() - began)
print(json.dumps(latencies))
"""


def show(what, figures):
    print(f"{what:<52} {figures}", flush=True)


def ours(*words, seconds=36_000, shows_progress=False):
    """A benchmark of ours: its figures, one dictionary for each line."""
    done = subprocess.run([PROGRAM, "storage", *map(str, words)], stdout=subprocess.PIPE,
                          stderr=None if shows_progress else subprocess.PIPE, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def sqlite(folder, clients, seconds):
    """Transactions a second, and the median and slowest latency in microseconds; None without SQLite."""
    try:
        import sqlite3
    except ImportError:
        return None
    for path in folder.glob("sqlite.db*"):
        path.unlink()
    path = folder / "sqlite.db"
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("CREATE TABLE pairs (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    begin = time.time() + 0.3 + clients * 0.05
    running = [subprocess.Popen([sys.executable, "-c", SQLITE_CLIENT, str(path), str(client), str(begin), str(seconds)],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for client in range(clients)]
    latencies = []
    for process in running:
        out, _ = process.communicate()
        latencies += json.loads(out or "[]")
    base.close()
    if not latencies:
        return None
    return {"per_second": len(latencies) / seconds, "p50_microseconds": statistics.median(latencies) * 1e6,
            "slowest_microseconds": max(latencies) * 1e6}


def commits(folder, seconds, rounds):
    for clients in (1, 64):
        mine, theirs = [], []
        for _ in range(rounds):
            data = folder / "commit"
            shutil.rmtree(data, ignore_errors=True)
            mine += ours("commit", "--directory", data, "--clients", clients, "--seconds", seconds)
            peer = sqlite(folder, clients, seconds)
            if peer:
                theirs.append(peer)
        rate = statistics.mean(one["per_second"] for one in mine)
        show(f"transactions of {KEYS} keys, {clients} clients, per second",
             f"{rate:.0f} (median {statistics.median(one['p50_microseconds'] for one in mine):.0f} us, slowest "
             f"{max(one['slowest_microseconds'] for one in mine)} us)")
        if not theirs:
            show("  SQLite", "python3 has no sqlite3, or it failed")
            continue
        peer = statistics.mean(one["per_second"] for one in theirs)
        show("  SQLite, WAL, synchronous=FULL",
             f"{peer:.0f} (median {statistics.median(one['p50_microseconds'] for one in theirs):.0f} us, slowest "
             f"{max(one['slowest_microseconds'] for one in theirs):.0f} us); ratio {rate / peer:.2f}")


def rocksdb(folder, benchmarks, pairs, value_bytes, cache, seconds, exists):
    words = ["db_bench", f"--db={folder / 'rocksdb'}", f"--benchmarks={benchmarks}", f"--num={pairs}",
             "--key_size=16", f"--value_size={value_bytes}", f"--cache_size={cache}", "--bloom_bits=10",
             "--compression_type=none", "--threads=1", "--seek_nexts=100", f"--duration={seconds}",
             f"--use_existing_db={1 if exists else 0}"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=36_000, stdin=subprocess.DEVNULL)
    return {name: float(rate) for name, rate in re.findall(r"^(\w+)\s*:.*?([\d.]+) ops/sec", done.stdout, re.M)}


def reads(folder, pairs, value_bytes, seconds, rounds):
    cache = pairs * (value_bytes + 16) // 10
    words = ("read", "--directory", folder / "read", "--pairs", pairs, "--value-bytes", value_bytes,
             "--cache-kibibytes", cache >> 10, "--seconds", seconds)
    has_peer = shutil.which("db_bench") is not None
    mine = {"storage-get": [], "storage-scan-100": []}
    theirs = {"readrandom": [], "seekrandom": []}
    if has_peer:
        rocksdb(folder, "filluniquerandom,waitforcompaction", pairs, value_bytes, cache, seconds, False)
    for _ in range(rounds):
        for line in ours(*words):
            if line["benchmark"] in mine:
                mine[line["benchmark"]].append(line["per_second"])
        if has_peer:
            found = rocksdb(folder, "readrandom,readrandom,seekrandom", pairs, value_bytes, cache, seconds, True)
            for name, rates in theirs.items():
                if name in found:
                    rates.append(found[name])
    for name, peer, what in (("storage-get", "readrandom", "random gets a second, data 10 times the cache"),
                             ("storage-scan-100", "seekrandom", "scans of 100 a second")):
        rate = statistics.mean(mine[name])
        show(what, f"{rate:.0f}")
        if not theirs[peer]:
            show("  RocksDB", "db_bench is not installed (package rocksdb-tools), or it failed")
        else:
            other = statistics.mean(theirs[peer])
            show(f"  RocksDB, {peer}", f"{other:.0f}; ratio {rate / other:.2f}")


def records(folder, count, clients, batch):
    data = folder / "records"
    line = ours("ingest", "--directory", data, "--records", count, "--clients", clients, "--batch", batch,
                shows_progress=True)[0]
    show(f"{count} records of 500 bytes, 6 index entries, per second",
         f"{line['records_per_second']} ({clients} clients, {batch} in a transaction)")
    show("  slowest transaction",
         f"{line['slowest_microseconds'] / 1000:.0f} ms; {line['over_100_milliseconds']} over 100 ms; stops "
         f"{line['stalls']}")
    show("  resident memory at most", f"{line['peak_resident_kibibytes'] / 1024:.0f} MiB")
    show("  bytes written for each byte taken in", f"{line['written_per_ingested_percent'] / 100:.2f}")
    for line in ours("pages", "--directory", data, "--records", count):
        show(f"  {line['benchmark'].removeprefix('storage-')} of 100 rows",
             f"median {line['p50_microseconds']} us, 99 % {line['p99_microseconds']} us, "
             f"{line['rows_out_of_order']} out of order")
    line = ours("open", "--directory", data)[0]
    show("  start after a clean stop",
         f"{line['microseconds'] / 1000:.1f} ms ({line['segments']} segments, {line['segment_bytes'] >> 20} MiB)")
    process = subprocess.Popen([PROGRAM, "storage", "ingest", "--directory", str(data), "--first", str(count),
                                "--records", "100000000"], stderr=subprocess.DEVNULL)
    time.sleep(5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    line = ours("open", "--directory", data)[0]
    show("  start after kill -9 under load",
         f"{line['microseconds'] / 1000:.1f} ms ({line['recovered_transactions']} transactions read again)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--value-bytes", type=int, default=400)
    parser.add_argument("--clients", type=int, default=64, help="of the ingest")
    parser.add_argument("--batch", type=int, default=1, help="records in a transaction of the ingest")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["commits", "reads", "records"])
    parser.add_argument("--directory")
    words = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="centralpay-storage-", dir=words.directory))
    try:
        show("load of the machine, 1 minute", f"{os.getloadavg()[0]:.1f}")
        if words.only in (None, "commits"):
            commits(folder, int(words.seconds), words.rounds)
        if words.only in (None, "reads"):
            reads(folder, words.pairs, words.value_bytes, int(words.seconds), words.rounds)
        if words.only in (None, "records"):
            records(folder, words.records, words.clients, words.batch)
        show("load of the machine, 1 minute", f"{os.getloadavg()[0]:.1f}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
