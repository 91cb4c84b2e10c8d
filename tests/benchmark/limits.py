"""What the machine can do at all, measured in the same run as the figures beside it."""

import contextlib
import shutil
import sqlite3
import statistics
import subprocess
import time

from emulator_process import BUILD

FLOOR = BUILD / "tests/benchmark/healthlake_http_floor"


def floor_copy(files, folder):
    """Seconds to copy the input, read and written once."""
    started = time.perf_counter()
    for path in files:
        shutil.copyfile(path, folder / "copy")
    seconds = time.perf_counter() - started
    (folder / "copy").unlink()
    return seconds


def floor_sqlite(files, folder):
    """Seconds to put every line into SQLite as it is, in transactions of 20,000, without any index."""
    database = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                           "CREATE TABLE body(id INTEGER PRIMARY KEY, data BLOB)")
    started = time.perf_counter()
    for path in files:
        with path.open("rb") as lines:
            while batch := [(line,) for _, line in zip(range(20_000), lines)]:
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO body(data) VALUES (?)", batch)
                database.execute("COMMIT")
    seconds = time.perf_counter() - started
    database.close()
    return seconds


def floor_commit(folder):
    """Microseconds of one small transaction in SQLite (WAL, NORMAL)."""
    # Asked for more than once in a run.
    (folder / "commit.sqlite").unlink(missing_ok=True)
    database = sqlite3.connect(folder / "commit.sqlite", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                           "CREATE TABLE body(id INTEGER PRIMARY KEY, data BLOB)")
    times = []
    for _ in range(2000):
        started = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO body(data) VALUES (?)", (b"x" * 400,))
        database.execute("COMMIT")
        times.append(time.perf_counter() - started)
    database.close()
    return statistics.median(times) * 1e6


def floor_transactions(bodies, folder, seconds=1.0):
    """Rows/s of SQLite (WAL, NORMAL) with these bodies as rows of one transaction, again and again."""
    database = sqlite3.connect(folder / "transactions.sqlite", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                           "CREATE TABLE body(id INTEGER PRIMARY KEY, data BLOB)")
    rows = [(body,) for body in bodies]
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO body(data) VALUES (?)", rows)
        database.execute("COMMIT")
        done += len(rows)
    taken = time.perf_counter() - started
    database.close()
    return done / taken


@contextlib.contextmanager
def bare_server():
    """The port of a Beast server that answers every request with the same 1.2 kB."""
    process = subprocess.Popen([FLOOR, "0"], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.kill()
        process.wait()
