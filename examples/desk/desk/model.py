"""What there is to know of the model: whether it is there, how it was trained, and how it takes a text."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from .database import quoted, table_exists
from .problems import Problem

BY_TEXT, BY_WORDS, BY_TITLES = "text", "words", "titles"


@dataclass(frozen=True)
class Model:
    name: str
    digest: str
    algorithm: str
    works: int
    subjects: int
    options: dict[str, Any] = field(repr=False)
    # What a text is understood by. BY_TEXT: the model was trained with texts (work_text). BY_WORDS: with the
    # words of titles as features (sql/features.sql). BY_TITLES: with neither; the nearest titles tell.
    text_method: str


_known: dict[str, Model] = {}


def find(db: sqlite3.Connection, name: str) -> Model | None:
    """The model as it is now, or None where it is not there or not trained."""
    if not table_exists(db, name + "_config"):
        return None
    config = quoted(name + "_config")
    row = db.execute(f"SELECT value FROM {config} WHERE key = 'digest'").fetchone()
    if row is None:
        return None
    model = _known.get(row[0])
    if model is None or model.name != name:
        model = _read(db, name, row[0])
        _known.clear()  # of models that were trained or updated since
        _known[row[0]] = model
    return model


def need(db: sqlite3.Connection, name: str) -> Model:
    model = find(db, name)
    if model is None:
        raise Problem(503, "No model", f"The database has no trained model '{name}' yet. {how_to_train(name)}",
                      no_model=True)
    return model


def how_to_train(name: str) -> str:
    literal = name.replace("'", "''")
    return f"Train one with: SELECT subjrec_train('{literal}', 'work_subjects');"


def _read(db: sqlite3.Connection, name: str, digest: str) -> Model:
    values = dict(db.execute(f"SELECT key, value FROM {quoted(name + '_config')}"))
    options = json.loads(values.get("options") or "{}")
    return Model(name, digest, values.get("algorithm", ""), int(values.get("n_works", 0)),
                 int(values.get("n_subjects", 0)), options, _text_method(db, name, options))


def _text_method(db: sqlite3.Connection, name: str, options: dict[str, Any]) -> str:
    if options.get("work_text") and db.execute(
            "SELECT 1 FROM pragma_module_list WHERE name = 'subjrec_suggest_text'").fetchone():
        return BY_TEXT
    features = quoted(name + "_features")
    if table_exists(db, name + "_features") and db.execute(
            f"SELECT 1 FROM {features} WHERE feature_id >= 'title:' AND feature_id < 'title;' LIMIT 1").fetchone():
        return BY_WORDS
    return BY_TITLES


def bag(db: sqlite3.Connection, model: Model, work: Any) -> tuple[bytes, bytes | None] | None:
    """What the model has of a work: positions of its subjects and of its features. None: it knows no such work."""
    row = db.execute(f"SELECT subjects, features FROM {quoted(model.name + '_works')} WHERE work_id = ?",
                     (work,)).fetchone()
    return None if row is None else (row[0] or b"", row[1])
