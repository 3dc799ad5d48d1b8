"""A database with subjrec in it. A method has the name, the arguments and the order of them that the SQL function has:
`db.topk("rec", work, 5)` is `subjrec_topk('rec', work, 5)`. sql/REFERENCE.md says what each does."""
from __future__ import annotations

import json
import sqlite3
import warnings
from pathlib import Path
from typing import Any, Dict, Iterable, Optional, Sequence, Set, Tuple, Union
from urllib.parse import quote

from .loading import load
from .pictures import Page, Svg
from .progress import Progress, interruptible, watcher
from .rows import Rows, vector

#: An id is what the user's tables have: INTEGER, TEXT or BLOB.
Id = Union[int, str, bytes]
Summary = Dict[str, Any]


def connect(path: Union[str, Path] = ":memory:", *, read_only: bool = False) -> "Database":
    """Opens a database, or makes it, and loads subjrec."""
    name = str(path)
    if name == ":memory:" or name == "":
        return Database(sqlite3.connect(name, isolation_level=None))
    uri = f"file:{quote(str(Path(name).resolve()))}" + ("?mode=ro" if read_only else "")
    return Database(sqlite3.connect(uri, uri=True, isolation_level=None))


class Epochs(Rows):
    """A row for each epoch of a training or a map; `summary` says what was made."""

    summary: Summary


class Database:
    """A connection of sqlite3's, which `connection` is, and subjrec's functions as methods."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        load(connection)

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    def query(self, sql: str, parameters: Union[Sequence[Any], Dict[str, Any]] = ()) -> Rows:
        """Any SQL, its rows as `Rows`."""
        with interruptible(self.connection):
            cursor = self.connection.execute(sql, parameters)
            return Rows([column[0] for column in cursor.description or ()], cursor)

    def table(self, model: str, part: str) -> str:
        """One of the model's own tables as SQL: "config", "history", "map", "subjects", "works"."""
        return _table(model, f"{_split(model)[1]}_{part}")

    # What makes things.

    def import_(self, path: Union[str, Path, Iterable[str]], *, progress: Progress = None, **options: Any) -> Summary:
        """Reads a catalogue into works, subjects and work_subjects. Returns the summary."""
        name = str(path) if isinstance(path, (str, Path)) else json.dumps(list(path))
        sql = "SELECT * FROM subjrec_import(?, ?)"
        return self._watched(sql, (name, json.dumps(options)), progress, "importing").summary

    def train(self, model: str = "rec", source: Optional[str] = None, *, progress: Progress = None,
              **options: Any) -> Epochs:
        """Trains and stores a model; a row for each epoch. What is not given is as the model remembers it, and a new
        one's source is work_subjects."""
        if source is None and not self._columns(model):
            source = "work_subjects"
        given = json.dumps(options) if options else None
        sql = "SELECT * FROM subjrec_train(?, ?, ?)"
        return self._watched(sql, (model, source, given), progress, f"training {model}")

    def update(self, model: str = "rec") -> Summary:
        """Brings a model up to its source, without training anew."""
        return self._summary("subjrec_update(?)", (model,))

    def load(self, model: str, works: str, subjects: str, **options: Any) -> Summary:
        """A model of embeddings from elsewhere: two tables or SELECTs of (id, embedding [, bias])."""
        return self._summary("subjrec_load(?, ?, ?, ?)", (model, works, subjects, json.dumps(options)))

    def map(self, model: str = "rec", kind: str = "subject", *, progress: Progress = None, **options: Any) -> Rows:
        """Lays works or subjects out in the plane and stores that; returns (id, x, y), with their names if there are
        any."""
        sql = "SELECT * FROM subjrec_map(?, ?, ?)"
        self._watched(sql, (model, kind, json.dumps(options)), progress, f"mapping {model}")
        stored = f"(SELECT id, x, y FROM {self.table(model, 'map')} WHERE kind = ? ORDER BY id)"
        return self._asked(stored, (kind,), model, kind, "id")

    # What asks.

    def topk(self, model: str, work_id: Id, k: int = 10, which: str = "all", popularity: float = 0.0) -> Rows:
        """The k best subjects for a work, of all or, with "new", of those that it does not carry."""
        call = "subjrec_topk(?, ?, ?, ?, ?)"
        return self._asked(call, (model, work_id, k, which, popularity), model, "subject", "subject_id")

    def suggest(self, model: str, subjects: Iterable[Id], k: int = 10, features: Optional[Iterable[Id]] = None,
                text: Optional[str] = None) -> Rows:
        """Subjects for a work that was never trained, from what it has."""
        call = "subjrec_suggest(?, ?, ?, ?, NULL, NULL, ?)"
        known = json.dumps(list(subjects))
        traits = None if features is None else json.dumps(list(features))
        return self._asked(call, (model, known, k, traits, text), model, "subject", "subject_id")

    def suggest_text(self, model: str, text: str, k: int = 10) -> Rows:
        """Subjects for a title or an abstract, by a model that was trained with work_text."""
        call = "subjrec_suggest_text(?, ?, ?)"
        return self._asked(call, (model, text, k), model, "subject", "subject_id")

    def similar(self, model: str, kind: str, id: Id, k: int = 10) -> Rows:
        """The k works or subjects whose embeddings are nearest."""
        call = "subjrec_similar(?, ?, ?, ?)"
        return self._asked(call, (model, kind, id, k), model, kind, "id")

    def explain(self, model: str, work_id: Id, subject_id: Id) -> Rows:
        """Which of the work's subjects speak for that one, the strongest first."""
        call = "subjrec_explain(?, ?, ?)"
        return self._asked(call, (model, work_id, subject_id), model, "subject", "id")

    def outliers(self, model: str, k: int = 10, work_id: Optional[Id] = None) -> Rows:
        """Of the subjects that works carry, the k that the model finds least likely."""
        arguments: Tuple[Any, ...] = (model, k) if work_id is None else (model, k, work_id)
        call = f"subjrec_outliers({', '.join('?' * len(arguments))})"
        return self._asked(call, arguments, model, "subject", "subject_id")

    def evaluate(self, model: str, heldout: str, **options: Any) -> Rows:
        """(metric, value) for held-out rows: a table or SELECT of (work, subject)."""
        return self.query("SELECT * FROM subjrec_evaluate(?, ?, ?)", (model, heldout, json.dumps(options)))

    def tune(self, source: str, grid: Any, **options: Any) -> Rows:
        """Trains with every combination of a grid of options; a row for each."""
        asked = "SELECT * FROM subjrec_tune(?, ?, ?)"
        return self.query(asked, (source, json.dumps(grid), json.dumps(options)))

    def plot(self, model: str = "rec", what: str = "loss", **options: Any) -> Union[Svg, Page]:
        """A picture, which a notebook shows: 'loss', 'log_loss', 'subjects', 'works', 'explorer' ..."""
        with interruptible(self.connection):
            text = self._scalar("SELECT subjrec_plot(?, ?, ?)", model, what, json.dumps(options))
        return Svg(text) if text.lstrip().startswith(("<svg", "<?xml")) else Page(text)

    def embeddings(self, model: str = "rec", kind: str = "subject") -> Tuple[list[Id], Any]:
        """The ids of works or subjects, and their embeddings: a matrix of numpy's, or a list of arrays without it."""
        if kind not in ("work", "subject"):
            raise ValueError(f"kind must be 'work' or 'subject', got {kind!r}")
        if self._scalar(f"SELECT 0 IN (SELECT length(embedding) FROM {self.table(model, kind + 's')} LIMIT 1)"):
            raise ValueError(f"model {model!r} computes the embeddings of its works when they are asked for, and stores none; "
                             "train it with work_embeddings='stored'")
        rows = self.query(f"SELECT {kind}_id AS id, embedding FROM {self.table(model, kind + 's')} ORDER BY n")
        try:
            return rows.column("id"), rows.array("embedding")
        except ImportError:
            return rows.column("id"), [vector(blob) for blob in rows.column("embedding")]

    # How.

    def _scalar(self, sql: str, *parameters: Any) -> Any:
        return self.connection.execute(sql, parameters).fetchone()[0]

    def _summary(self, call: str, parameters: Sequence[Any]) -> Summary:
        with interruptible(self.connection):
            return _with_warnings(self._scalar(f"SELECT {call}", *parameters))

    def _watched(self, sql: str, parameters: Sequence[Any], progress: Progress, what: str) -> Epochs:
        """Runs a table-valued function and shows its rows as they come. The last has the summary."""
        watch = watcher(progress, what)
        with interruptible(self.connection):
            cursor = self.connection.execute(sql, parameters)
            columns = [column[0] for column in cursor.description]
            shown = [i for i, name in enumerate(columns) if name != "summary"]
            rows, summary = Epochs([columns[i] for i in shown]), "{}"
            for row in cursor:
                rows.add([row[i] for i in shown])
                summary = row[columns.index("summary")] or summary
                if watch:
                    watch(rows[-1])
        rows.summary = _with_warnings(summary)
        return rows

    def _asked(self, call: str, arguments: Sequence[Any], model: str, kind: str, id_column: str) -> Rows:
        """The rows of a table-valued function, with the label or title of each id where the tables of an import have
        them. The function is the only table of its statement: in a join an unknown work would be no error."""
        rows = self.query(f"SELECT * FROM {call}", arguments)
        table, name = ("works", "title") if kind == "work" else ("subjects", "label")
        schema, _ = _split(model)
        if not {f"{kind}_id", name} <= self._columns(f"{schema}.{table}" if schema else table):
            return rows
        sql = f"SELECT {name} FROM {_table(model, table)} WHERE {kind}_id = ?"
        found = (self.connection.execute(sql, (id,)).fetchone() for id in rows.column(id_column))
        return Rows((*rows.columns, name), [(*row, names[0] if names else None) for row, names in zip(rows, found)])

    def _columns(self, table: str) -> Set[str]:
        """The columns of a table that may have its schema before its name; none where there is no such table."""
        schema, name = _split(table)
        arguments = (name, schema) if schema else (name,)
        sql = f"SELECT name FROM pragma_table_info({', '.join('?' * len(arguments))})"
        return {row[0] for row in self.connection.execute(sql, arguments)}


def _with_warnings(text: str) -> Summary:
    summary: Summary = json.loads(text)
    for words in summary.get("warnings") or ():
        warnings.warn(words, stacklevel=4)
    return summary


def _split(model: str) -> Tuple[str, str]:
    """The schema that a model's name has, if any, and its table."""
    schema, _, name = model.rpartition(".")
    return schema, name


def _table(model: str, table: str) -> str:
    """A table in the model's schema, as SQL."""
    schema, _ = _split(model)
    return f"{_quoted(schema)}.{_quoted(table)}" if schema else _quoted(table)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
