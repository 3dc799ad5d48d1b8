#!/usr/bin/env python3
"""subjrec beside what people use today: whole processes, by turns, in one run.

    tests/bench/compare.py [--rounds 5] [--only training,scale,...] [--sizes 100000,300000] [--out PAGE]

Each figure is the median over the rounds of a process of its own; within a round every program runs
once, one after the other, so that what else the machine does falls on all alike. A rival that is not
installed is left out, and the table says so. Debian has python3-torch, python3-numpy, python3-faiss,
python3-hnswlib; npm has sqlite-vec and @duckdb/node-api (--npm names the folder with node_modules).
The notebook's own code and Gutenberg's catalogue are looked for in --shared.
"""
import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile

import import_tables
import kernel_tables
import list_tables
import scale_tables
import training_tables
from measure import ROOT, RUNS, Failed, Page, Report, connect, peak_mb

TABLES = {"training": training_tables.training, "large": training_tables.large_catalogue,
          "huge": training_tables.huge_catalogue, "scale": scale_tables.scale, "import": import_tables.importing,
          "topk": list_tables.topk, "models": list_tables.models, "lists": list_tables.lists,
          "blends": list_tables.blends, "kernels": kernel_tables.kernels}


def versions(report):
    def of(module):
        try:
            return __import__(module).__version__
        except Exception:
            return "none"

    database = connect(report.settings)
    debug = json.loads(database.execute("SELECT subjrec_debug()").fetchone()[0])
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    report.say(f"Machine: {cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}.")
    report.say(f"subjrec {database.execute('SELECT subjrec_version()').fetchone()[0]} "
               f"({debug.get('commit')}, {debug.get('compiler')}, {debug.get('simd')}), SQLite {sqlite3.sqlite_version}, "
               f"Python {platform.python_version()}, PyTorch {of('torch')}, numpy {of('numpy')}, "
               f"faiss {of('faiss')}. Medians of {report.arguments.rounds} rounds; the load of the machine at the "
               f"beginning was {os.getloadavg()[0]:.2f}.\n")


def check(arguments, parser):
    """What is wrong is said before anything is measured."""
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        parser.exit(1, f"The sqlite3 of {sys.executable} cannot load extensions; try /usr/bin/python3\n")
    for name in arguments.only.split(","):
        if name not in TABLES:
            parser.exit(1, f"--only: there is no table \"{name}\"; the tables are {', '.join(TABLES)}\n")
    if not os.path.exists(arguments.module):
        parser.exit(1, f"--module: there is no {arguments.module}; build it first\n")
    try:
        sizes = [int(size) for size in arguments.sizes.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1000 or sizes != sorted(set(sizes)):
        parser.exit(1, f"--sizes: wanted numbers of works from 1,000 on that ascend, got {arguments.sizes}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(TABLES))
    parser.add_argument("--sizes", default="100000,300000,1000000", help="works of the catalogues of the table \"scale\"")
    parser.add_argument("--module", default=str(ROOT / "build/release/subjrec.so"))
    parser.add_argument("--shared", default=str(ROOT.parent / "shared"))
    parser.add_argument("--npm", default=str(ROOT / "build/bench"))
    parser.add_argument("--out", help="a Markdown page, where the tables are replaced as they come, and others stay")
    arguments = parser.parse_args()
    check(arguments, parser)
    try:
        page = Page(arguments.out, arguments.only.split(","))
    except (Failed, OSError) as problem:
        parser.exit(1, f"--out: {problem}\n")
    with tempfile.TemporaryDirectory() as folder:
        report = Report(arguments, folder, page)
        for name in arguments.only.split(","):
            page.start(name)
            versions(report)
            try:
                TABLES[name](report)
            except (Failed, OSError) as problem:
                report.say(f"The table \"{name}\" was not measured: {problem}\n")


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--run":
        try:
            figures = RUNS[sys.argv[2]](json.loads(sys.argv[3]))
        except Failed as problem:
            sys.exit(str(problem))
        print(json.dumps({"peak": peak_mb(), **figures}))
    else:
        main()
