"""SQL in a notebook's cells: %load_ext subjrec, then

    %subjrec works.db

opens a database, which is `db` from then on, and a cell that begins with %%subjrec is SQL. What its statements give is
shown one after another: rows as tables, what subjrec_plot draws as pictures, the summary of a training as a table."""
from __future__ import annotations

import json
import sqlite3
from typing import Any, Iterator, Optional

from .database import Database, connect
from .pictures import Page, Svg
from .rows import Rows

VARIABLE = "db"


def load_ipython_extension(ipython: Any) -> None:
    """What %load_ext subjrec calls."""
    ipython.register_magic_function(lambda line, cell=None: _subjrec(ipython, line, cell), "line_cell", "subjrec")


def _subjrec(ipython: Any, line: str, cell: Optional[str]) -> None:
    from IPython.display import display  # type: ignore[import]
    if cell is None:
        ipython.user_ns[VARIABLE] = connect(line.strip() or ":memory:")
        return
    db = ipython.user_ns.get(VARIABLE)
    if not isinstance(db, Database):
        raise RuntimeError("there is no database yet: %subjrec works.db opens one")
    for statement in statements(cell):
        rows = db.query(statement)
        if rows.columns:
            display(shown(rows))


def statements(script: str) -> Iterator[str]:
    """The statements of a script."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if "".join(line.split("--")[0] for line in statement.splitlines()).strip():
        yield statement


def shown(rows: Rows) -> Any:
    """Rows as what shows them best: a picture, a page, a summary with a line for each of its values, or themselves."""
    value = rows[0][0] if len(rows) == 1 and len(rows.columns) == 1 else None
    if not isinstance(value, str):
        return rows
    text = value.lstrip()
    if text.startswith("<svg"):
        return Svg(value)
    if text[:9].lower() == "<!doctype":
        return Page(value)
    try:
        summary = json.loads(text)
    except ValueError:
        return rows
    return Rows(("", rows.columns[0]), summary.items()) if isinstance(summary, dict) else rows
