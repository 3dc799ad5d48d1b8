"""What Annif's API takes, checked: types, defaults and bounds of its OpenAPI description. Raises Problem 400."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Mapping
from urllib.parse import parse_qsl

from .problems import Problem

MOST_DOCUMENTS = 32


@dataclass(frozen=True)
class Filter:
    limit: int = 10
    threshold: float = 0.0
    language: str | None = None


@dataclass(frozen=True)
class IndexedDocument:
    text: str
    subjects: list[str]  # uris


def bad(detail: str) -> Problem:
    return Problem(400, "Bad Request", detail)


def suggest(body: bytes, content_type: str) -> tuple[str, Filter]:
    """The form of /suggest: text, limit, threshold, language; metadata_... are allowed, and not looked at."""
    if content_type.partition(";")[0].strip().lower() not in ("application/x-www-form-urlencoded", ""):
        raise bad(f"the body must be application/x-www-form-urlencoded, got {content_type[:60]}")
    try:
        form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=1000))
    except ValueError as error:
        raise bad(f"the body is not a form: {error}") from error
    if "text" not in form:
        raise bad("'text' is a required property")
    return form["text"], filters(form)


def suggest_batch(body: bytes, query: Mapping[str, str]) -> tuple[list[tuple[str, str | None]], Filter]:
    """Texts and document ids of `{"documents": [{"text", "document_id", "metadata"}]}`, and the query's filters."""
    parsed = _json(body)
    documents = parsed.get("documents") if isinstance(parsed, dict) else None
    if not isinstance(documents, list):
        raise bad("'documents' is a required property, an array")
    if len(documents) > MOST_DOCUMENTS:
        raise bad(f"'documents' has {len(documents)} items, and may have {MOST_DOCUMENTS}")
    found = []
    for n, document in enumerate(documents):
        if not isinstance(document, dict) or not isinstance(document.get("text"), str):
            raise bad(f"'documents.{n}.text' is a required property, a string")
        _check_metadata(document, f"documents.{n}")
        document_id = document.get("document_id")
        if document_id is not None and not isinstance(document_id, str):
            raise bad(f"'documents.{n}.document_id' must be a string")
        found.append((document["text"], document_id))
    return found, filters(query)


def learn(body: bytes) -> list[IndexedDocument]:
    """The array of /learn: `{"text", "subjects": [{"uri", "label"}], "metadata"}`; without text or subjects: none."""
    parsed = _json(body)
    if not isinstance(parsed, list):
        raise bad("the body must be an array of documents")
    found = []
    for n, document in enumerate(parsed):
        if not isinstance(document, dict):
            raise bad(f"'{n}' must be an object")
        _check_metadata(document, str(n))
        text, subjects = document.get("text", ""), document.get("subjects", [])
        if not isinstance(text, str):
            raise bad(f"'{n}.text' must be a string")
        if not isinstance(subjects, list) or not all(
                isinstance(subject, dict) and isinstance(subject.get("uri"), str) for subject in subjects):
            raise bad(f"'{n}.subjects' must be an array of objects with a 'uri'")
        if text.strip() and subjects:
            found.append(IndexedDocument(text, [subject["uri"] for subject in subjects]))
    return found


def filters(given: Mapping[str, str]) -> Filter:
    limit, threshold = given.get("limit", "10"), given.get("threshold", "0")
    if not limit.isascii() or not limit.isdigit() or int(limit[:12]) >= 2**31:
        raise bad(f"'limit' must be a whole number of at least 0, got '{limit[:40]}'")
    try:
        share = float(threshold)
    except ValueError:
        share = math.nan
    if not 0.0 <= share <= 1.0:
        raise bad(f"'threshold' must be a number from 0 to 1, got '{threshold[:40]}'")
    return Filter(int(limit), share, given.get("language") or None)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise bad(f"the body is not JSON: {error}") from error


def _check_metadata(document: dict[str, Any], where: str) -> None:
    metadata = document.get("metadata", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise bad(f"'{where}.metadata' must be an object of strings")
