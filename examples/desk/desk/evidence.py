"""Why: what speaks for a suggestion (subjrec_explain), the nearest works and what they carry (subjrec_similar), and
which of a work's own subjects look out of place (subjrec_outliers)."""

from __future__ import annotations

import sqlite3
from typing import Any

from . import catalogue
from .database import table_exists
from .ids import Id, to_key
from .model import Model, bag
from .suggestions import NEAREST_TITLES, is_current
from .titles import TitleIndex


def explain(db: sqlite3.Connection, index: TitleIndex, model: Model, work: dict[str, Any],
            subject: Id) -> dict[str, Any]:
    """`{"causes": [{"cause", "label", "contribution", "works_with_both"}], "titles": [...], "note"}`.

    Causes add up to the score. Where the model does not know the work, there are titles instead: works with a
    title like this one's that carry the subject."""
    stored = bag(db, model, work["id"])
    if stored is None:
        near = [found for found, _ in index.nearest(work["title"] or "", NEAREST_TITLES)
                if found != work["id"] and subject in catalogue.carried(db, found)]
        return {"causes": [], "titles": catalogue.titles(db, near[:8]), "note": ""}
    rows = db.execute("SELECT cause, id, contribution, works_with_both FROM subjrec_explain(?, ?, ?)",
                      (model.name, work["id"], subject)).fetchall()
    causes = [{"cause": cause, "label": _cause_label(db, cause, identifier), "contribution": round(contribution, 3),
               "works_with_both": both} for cause, identifier, contribution, both in rows]
    note = "" if is_current(db, model, work["id"], stored[0]) else \
        "As of the model's last update; decisions since then are not in it yet."
    return {"causes": causes, "titles": [], "note": note}


def _cause_label(db: sqlite3.Connection, cause: str, identifier: Id | None) -> str:
    if identifier is None:
        return ""
    if cause == "subject":
        return str(catalogue.subjects(db, [identifier])[0]["label"])
    if cause == "feature" and table_exists(db, "features"):
        row = db.execute("SELECT kind, label FROM features WHERE feature_id = ?", (identifier,)).fetchone()
        if row and row[1]:
            return f"{row[0]}: {row[1]}"
    if isinstance(identifier, str) and identifier.startswith(("text:", "title:")):
        return f"the word “{identifier.partition(':')[2]}”"
    return to_key(identifier)


def nearest_works(db: sqlite3.Connection, index: TitleIndex, model: Model, work: dict[str, Any],
                  limit: int) -> list[dict[str, Any]]:
    """`{"key", "title", "similarity", "subjects"}`: by embeddings, else (similarity null) by titles."""
    if bag(db, model, work["id"]) is not None:
        found = db.execute("SELECT id, similarity FROM subjrec_similar(?, 'work', ?, ?) ORDER BY rank",
                           (model.name, work["id"], limit)).fetchall()
        return described(db, found)
    return nearest_to_text(db, index, work["title"] or "", limit, work["id"])


def nearest_to_text(db: sqlite3.Connection, index: TitleIndex, text: str, limit: int,
                    itself: Id | None = None) -> list[dict[str, Any]]:
    found = [near for near, _ in index.nearest(text, limit + 1) if near != itself]
    return described(db, [(near, None) for near in found[:limit]])


def described(db: sqlite3.Connection, found: list[tuple[Id, float | None]]) -> list[dict[str, Any]]:
    rows = []
    for identifier, similarity in found:
        for row in catalogue.titles(db, [identifier]):
            row["similarity"] = None if similarity is None else round(similarity, 3)
            row["subjects"] = catalogue.subjects(db, catalogue.carried(db, identifier))
            rows.append(row)
    return rows


def outliers(db: sqlite3.Connection, model: Model, work: Id) -> list[dict[str, Any]]:
    """`{"key", "probability", "rank"}` of each subject that the work carries: by the others, as if it had not been
    given. Empty where the model cannot say, as for a work that has changed since its last update."""
    stored = bag(db, model, work)
    if not stored or not is_current(db, model, work, stored[0]):
        return []
    return [{"key": to_key(subject), "probability": round(probability, 5), "rank": rank}
            for subject, probability, rank in db.execute(
                "SELECT subject_id, probability, subject_rank FROM subjrec_outliers(?, ?, ?) ORDER BY rank",
                (model.name, len(stored[0]) // 4, work))]
