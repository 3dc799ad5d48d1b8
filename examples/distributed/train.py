#!/usr/bin/env python3
"""Trains one model over several files (shards) with Dask, and stores it in each of them.

    train.py SHARD.db SHARD.db ... [--options '{"algorithm": "ease"}'] [--workers 2 | --scheduler HOST:PORT]

Every shard holds (work, subject) rows of its own works. After each turn the state is a row of the file
that --keep names: a driver that was killed goes on from there when it is started again. On several
machines the paths of the shards, of the module and of the file beside --keep that holds the state for the
workers must be the same wherever a worker may run.
"""
import argparse
import contextlib
import json
import os
import sqlite3
import sys
import time

from distributed import Client, LocalCluster, TimeoutError, wait

MODULE = "build/release/subjrec"
LOOK = 2  # seconds between looks at whether there are workers at all


def connect(module, path):
    db = sqlite3.connect(path, timeout=60)
    db.enable_load_extension(True)
    db.load_extension(module)
    return db


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.replace(path + ".new", path)
    return path


def step(job, shard, path, state, inbox):
    """Runs on a worker: what this shard answers, and in how many seconds."""
    start = time.perf_counter()
    db = connect(job["module"], path)
    rows = db.execute("SELECT to_shard, part FROM subjrec_step(?, ?, ?, ?, ?)",
                      (job["model"], read(state), job["source"], shard, inbox and read(inbox))).fetchall()
    db.close()
    return shard, rows, time.perf_counter() - start


def finish(job, shard, path, state):
    """Runs on a worker: stores the model in this shard's file."""
    start = time.perf_counter()
    db = connect(job["module"], path)
    (summary,) = db.execute("SELECT subjrec_finish(?, ?, ?, ?)",
                            (job["model"], read(state), job["source"], shard)).fetchone()
    db.commit()
    db.close()
    return shard, json.loads(summary), time.perf_counter() - start


class Kept:
    """The last state, as a row, and what shards sent to each other.

    Workers read them from files: what is scattered by Dask does not survive its worker.
    """

    def __init__(self, path, module, options):
        self.path = os.path.abspath(path)
        self.db = connect(module, path)
        self.db.executescript(
            "CREATE TABLE IF NOT EXISTS run(turn INTEGER PRIMARY KEY, options TEXT, state BLOB);"
            "CREATE TABLE IF NOT EXISTS inbox(shard INTEGER PRIMARY KEY, part BLOB);")
        row = self.db.execute("SELECT turn, options, state FROM run ORDER BY turn DESC LIMIT 1").fetchone()
        if row is None:
            (state,) = self.db.execute("SELECT subjrec_begin(?)", (options,)).fetchone()
            self.turn, self.state, self.options = 0, state, options
            self.save({})
        elif json.loads(row[1]) != json.loads(options):
            sys.exit(f"{path} holds a run with other options, {row[1]}; remove it to begin anew")
        else:
            self.turn, self.options, self.state = row
        self.inboxes = {}
        self.write_inboxes()

    def save(self, sent):
        with self.db:
            self.db.execute("INSERT INTO run VALUES (?, ?, ?)", (self.turn, self.options, self.state))
            self.db.execute("DELETE FROM run WHERE turn < ?", (self.turn,))
            self.db.executemany("REPLACE INTO inbox VALUES (?, ?)", sent.items())

    def write_inboxes(self):
        """What a shard was sent goes with all later steps, until it is sent something again."""
        for shard, part in self.db.execute("SELECT shard, part FROM inbox"):
            self.inboxes[shard] = write(f"{self.path}.inbox{shard}", part)

    def state_file(self):
        """The path of a file with the state; those of earlier turns go."""
        path = write(f"{self.path}.state{self.turn}", self.state)
        if self.turn > 0 and os.path.exists(f"{self.path}.state{self.turn - 1}"):
            os.remove(f"{self.path}.state{self.turn - 1}")
        return path

    def remove_files(self):
        for path in [*self.inboxes.values(), f"{self.path}.state{self.turn}"]:
            os.remove(path)

    def status(self):
        return json.loads(self.db.execute("SELECT subjrec_state(?)", (self.state,)).fetchone()[0])

    def merge(self, parts):
        self.db.execute("CREATE TEMP TABLE IF NOT EXISTS parts(part BLOB)")
        self.db.execute("DELETE FROM parts")
        self.db.executemany("INSERT INTO parts VALUES (?)", [(part,) for part in parts])
        return self.db.execute("SELECT subjrec_merge(part) FROM parts").fetchone()[0]

    def advance(self, rows):
        """The next state, from the rows of all shards."""
        receivers = {to for to, _ in rows}
        merged = {to: self.merge([part for other, part in rows if other == to]) for to in receivers}
        part = merged.pop(None, None)
        (self.state,) = self.db.execute("SELECT subjrec_next(?, ?)", (self.state, part)).fetchone()
        self.turn += 1
        self.save(merged)
        if merged:
            self.write_inboxes()


class Progress:
    """A line for each turn; on a terminal it is drawn while shards answer."""

    def __init__(self, shards):
        self.shards = shards

    def draw(self, turn, phase, answered):
        if sys.stdout.isatty():
            print(f"\r\033[Kturn {turn}  {phase:<8}  {answered} of {self.shards} shards", end="", flush=True)

    def line(self, turn, phase, seconds, times, up, down, status):
        slowest = max(times, key=times.get)
        loss = f"  loss {status['loss']:.5g}" if "loss" in status else ""
        start = "\r\033[K" if sys.stdout.isatty() else ""
        print(f"{start}turn {turn}  {phase:<8}  {seconds:.2f} s, slowest shard {slowest} with {times[slowest]:.2f} s"
              f"  up {up / 1e6:.2f} MB, down {down / 1e6:.2f} MB{loss}", flush=True)


class NoWorkers(Exception):
    """A cluster without a worker for as long as one is waited for."""


def answers(client, patience, function, progress, turn, phase, *columns):
    """The results of one task for each shard, as they come; a task whose worker died is done again."""
    waiting = set(client.map(function, *columns, pure=False, retries=3))
    results = []
    seen = time.monotonic()
    while waiting:
        try:
            done, waiting = wait(waiting, timeout=LOOK, return_when="FIRST_COMPLETED")
        except TimeoutError:
            if client.scheduler_info()["workers"]:
                seen = time.monotonic()
            elif time.monotonic() - seen > patience:
                raise NoWorkers(f"the cluster has had no worker for {patience:g} s; start workers, and start "
                                f"this again: it goes on with turn {turn}") from None
            continue
        seen = time.monotonic()
        for future in done:
            results.append(future.result())
            progress.draw(turn, phase, len(results))
    return results


def train(client, job, paths, kept, step=step, finish=finish, patience=60):
    """From the state that is kept to a model in every shard; returns their summaries."""
    progress = Progress(len(paths))
    shards = range(len(paths))
    jobs = [job] * len(paths)
    status = kept.status()
    while not status["done"]:
        turn, phase, start = kept.turn + 1, status["phase"], time.perf_counter()
        progress.draw(turn, phase, 0)
        down = len(kept.state) * len(paths) + sum(map(os.path.getsize, kept.inboxes.values()))
        results = answers(client, patience, step, progress, turn, phase, jobs, shards, paths,
                          [kept.state_file()] * len(paths), [kept.inboxes.get(shard) for shard in shards])
        rows = [row for _, rows, _ in results for row in rows]
        kept.advance(rows)
        status = kept.status()
        progress.line(turn, phase, time.perf_counter() - start,
                      {shard: seconds for shard, _, seconds in results}, sum(len(part) for _, part in rows),
                      down, status)
    start = time.perf_counter()
    state = kept.state_file()
    results = answers(client, patience, finish, progress, kept.turn + 1, "finish", jobs, shards, paths,
                      [state] * len(paths))
    kept.remove_files()
    progress.line(kept.turn + 1, "finish", time.perf_counter() - start,
                  {shard: seconds for shard, _, seconds in results}, 0, len(kept.state) * len(paths), status)
    return {shard: summary for shard, summary, _ in results}


def check_paths(paths):
    seen = {}
    for shard, path in enumerate(paths):
        if not os.path.exists(path):
            sys.exit(f"shard {shard}: there is no file {path}")
        real = os.path.realpath(path)
        if real in seen:
            sys.exit(f"shards {seen[real]} and {shard} are the same file, {path}")
        seen[real] = shard


def open_cluster(arguments):
    """What a Client connects to: a scheduler elsewhere, or worker processes here."""
    if arguments.scheduler:
        return contextlib.nullcontext(arguments.scheduler)
    return LocalCluster(n_workers=arguments.workers, threads_per_worker=1, processes=True,
                        dashboard_address=arguments.dashboard, silence_logs=50)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", nargs="+", metavar="SHARD.db")
    parser.add_argument("--options", default="{}", help="of the training, as a JSON object")
    parser.add_argument("--model", default="rec")
    parser.add_argument("--source", default="work_subjects", help="a table, view or SELECT in every shard")
    parser.add_argument("--keep", default="run.db", help="the file of the state")
    parser.add_argument("--module", default=MODULE)
    parser.add_argument("--workers", type=int, default=2, help="processes on this machine")
    parser.add_argument("--scheduler", help="of a Dask cluster that runs already, instead of workers here")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for a cluster without workers")
    parser.add_argument("--dashboard", help="address of Dask's own page, such as :8787 (needs bokeh)")
    arguments = parser.parse_args()
    paths = [os.path.abspath(path) for path in arguments.shards]
    check_paths(paths)
    job = {"module": os.path.abspath(arguments.module), "model": arguments.model, "source": arguments.source}
    try:
        options = json.dumps({**json.loads(arguments.options), "shards": len(paths)})
        kept = Kept(arguments.keep, job["module"], options)
        with open_cluster(arguments) as cluster, Client(cluster) as client:
            summaries = train(client, job, paths, kept, patience=arguments.patience)
    except (sqlite3.Error, ValueError, NoWorkers) as error:
        sys.exit(f"\n{error}")
    works = sum(summary["works"] for summary in summaries.values())
    print(f'Trained the model "{arguments.model}" with "{kept.status()["algorithm"]}" on {works:,} works in '
          f"{len(paths)} shards; digest {kept.status()['digest']}")


if __name__ == "__main__":
    main()
