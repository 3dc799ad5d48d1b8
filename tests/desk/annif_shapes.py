"""The shapes that Annif's OpenAPI description gives to answers, in our words, and a checker of them.

A shape is a type; `[shape]`, a list of it; `{name: shape}`, an object, whose names that begin with `?` may be missing;
`Null(shape)`, that or null; or a function that says whether a value will do. Objects may have more members.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Null:
    shape: Any


def number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def moment(value: Any) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


def status(value: Any) -> bool:
    return isinstance(value, int) and 100 <= value < 600


INFO = {"title": str, "version": str}
VOCABULARY = {"vocab_id": str, "?languages": [str], "?size": Null(int), "?loaded": bool}
VOCABULARIES = {"?vocabs": [VOCABULARY]}
PROJECT = {"project_id": str, "name": str, "language": str, "backend": {"backend_id": str},
           "?vocab": Null(VOCABULARY), "?vocab_language": Null(str), "?is_trained": Null(bool),
           "?modification_time": Null(moment)}
PROJECTS = {"?projects": [PROJECT]}
SUGGESTION = {"uri": str, "label": str, "score": number, "?notation": Null(str)}
SUGGESTIONS = {"?results": [SUGGESTION]}
BATCH = [{"?results": [SUGGESTION], "?document_id": Null(str)}]
PROBLEM = {"?type": str, "?title": str, "?status": status, "?detail": str, "?instance": str}


def faults(value: Any, shape: Any, where: str = "answer") -> list[str]:
    """What is not as the shape wants it; empty where all is."""
    if isinstance(shape, Null):
        return [] if value is None else faults(value, shape.shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no array"]
        return [fault for n, item in enumerate(value) for fault in faults(item, shape[0], f"{where}[{n}]")]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        found = [f"{where}.{name} is missing" for name in shape if name[0] != "?" and name not in value]
        for name, inner in shape.items():
            if name.lstrip("?") in value:
                found += faults(value[name.lstrip("?")], inner, f"{where}.{name.lstrip('?')}")
        return found
    right = isinstance(value, shape) if isinstance(shape, type) else shape(value)
    return [] if right else [f"{where} is {value!r}"]
