"""Suggested subjects: for a work of the catalogue, and for a text.

A work is asked for in the first of these ways that it allows:

    row      the model knows the work, with the very subjects that it carries now: subjrec_topk
    bag      its subjects have changed since, or it is new: folded in from the subjects it has, subjrec_suggest
    a text   it has no subject that the model knows: by its title, in the way that the model takes a text (below)

    text     the model was trained with texts: subjrec_suggest_text
    words    it was trained with the words of titles as features (sql/features.sql): subjrec_suggest
    titles   neither: subjects of the works with the nearest titles, weighted by how near they are (bm25)
"""

from __future__ import annotations

import json
import sqlite3
import struct
from dataclasses import dataclass, field
from typing import Any, Iterable

from . import catalogue, decisions
from .database import quoted
from .ids import Id, to_key
from .model import BY_TEXT, BY_TITLES, BY_WORDS, Model, bag
from .titles import PLAIN, TitleIndex, words

BY_ROW, BY_BAG = "row", "bag"
NEAREST_TITLES = 25

NOTES = {
    BY_ROW: "",
    BY_BAG: "",
    BY_TEXT: "From the words of the title: the model knows no subject of this work.",
    BY_WORDS: "From the words of the title: the model knows no subject of this work.",
    BY_TITLES: "From the works with the most similar titles: this model knows no subject of this work, and takes no "
               "text, or knows none of its words. The percentages are shares of those works, not probabilities of the "
               "model.",
}

TEXT_NOTES = {
    BY_TITLES: "From the works with the most similar titles: this model takes no text, or knows none of its words. "
               "The percentages are shares of those works, not probabilities of the model.",
}


@dataclass
class Suggestions:
    method: str
    found: list[tuple[Id, float]]  # subject and probability, best first
    # Of the method `titles`: works that carry the subject.
    because: dict[Id, list[Id]] = field(default_factory=dict)

    def described(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """`{"key", "label", "type", "probability"}` of each, and the titles that speak for it."""
        rows = catalogue.subjects(db, [subject for subject, _ in self.found])
        for row, (subject, probability) in zip(rows, self.found):
            row["probability"] = round(probability, 4)
            if subject in self.because:
                row["because"] = catalogue.titles(db, self.because[subject][:3])
        return rows


def for_work(db: sqlite3.Connection, index: TitleIndex, model: Model, work: dict[str, Any],
             limit: int) -> Suggestions:
    """Of subjects that the work neither carries nor has had decided on."""
    identifier = work["id"]
    carried = catalogue.carried(db, identifier)
    excluded = set(carried) | {row["subject"] for row in decisions.of_work(db, identifier)}
    stored = bag(db, model, identifier)
    wanted = limit + len(excluded)
    if stored and stored[0] and is_current(db, model, identifier, stored[0]):
        found = db.execute("SELECT subject_id, probability FROM subjrec_topk(?, ?, ?, 'new') ORDER BY rank",
                           (model.name, identifier, wanted)).fetchall()
        return Suggestions(BY_ROW, _without(found, excluded, limit))
    known = known_subjects(db, model, carried)
    if known:
        found = _fold_in(db, model, known, _features(db, model, stored[1] if stored else None), wanted)
        return Suggestions(BY_BAG, _without(found, excluded, limit))
    return for_text(db, index, model, work["title"] or "", limit, excluded, identifier)


def for_text(db: sqlite3.Connection, index: TitleIndex, model: Model, text: str, limit: int,
             excluded: Iterable[Id] = (), itself: Id | None = None) -> Suggestions:
    """`itself`: a work whose own title the text is, and which is not its own neighbour."""
    left_out = set(excluded)
    wanted = limit + len(left_out)
    if not text.strip() or limit < 1:
        return Suggestions(model.text_method, [])
    if model.text_method == BY_TEXT and _may_know(db, model, text):
        found = db.execute("SELECT subject_id, probability FROM subjrec_suggest_text(?, ?, ?) ORDER BY rank",
                           (model.name, text, wanted)).fetchall()
        return Suggestions(BY_TEXT, _without(found, left_out, limit))
    if model.text_method == BY_WORDS:
        features = _known_words(db, model, "title:", text)
        if features:
            return Suggestions(BY_WORDS, _without(_fold_in(db, model, [], features, wanted), left_out, limit))
    return by_titles(db, index, text, limit, left_out, itself)


def by_titles(db: sqlite3.Connection, index: TitleIndex, text: str, limit: int, excluded: set[Id],
              itself: Id | None) -> Suggestions:
    """Nearest neighbours: a subject's share of the nearest titles, each weighted by its bm25."""
    weight: dict[Id, float] = {}
    because: dict[Id, list[Id]] = {}
    total = 0.0
    nearest = [(work, near) for work, near in index.nearest(text, NEAREST_TITLES) if work != itself]
    carried = catalogue.carried_by(db, [work for work, _ in nearest])
    for work, near in nearest:
        total += near if work in carried else 0.0
        for subject in carried.get(work, ()):
            weight[subject] = weight.get(subject, 0.0) + near
            because.setdefault(subject, []).append(work)
    best = sorted(weight.items(), key=lambda item: (-item[1], to_key(item[0])))
    found = [(subject, share / total) for subject, share in best if total > 0]
    return Suggestions(BY_TITLES, _without(found, excluded, limit), because)


def is_current(db: sqlite3.Connection, model: Model, work: Id, stored: bytes | None) -> bool:
    """Whether the subjects that the model has of a work, as positions, are those that it carries now. None: it has no
    such work, which is right for one without a subject that the model knows."""
    positions = [row[0] for row in db.execute(
        f"SELECT s.n FROM work_subjects JOIN {quoted(model.name + '_subjects')} s USING (subject_id) "
        "WHERE work_id = ? ORDER BY s.n", (work,))]
    return struct.pack(f"<{len(positions)}I", *positions) == (stored or b"")


def known_subjects(db: sqlite3.Connection, model: Model, subjects: Iterable[Id]) -> list[Id]:
    table = quoted(model.name + "_subjects")
    return [subject for subject in subjects if not isinstance(subject, bytes)
            and db.execute(f"SELECT 1 FROM {table} WHERE subject_id = ?", (subject,)).fetchone()]


def _fold_in(db: sqlite3.Connection, model: Model, subjects: list[Id], features: list[Id],
             limit: int) -> list[tuple[Id, float]]:
    arguments: tuple[Any, ...] = (model.name, json.dumps(subjects), limit)
    marks = "?, ?, ?"
    if features:
        arguments, marks = (*arguments, json.dumps(features)), "?, ?, ?, ?"
    return db.execute(f"SELECT subject_id, probability FROM subjrec_suggest({marks}) ORDER BY rank",
                      arguments).fetchall()


def _features(db: sqlite3.Connection, model: Model, positions: bytes | None) -> list[Id]:
    """Ids of a work's features, of the positions that the model has of them."""
    if not positions:
        return []
    table = quoted(model.name + "_features")
    rows = (db.execute(f"SELECT feature_id FROM {table} WHERE n = ?", position).fetchone()
            for position in struct.iter_unpack("<I", positions))
    return [row[0] for row in rows if row and not isinstance(row[0], bytes)]


def _may_know(db: sqlite3.Connection, model: Model, text: str) -> bool:
    """Whether a model of texts knows a word of this one; without any it would list what suits a work that nothing is
    known of. Of other tokenizers than the usual one we cannot say, and let the model try."""
    return model.options.get("tokenizer", PLAIN) != PLAIN or bool(_known_words(db, model, "text:", text))


def _known_words(db: sqlite3.Connection, model: Model, kind: str, text: str) -> list[Id]:
    """The words of a text that are features of the model, as their ids: `kind` and the word."""
    table = quoted(model.name + "_features")
    return [feature for feature in (kind + word for word in words(text))
            if db.execute(f"SELECT 1 FROM {table} WHERE feature_id = ?", (feature,)).fetchone()]


def _without(found: Iterable[tuple[Id, float]], excluded: set[Id], limit: int) -> list[tuple[Id, float]]:
    return [(subject, probability) for subject, probability in found if subject not in excluded][:limit]
