"""Annif's REST API: its paths, parameters, bounds, shapes and statuses.

ANNIF_OPENAPI=<path of Annif's annif/openapi/annif.yaml> compares every answer with that description too; this needs
Debian's python3-yaml and python3-jsonschema.
"""

from __future__ import annotations

import os
import unittest
from typing import Any

import annif_shapes as shapes
from support import BEES, DeskTest

SUGGEST = "/v1/projects/rec/suggest"
BATCH = "/v1/projects/rec/suggest-batch"
LEARN = "/v1/projects/rec/learn"


class Annif(DeskTest):
    def check_shape(self, response: Any, shape: Any, status: int = 200, words: str = "") -> Any:
        body = self.check(response, status, words)
        self.assertEqual(shapes.faults(body, shape), [])
        check_by_description(response)
        return body

    def test_information(self) -> None:
        client = self.open()
        for path in ("/v1", "/v1/"):
            self.check_shape(client.get(path), shapes.INFO)
        vocabularies = self.check_shape(client.get("/v1/vocabs"), shapes.VOCABULARIES)
        self.assertEqual(vocabularies["vocabs"][0]["size"], 694)

    def test_projects(self) -> None:
        client = self.open()
        listed = self.check_shape(client.get("/v1/projects"), shapes.PROJECTS)
        shown = self.check_shape(client.get("/v1/projects/rec"), shapes.PROJECT)
        self.assertEqual(listed["projects"], [shown])
        self.assertEqual((shown["project_id"], shown["is_trained"]), ("rec", True))
        self.assertEqual(shown["backend"]["backend_id"], "subjrec-titles")
        self.check_shape(client.get("/v1/projects/other"), shapes.PROBLEM, 404, "Project 'other' not found")

    def test_suggest(self) -> None:
        client = self.open()
        found = self.check_shape(client.post(SUGGEST, data={"text": "On the keeping of bees"}), shapes.SUGGESTIONS)
        self.assertEqual(len(found["results"]), 10)
        self.assertIn("Bees", [row["label"] for row in found["results"][:3]])
        scores = [row["score"] for row in found["results"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertTrue(all(0 <= score <= 1 for score in scores))
        self.assertEqual(self.sql("SELECT label FROM subjects WHERE subject_id = ?", found["results"][0]["uri"]),
                         [(found["results"][0]["label"],)])

    def test_limit_threshold_and_language(self) -> None:
        client = self.open()

        def ask(**parameters: Any) -> Any:
            return client.post(SUGGEST, data={"text": "On the keeping of bees", **parameters})
        self.assertEqual(len(self.check_shape(ask(limit=3), shapes.SUGGESTIONS)["results"]), 3)
        self.assertEqual(self.check_shape(ask(limit=0), shapes.SUGGESTIONS)["results"], [])
        high = self.check_shape(ask(threshold=0.3), shapes.SUGGESTIONS)["results"]
        self.assertTrue(high and all(row["score"] >= 0.3 for row in high))
        self.check_shape(ask(language="en", metadata_title="x"), shapes.SUGGESTIONS)
        self.check_shape(ask(language="fi"), shapes.PROBLEM, 400, "language 'fi'")
        for name, value in (("limit", -1), ("limit", "x"), ("limit", "1e3"), ("limit", 2**31), ("threshold", 1.1),
                            ("threshold", -0.1), ("threshold", "nan"), ("threshold", "x")):
            self.check_shape(ask(**{name: value}), shapes.PROBLEM, 400, f"'{name}' must be")
        self.check_shape(client.post(SUGGEST, data={"limit": 3}), shapes.PROBLEM, 400, "'text' is a required property")
        self.check_shape(client.post(SUGGEST, json={"text": "x"}), shapes.PROBLEM, 400, "x-www-form-urlencoded")
        self.check_shape(client.post("/v1/projects/other/suggest", data={"text": "x"}), shapes.PROBLEM, 404)

    def test_suggest_batch(self) -> None:
        client = self.open()
        documents = [{"text": "On the keeping of bees", "document_id": "a"},
                     {"text": "Whales", "metadata": {"title": "x"}}, {"text": ""}]
        found = self.check_shape(client.post(BATCH, params={"limit": 2}, json={"documents": documents}), shapes.BATCH)
        self.assertEqual([row["document_id"] for row in found], ["a", None, None])
        self.assertEqual([len(row["results"]) for row in found], [2, 2, 0])
        alone = client.post(SUGGEST, data={"text": documents[0]["text"], "limit": 2}).json()
        self.assertEqual(found[0]["results"], alone["results"])
        for body, words in (({}, "'documents'"), ([], "'documents'"), ({"documents": [{"document_id": "a"}]}, "0.text"),
                            ({"documents": [{"text": "x"}] * 33}, "has 33 items, and may have 32"),
                            ({"documents": [{"text": "x", "document_id": 7}]}, "document_id' must be a string"),
                            ({"documents": [{"text": "x", "metadata": {"a": 1}}]}, "metadata")):
            self.check_shape(client.post(BATCH, json=body), shapes.PROBLEM, 400, words)
        self.check_shape(client.post(BATCH, content=b"{"), shapes.PROBLEM, 400, "not JSON")
        self.check_shape(client.post(BATCH, params={"limit": "x"}, json={"documents": []}), shapes.PROBLEM, 400)

    def test_learn(self) -> None:
        client = self.open()
        bees, honey = self.subject("Bees"), self.subject("Honey")
        document = {"text": "Zymurgy of the apiary", "subjects": [{"uri": bees, "label": "Bees"}, {"uri": "unknown"}],
                    "metadata": {"source": "x"}}
        answer = client.post(LEARN, json=[document, {"text": "without subjects"}, {"subjects": []}])
        self.check(answer, 204)
        check_by_description(answer)
        ((work, title),) = self.sql("SELECT work_id, title FROM works WHERE title LIKE 'Zymurgy%'")
        self.assertEqual(title, document["text"])
        self.assertEqual(self.carried(work), {"Bees"})
        # At once among the titles, and changed, not repeated, by the same text again.
        found = client.post(SUGGEST, data={"text": "zymurgy", "limit": 1}).json()["results"]
        self.assertEqual([row["label"] for row in found], ["Bees"])
        self.check(client.post(LEARN, json=[{**document, "subjects": [{"uri": honey}]}]), 204)
        self.assertEqual(self.carried(work), {"Honey"})
        self.assertEqual(self.sql("SELECT count(*) FROM works"), [(2001,)])

    def test_learning_nothing(self) -> None:
        client = self.open()
        self.check(client.post(LEARN, json=[]), 204)
        unknown = [{"text": "x", "subjects": [{"uri": "unknown"}]}]
        self.check_shape(client.post(LEARN, json=unknown), shapes.PROBLEM, 400, "none of the documents")
        for body in ({}, [7], [{"text": 7}], [{"text": "x", "subjects": [{"label": "x"}]}],
                     [{"text": "x", "subjects": "Bees"}]):
            self.check_shape(client.post(LEARN, json=body), shapes.PROBLEM, 400)
        self.assertEqual(self.sql("SELECT count(*) FROM works"), [(2000,)])

    def test_what_the_desk_does_not_do(self) -> None:
        answer = self.open().post("/v1/detect-language", json={"text": "x", "languages": ["en"]})
        self.check(answer, 501, "does not detect languages")


class WordsOfTitles(DeskTest):
    def test_a_model_of_words_takes_texts(self) -> None:
        """Trained as sql/features.sql does it, the model itself tells what a title is about."""
        self.sql("CREATE TABLE known AS SELECT work_id, 'title:' || lower(value) AS feature FROM works, "
                 "json_each('[\"' || replace(replace(replace(title, '\"', ''), '\\', ''), ' ', '\",\"') || '\"]') "
                 "WHERE title IS NOT NULL")
        self.sql("SELECT subjrec_train('rec', 'work_subjects', json_object('work_features', "
                 "'SELECT DISTINCT work_id, feature FROM known'))")
        client = self.open()
        backend = client.get("/v1/projects/rec").json()["backend"]["backend_id"]
        self.assertEqual(backend, "subjrec-words")
        found = client.post(SUGGEST, data={"text": "Whaling in Greenland", "limit": 5}).json()["results"]
        self.assertIn("Greenland", [row["label"] for row in found])
        # Words that the model does not know, but a title has: by the titles.
        shown = client.post("/api/text", json={"text": "xyzzy"}).json()
        self.assertEqual((shown["method"], shown["suggestions"]), ("titles", []))


class Texts(DeskTest):
    def test_a_model_of_texts_takes_texts(self) -> None:
        """Where subjrec has subjrec_suggest_text, and the model was trained with work_text, that is what answers."""
        if not self.sql("SELECT 1 FROM pragma_module_list WHERE name = 'subjrec_suggest_text'"):
            self.skipTest("this subjrec has no subjrec_suggest_text")
        self.sql("SELECT subjrec_train('rec', 'work_subjects', json_object('work_text', "
                 "'SELECT work_id, title FROM works WHERE title IS NOT NULL'))")
        client = self.open()
        self.assertEqual(client.get("/v1/projects/rec").json()["backend"]["backend_id"], "subjrec-text")
        found = client.post(SUGGEST, data={"text": "Whaling in Greenland", "limit": 5}).json()["results"]
        direct = self.sql("SELECT subject_id FROM subjrec_suggest_text('rec', 'Whaling in Greenland', 5) ORDER BY rank")
        self.assertEqual([row["uri"] for row in found], [row[0] for row in direct])
        # A work without subjects is asked for by its title; a text of unknown words gets no list at random.
        bare = self.sql("SELECT work_id FROM works WHERE title LIKE 'Whale%' AND work_id NOT IN "
                        "(SELECT work_id FROM work_subjects)")[0][0]
        shown = client.get("/api/work", params={"id": bare}).json()
        self.assertEqual(shown["method"], "text")
        self.assertTrue(any(row["label"].startswith("Whal") for row in shown["suggestions"][:3]))
        unknown = client.post("/api/text", json={"text": "xyzzy"}).json()
        self.assertEqual((unknown["method"], unknown["suggestions"]), ("titles", []))
        causes = client.get("/api/explain", params={"work": BEES, "subject": self.subject("Beehives")}).json()["causes"]
        self.assertIn("the word “swarms”", [cause["label"] for cause in causes])


def check_by_description(response: Any) -> None:
    """Compares with Annif's own description where ANNIF_OPENAPI names it."""
    path = os.environ.get("ANNIF_OPENAPI")
    if not path:
        return
    import jsonschema
    import yaml
    with open(path, encoding="utf-8") as file:
        description = yaml.safe_load(file)
    asked = response.request.url.path.removeprefix("/v1").replace("/rec", "/{project_id}").replace(
        "/other", "/{project_id}") or "/"
    operation = description["paths"][asked][response.request.method.lower()]
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    # Annif answers 400 to a body that is not as described, also where the description does not list it.
    answers.setdefault("400", {"$ref": "#/components/responses/BadRequest"})
    answer = answers[str(response.status_code)]
    if "$ref" in answer:
        answer = description["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    media = response.headers.get("content-type", "application/json")
    schema = answer["content"][media].get("schema")
    if schema:
        jsonschema.validate(response.json(), {**as_json_schema(schema), "components": as_json_schema(
            description["components"])})


def as_json_schema(part: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a type, `exclusiveMaximum: true` a number."""
    if isinstance(part, list):
        return [as_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    changed = {name: as_json_schema(value) for name, value in part.items() if name != "nullable"}
    if part.get("nullable") is True:
        return {"anyOf": [changed, {"type": "null"}]}
    if changed.get("exclusiveMaximum") is True:
        changed["exclusiveMaximum"] = changed.pop("maximum")
    return changed


if __name__ == "__main__":
    unittest.main()
