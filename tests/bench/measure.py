"""What the tables of compare.py share: measurements in processes of their own, and how they are written down."""
import json
import math
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUNS = {}


class Failed(Exception):
    """A program that a measurement needs ended with an error: its own last line."""


def run(function):
    """A measurement: called in a process of its own with the settings, returns figures by name."""
    RUNS[function.__name__] = function
    return function


def call(command, **how):
    """Runs a program to its end; what it printed. Failed has its last words."""
    done = subprocess.run(command, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **how})
    if done.returncode != 0:
        words = (done.stderr or done.stdout or "").strip().splitlines()
        raise Failed(words[-1].strip() if words else f"{command[0]} ended with {done.returncode}")
    return done.stdout


def connect(settings, path=":memory:"):
    database = sqlite3.connect(path)
    database.enable_load_extension(True)
    database.load_extension(settings["module"])
    return database


def peak_mb():
    """Of this process alone; what getrusage() says begins with the parent's."""
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


class Report:
    """Tables, printed and kept as they come."""

    def __init__(self, arguments, folder, page):
        self.arguments = arguments
        self.folder = folder
        self.page = page
        self.settings = {
            "module": str(Path(arguments.module).resolve()), "folder": folder,
            "shared": str(Path(arguments.shared).resolve()),
            "snapshot": str(Path(arguments.shared).resolve() / "data/gutenberg_works.json.gz"),
            "npm": str(Path(arguments.npm).resolve()),
            **{program: str(ROOT / "build/release/tests/bench" / program)
               for program in ("train_bench", "kernel_bench", "catalogue_tsv")}}

    def say(self, line=""):
        print(line, flush=True)
        self.page.add(line)

    def measure(self, names, rounds, **settings):
        """Figures of each name, a list over the rounds; a name that cannot run has its reason."""
        figures = {name: {} for name in names}
        for _ in range(rounds):
            for name in names:
                if isinstance(figures[name], str):
                    continue
                command = [sys.executable, str(HERE / "compare.py"), "--run", name,
                           json.dumps({**self.settings, **settings})]
                done = subprocess.run(command, capture_output=True, text=True)
                if done.returncode != 0:
                    figures[name] = (done.stderr.strip().splitlines() or ["failed"])[-1]
                    continue
                for key, value in json.loads(done.stdout.splitlines()[-1]).items():
                    figures[name].setdefault(key, []).append(value)
        return figures

    def table(self, title, heading, rows, key, unit, scale=1, rounds=None, higher=False, **settings):
        """`rows`: (label, name); the first is ours, and what the others are compared with."""
        self.say(f"### {title}\n")
        figures = self.measure([name for _, name in rows], rounds or self.arguments.rounds, **settings)
        extra = sorted({k for f in figures.values() if isinstance(f, dict) for k in f} - {key, "peak"})
        self.say(f"| {heading} | {unit} | {'times ours' if not higher else 'ours is times'} | " +
                 "".join(f"{k} ({unit.split(',')[0]}) | " for k in extra) + "peak MB |")
        self.say("| --- | --- | --- | " + "--- | " * len(extra) + "--- |")
        ours = None
        for label, name in rows:
            found = figures[name]
            if isinstance(found, str):
                self.say(f"| {label} | not run: {found[:90]} | | " + "| " * (len(extra) + 1))
                continue
            value = statistics.median(found[key]) * scale
            ours = ours or value
            ratio = ours / value if higher else value / ours
            self.say(f"| {label} | {number(value)} | {number(ratio)} | " + "".join(
                (number(statistics.median(found[k]) * scale) if k in found else "") + " | " for k in extra) +
                f"{statistics.median(found['peak']):.0f} |")
        self.say()


class Page:
    """A Markdown page with a place for each table, between two marks: what is measured is written there as it
    comes, and what is not stays."""

    END = "<!-- end -->\n"

    def __init__(self, path, names):
        """Nothing is measured for a page that cannot take it: a new one is begun, a strange one refused."""
        self.path = Path(path) if path else None
        self.name = None
        self.lines = []
        if self.path is None:
            return
        if not self.path.exists():
            self.path.write_text("# Speed\n\nWhat `tests/bench/compare.py` printed last.\n\n" +
                                 "\n".join(self.begin(name) + self.END for name in names))
        text = self.path.read_text()
        missing = [name for name in names if self.END not in text.partition(self.begin(name))[2]]
        if missing:
            raise Failed(f"{path} has no place for a table: wanted a line {self.begin(missing[0]).strip()} and behind it "
                         f"a line {self.END.strip()}")

    @staticmethod
    def begin(name):
        return f"<!-- {name} -->\n"

    def start(self, name):
        self.name = name
        self.lines = []

    def add(self, line):
        self.lines.append(line)
        if self.path:
            head, begin, rest = self.path.read_text().partition(self.begin(self.name))
            _, end, tail = rest.partition(self.END)
            self.path.write_text(head + begin + "\n".join(self.lines) + "\n" + end + tail)


def growth(sizes, values):
    """The exponent e of value ~ size^e between the least and the greatest size."""
    return math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0])
