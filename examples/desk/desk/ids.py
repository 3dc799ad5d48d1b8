"""Ids as text: a work's or subject's id, INTEGER, TEXT or BLOB, in a URL or in JSON, and back without loss.

A text stands for itself. Others, and the rare text that looks like one of them, carry their type before
a colon: int:7, blob:00ff, text:int:7.
"""

from __future__ import annotations

from typing import Union

Id = Union[int, float, str, bytes]

PREFIXES = ("int:", "real:", "blob:", "text:")


def to_key(identifier: Id) -> str:
    if isinstance(identifier, bytes):
        return "blob:" + identifier.hex()
    if isinstance(identifier, int):
        return f"int:{identifier}"
    if isinstance(identifier, float):
        return f"real:{identifier!r}"
    return "text:" + identifier if identifier.startswith(PREFIXES) else identifier


def from_key(key: str) -> Id:
    """The id that `key` stands for; what follows a type but is not of it makes the whole a text."""
    kind, colon, rest = key.partition(":")
    try:
        if colon and kind == "int":
            number = int(rest)
            return number if -(2**63) <= number < 2**63 else key
        if colon and kind == "real":
            return float(rest)
        if colon and kind == "blob":
            return bytes.fromhex(rest)
    except ValueError:
        return key
    return rest if colon and kind == "text" else key


def candidates(key: str) -> list[Id]:
    """The ids that somebody who typed `key` may have meant: a bare number may be an INTEGER."""
    meant = from_key(key)
    if isinstance(meant, str) and meant.lstrip("-").isdecimal() and len(meant) < 20:
        number = int(meant)
        if -(2**63) <= number < 2**63:
            return [meant, number]
    return [meant]
