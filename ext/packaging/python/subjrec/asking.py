"""What the command makes of what people type: titles for works, labels for subjects."""
from __future__ import annotations

import json
from typing import Any, List, NamedTuple, Optional, Sequence

from .database import Database
from .rows import Rows

LISTED = 10  # works with such a title


class Refused(Exception):
    """The words for somebody who asked for what there is not."""


class Work(NamedTuple):
    id: Any
    title: Optional[str]


def work(db: Database, model: str, text: str) -> Work:
    """The work with that id, or the only one with that in its title."""
    for id in (text, int(text) if text.isascii() and text.isdigit() else None):
        if id is not None and db.query(f"SELECT 1 FROM {db.table(model, 'works')} WHERE work_id = ?", (id,)):
            titles = _titles(db, "work_id = ?", id)
            return Work(id, titles[0].title if titles else None)
    found = _titles(db, "title LIKE '%' || ? || '%' ESCAPE '\\'", _escaped(text))
    if len(found) == 1:
        return Work(*found[0])
    if not found:
        raise Refused(f"no work has the id {text!r} or that in its title")
    listed = "\n".join(f"  {row.work_id}  {row.title}" for row in found[:LISTED])
    more = "\n  ..." if len(found) > LISTED else ""
    raise Refused(f"several works have {text!r} in their titles; name one by its id:\n{listed}{more}")


def _titles(db: Database, where: str, value: Any) -> Rows:
    if not db.query("SELECT 1 FROM pragma_table_info('works') WHERE name = 'title'"):
        return Rows(("work_id", "title"))
    return db.query(f"SELECT work_id, title FROM works WHERE {where} ORDER BY work_id LIMIT {LISTED + 1}", (value,))


def subjects(db: Database, texts: Sequence[str]) -> List[Any]:
    """The ids of subjects that are named by their ids or labels; capitals make no difference."""
    ids = []
    for text in texts:
        found = db.query("SELECT subject_id FROM subjects WHERE subject_id = ?1 OR label = ?1 COLLATE NOCASE "
                         "ORDER BY subject_id = ?1 DESC", (text,))
        if not found:
            near = db.query("SELECT label FROM subjects WHERE label LIKE '%' || ? || '%' ESCAPE '\\' ORDER BY "
                            "length(label) LIMIT 3", (_escaped(text),)).column("label")
            hint = f"; there are {', '.join(near)}" if near else ""
            raise Refused(f"no subject is called {text!r}{hint}")
        ids.append(found[0].subject_id)
    return ids


def evaluation(db: Database, model: str, share: float) -> Rows:
    """(metric, value) of a training with the model's options on its source without the share that is held out."""
    config = dict(db.query(f"SELECT key, value FROM {db.table(model, 'config')}"))
    if "source" not in config:
        raise Refused(f'the model "{model}" has not been trained yet; subjrec train makes it')
    options = json.loads(config.get("given_options") or "{}")
    how = {name: options.pop(name) for name in ("threads", "memory_limit") if name in options}
    options.pop("progress", None)
    for name in ("validation", "heldout", "validation_metric"):
        options.pop(name, None)
    grid = {name: [value] for name, value in options.items()} or {"recipe": ["auto"]}
    run = db.tune(config["source"], grid, validation=share, **how)[0]
    return Rows(("metric", "value"), json.loads(run.metrics).items())


def _escaped(text: str) -> str:
    return "".join("\\" + c if c in "\\%_" else c for c in text)
