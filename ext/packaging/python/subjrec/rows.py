"""Rows: what a query gives. A list of named tuples that shows itself as a table, in a terminal and in a notebook,
and becomes a frame of pandas or an array of numpy where those are installed."""
from __future__ import annotations

import array
from collections import namedtuple
from html import escape
from typing import Any, Iterable, List, Sequence

SHOWN = 60  # rows that a table shows; a list has them all
WIDTH = 60  # characters of a cell in a terminal


class Rows(List[Any]):
    """A list of named tuples: `rows[0].label`, `for rank, label in rows`, `rows.column("label")`."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[Any]] = ()) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._row: Any = namedtuple("Row", self.columns, rename=True)  # type: ignore[misc]
        for values in rows:
            self.add(values)

    def add(self, values: Sequence[Any]) -> None:
        """Appends one more."""
        self.append(self._row(*values))

    def column(self, name: str) -> list[Any]:
        """The values of a column, by its name."""
        if name not in self.columns:
            raise KeyError(f"there is no column {name!r}; the columns are {', '.join(self.columns)}")
        at = self.columns.index(name)
        return [row[at] for row in self]

    def dicts(self) -> list[dict[str, Any]]:
        """Each row as a dictionary, fit for JSON."""
        return [dict(zip(self.columns, row)) for row in self]

    def frame(self) -> Any:
        """A pandas.DataFrame of the rows."""
        pandas = _wanted("pandas", "a frame")
        return pandas.DataFrame.from_records([tuple(row) for row in self], columns=list(self.columns))

    def array(self, name: str) -> Any:
        """A numpy array of a column; one of embeddings (BLOBs of float32) is a matrix with a row for each."""
        numpy = _wanted("numpy", "an array")
        values = self.column(name)
        if values and all(isinstance(value, bytes) for value in values):
            return numpy.stack([numpy.frombuffer(value, "<f4") for value in values])
        return numpy.array(values)

    def __str__(self) -> str:
        cells = [[_short(_shown(value)) for value in row] for row in self[:SHOWN]]
        widths = [max([len(name)] + [len(row[i]) for row in cells]) for i, name in enumerate(self.columns)]
        right = [_is_numeric(self, i) for i in range(len(self.columns))]
        lines = [list(self.columns), ["-" * width for width in widths]] + cells
        text = "\n".join("  ".join(cell.rjust(width) if to_the_right else cell.ljust(width)
                                   for cell, width, to_the_right in zip(line, widths, right)).rstrip()
                         for line in lines)
        return text + (f"\n... {len(self)} rows" if len(self) > SHOWN else "")

    def _repr_html_(self) -> str:
        """What a notebook shows. Everything is escaped."""
        def cells(tag: str, texts: Iterable[str], numeric: Sequence[bool]) -> str:
            return "".join(f'<{tag} style="text-align:{"right" if right else "left"}">{escape(text)}</{tag}>'
                           for text, right in zip(texts, numeric))

        numeric = [_is_numeric(self, i) for i in range(len(self.columns))]
        body = "".join(f"<tr>{cells('td', (_shown(value) for value in row), numeric)}</tr>" for row in self[:SHOWN])
        more = f"<p>{len(self)} rows</p>" if len(self) > SHOWN else ""
        return f"<table><thead><tr>{cells('th', self.columns, numeric)}</tr></thead><tbody>{body}</tbody></table>{more}"


def vector(blob: bytes) -> Any:
    """An embedding, a BLOB of little-endian float32, as an array of numpy, or of Python's where numpy is not there."""
    try:
        import numpy
    except ImportError:
        numbers = array.array("f", blob)
        if array.array("H", [1]).tobytes() != b"\x01\x00":
            numbers.byteswap()
        return numbers
    return numpy.frombuffer(blob, "<f4")


def _wanted(module: str, what: str) -> Any:
    try:
        return __import__(module)
    except ImportError as error:
        raise ImportError(f"{what} needs {module}, which is not installed; the rows themselves are plain tuples") from error


def _is_numeric(rows: Rows, column: int) -> bool:
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and all(isinstance(value, (int, float)) for value in values)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return str(value)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else text[:WIDTH - 3] + "..."
