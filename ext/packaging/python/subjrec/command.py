"""The command `subjrec`: from a catalogue's file to a list of subjects, without SQL.

    subjrec import works.json.gz works.db
    subjrec train works.db
    subjrec suggest works.db 'bee-master'
    subjrec evaluate works.db
    subjrec serve works.db
"""
from __future__ import annotations

import argparse
import importlib
import json
import os
import sqlite3
import sys
import warnings
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from . import asking
from .database import Database, connect
from .loading import loadable_path
from .rows import Rows


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs the command and returns its exit status: 0, 1 for an error that is printed, 130 for Ctrl-C."""
    given_arguments = list(sys.argv[1:] if arguments is None else arguments)
    if given_arguments[:1] == ["serve"]:
        return serve(given_arguments[1:])
    given = _parser().parse_args(given_arguments)
    warnings.showwarning = _print_warning
    try:
        with _open(given) as db:
            given.run(db, given)
    except (sqlite3.Error, asking.Refused, OSError, ImportError, RuntimeError) as error:
        print(f"subjrec: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("subjrec: interrupted; everything is as it was", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="subjrec", description="Recommends subjects for the works of a catalogue.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        added.set_defaults(run=run)
        return added

    def options(added: argparse.ArgumentParser, function: str) -> None:
        added.add_argument("-o", "--option", action="append", default=[], metavar="NAME=VALUE",
                           help=f"an option of {function} (sql/REFERENCE.md)")

    def model(added: argparse.ArgumentParser) -> None:
        added.add_argument("--model", default="rec", help="the model's table (rec)")

    added = command("import", run_import, "read a catalogue's file into a database")
    added.add_argument("catalogue", help="JSON, one record a line or otherwise, plain or gzipped; a pattern names several")
    added.add_argument("database", type=Path, help="made if there is none")
    options(added, "subjrec_import")

    added = command("train", run_train, "train a model on the works and their subjects")
    added.add_argument("database", type=Path)
    model(added)
    added.add_argument("--source", help="table or SELECT of (work, subject): work_subjects, or what the model remembers")
    options(added, "subjrec_train")

    added = command("suggest", run_suggest, "list subjects for a work")
    added.add_argument("database", type=Path)
    added.add_argument("work", nargs="?", help="its id, or words of its title")
    model(added)
    added.add_argument("-k", type=int, default=10, help="how many (10)")
    added.add_argument("--all", action="store_true", help="also those that the work carries")
    added.add_argument("--subjects", nargs="+", metavar="SUBJECT", help="for a work that carries these: labels or ids")
    added.add_argument("--text", help="for a title or an abstract, by a model that was trained with work_text")
    added.add_argument("--json", action="store_true", help="as JSON")

    added = command("evaluate", run_evaluate, "measure how good the lists are, by subjects that are held out")
    added.add_argument("database", type=Path)
    model(added)
    added.add_argument("--heldout", help="table or SELECT of (work, subject) that the model was not trained on. Without "
                       "it the model's options are trained anew on the rest of its source, and nothing is stored")
    added.add_argument("--share", type=float, default=0.1, help="of each work's subjects to hold out (0.1)")
    added.add_argument("--json", action="store_true", help="as JSON")

    command("serve", None, "a page where cataloguers decide, and Annif's REST API: subjrec serve --help")
    return parser


def _open(given: argparse.Namespace) -> Database:
    if given.run is not run_import and not given.database.is_file():
        raise asking.Refused(f"there is no database {given.database}; subjrec import CATALOGUE {given.database} makes it")
    return connect(given.database)


def _print_warning(message: Any, *_: Any, **__: Any) -> None:
    print(f"subjrec: warning: {message}", file=sys.stderr)


def options_of(texts: Sequence[str]) -> Dict[str, Any]:
    """NAME=VALUE as options; a VALUE that is JSON is taken as such, and any other as a text."""
    options = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise asking.Refused(f"-o: wanted NAME=VALUE, got {text!r}")
        try:
            options[name] = json.loads(value)
        except ValueError:
            options[name] = value
    return options


def run_import(db: Database, given: argparse.Namespace) -> None:
    said = db.import_(given.catalogue, **options_of(given.option))
    print(f"Imported {said['works']:,} works, {said['subjects']:,} subjects and {said['interactions']:,} pairs of a "
          f"work and its subject.")


def run_train(db: Database, given: argparse.Namespace) -> None:
    said = db.train(given.model, given.source, **options_of(given.option)).summary
    print(f"Trained the model \"{said['model']}\" on {said['works']:,} works and {said['subjects']:,} subjects in "
          f"{said['seconds']:.1f} seconds.")


def run_suggest(db: Database, given: argparse.Namespace) -> None:
    if sum(what is not None for what in (given.work, given.subjects, given.text)) != 1:
        raise asking.Refused("suggest: wanted one of WORK, --subjects and --text")
    if given.text is not None:
        rows = db.suggest_text(given.model, given.text, given.k)
    elif given.subjects is not None:
        rows = db.suggest(given.model, asking.subjects(db, given.subjects), given.k)
    else:
        work = asking.work(db, given.model, given.work)
        if work.title and not given.json:
            print(f"{work.title}\n")
        rows = db.topk(given.model, work.id, given.k, "all" if given.all else "new")
    if "label" in rows.columns and not given.json:
        rows = Rows(("rank", "label", "probability", "subject_id"),
                    [(row.rank, row.label, row.probability, row.subject_id) for row in rows])
    _print(rows, given)


def run_evaluate(db: Database, given: argparse.Namespace) -> None:
    if given.heldout:
        rows = db.evaluate(given.model, given.heldout)
    else:
        rows = asking.evaluation(db, given.model, given.share)
    _print(rows, given)


def _print(rows: Rows, given: argparse.Namespace) -> None:
    if given.json:
        print(json.dumps(rows.dicts(), ensure_ascii=False, default=lambda value: value.hex()))
    else:
        print(rows)


def serve(arguments: List[str]) -> int:
    """The desk, which comes with the wheel and needs Starlette and uvicorn."""
    if sys.version_info < (3, 11):
        print("subjrec serve: the desk needs Python 3.11 or newer", file=sys.stderr)
        return 1
    try:
        desk = importlib.import_module("subjrec.desk.__main__")
    except ImportError as error:
        missing = str(error.name)
        what = "the desk is not in this installation" if missing.startswith("subjrec") else \
            f"the desk needs {missing}: pip install starlette uvicorn"
        print(f"subjrec serve: {what}", file=sys.stderr)
        return 1
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    desk.main(arguments, prog="subjrec serve", extension=Path(loadable_path()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
