"""Decisions: what they change, undo, two people on one pair, the queue, the update behind."""

from __future__ import annotations

import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from support import BEES, DeskTest


class Decisions(DeskTest):
    def test_accepted_goes_into_the_catalogue_and_undo_takes_it_out(self) -> None:
        client = self.open()
        stored = self.check(self.decide(client, "Beehives", "accepted"), 200)
        self.assertFalse(stored["already"])
        self.assertIn("Beehives", self.carried())
        self.assertEqual(self.sql("SELECT work_id, subject_id, verdict, at FROM decisions"),
                         [(BEES, self.subject("Beehives"), "accepted", stored["at"])])
        self.check(self.undo(client, "Beehives", stored), 200)
        self.assertNotIn("Beehives", self.carried())
        self.assertEqual(self.sql("SELECT * FROM decisions"), [])

    def test_rejected_leaves_the_catalogue_and_the_list(self) -> None:
        client, before = self.open(), self.carried()
        self.check(self.decide(client, "Beehives", "rejected"), 200)
        self.assertEqual(self.carried(), before)
        shown = client.get("/api/work", params={"id": BEES}).json()
        self.assertNotIn("Beehives", [row["label"] for row in shown["suggestions"]])
        self.assertEqual([(row["label"], row["verdict"]) for row in shown["decisions"]], [("Beehives", "rejected")])

    def test_removed_leaves_the_catalogue_and_undo_brings_it_back(self) -> None:
        client = self.open()
        stored = self.check(self.decide(client, "Honey", "removed"), 200)
        self.assertNotIn("Honey", self.carried())
        self.check(self.undo(client, "Honey", stored), 200)
        self.assertIn("Honey", self.carried())

    def test_kept_changes_nothing(self) -> None:
        client, before = self.open(), self.carried()
        stored = self.check(self.decide(client, "Honey", "kept"), 200)
        self.assertEqual(self.carried(), before)
        self.check(self.undo(client, "Honey", stored), 200)
        self.assertEqual(self.carried(), before)

    def test_the_same_again_changes_nothing(self) -> None:
        client = self.open()
        first = self.check(self.decide(client, "Beehives", "accepted"), 200)
        again = self.check(self.decide(client, "Beehives", "accepted"), 200)
        self.assertEqual((again["already"], again["at"]), (True, first["at"]))

    def test_the_other_verdict_is_a_conflict_that_tells_what_stands(self) -> None:
        client = self.open()
        first = self.check(self.decide(client, "Beehives", "accepted"), 200)
        refused = self.check(self.decide(client, "Beehives", "rejected"), 409, "accepted at " + first["at"])
        self.assertEqual((refused["verdict"], refused["at"]), ("accepted", first["at"]))
        self.assertIn("Beehives", self.carried())

    def test_what_another_program_did_meanwhile_is_a_conflict(self) -> None:
        client = self.open()
        self.sql("INSERT INTO work_subjects VALUES (?, ?)", BEES, self.subject("Beehives"))
        self.check(self.decide(client, "Beehives", "accepted"), 409, "carries this subject already")
        self.sql("DELETE FROM work_subjects WHERE work_id = ? AND subject_id = ?", BEES, self.subject("Honey"))
        self.check(self.decide(client, "Honey", "removed"), 409, "does not carry this subject any more")

    def test_undo_of_what_was_undone_or_decided_anew_is_a_conflict(self) -> None:
        client = self.open()
        first = self.check(self.decide(client, "Beehives", "accepted"), 200)
        self.check(self.undo(client, "Beehives", first), 200)
        self.check(self.undo(client, "Beehives", first), 409, "undone already")
        time.sleep(0.002)
        self.check(self.decide(client, "Beehives", "rejected"), 200)
        self.check(self.undo(client, "Beehives", first), 409, "decided anew: rejected")

    def test_two_people_on_one_pair_get_one_decision(self) -> None:
        one, two = self.open(), self.open()  # two processes would do no other: two pools, one file
        for label in ("Beehives", "Beekeepers", "Swarming", "Beeswax"):
            with ThreadPoolExecutor(2) as both:
                answers = list(both.map(lambda side, label=label: self.decide(*side), (  # type: ignore[misc]
                    (one, label, "accepted"), (two, label, "rejected"))))
            self.assertEqual(sorted(answer.status_code for answer in answers), [200, 409])
            (row,) = self.sql("SELECT verdict FROM decisions WHERE subject_id = ?", self.subject(label))
            winner = next(answer.json()["verdict"] for answer in answers if answer.status_code == 200)
            self.assertEqual(row[0], winner)
            self.assertEqual(label in self.carried(), winner == "accepted")

    def test_what_is_no_verdict_or_no_id_is_said(self) -> None:
        client = self.open()
        self.check(self.decide(client, "Beehives", "perhaps"), 400, "must be one of accepted, rejected, kept, removed")
        self.check(client.post("/api/decide", json={"work": "nosuch", "subject": "x", "verdict": "accepted"}), 404,
                   "No work of this catalogue has the id 'nosuch'")
        self.check(client.post("/api/decide", json={"work": BEES, "subject": "Beehives", "verdict": "accepted"}), 404,
                   f"One has that label: '{self.subject('Beehives')}'")
        for body in (b"", b"[]", b"{", b'{"work": 7, "subject": "x", "verdict": "accepted"}'):
            self.check(client.post("/api/decide", content=body), 400)

    def test_a_table_of_somebody_elses_stays(self) -> None:
        self.sql("CREATE TABLE decisions(minutes, of_the_board)")
        self.check(self.decide(self.open(), "Beehives", "accepted"), 409, "Rename it")
        self.assertNotIn("Beehives", self.carried())

    def test_ids_that_are_numbers_come_back_as_numbers(self) -> None:
        self.sql("ALTER TABLE works RENAME TO old_works")
        self.sql("CREATE TABLE works(work_id, title)")
        self.sql("INSERT INTO works VALUES (7, 'Seven bees'), ('7', 'Text seven'), (x'00ff', 'Blob')")
        client = self.open()
        for key, stored in (("int:7", 7), ("text:7", "7"), ("blob:00ff", b"\x00\xff")):
            self.check(self.decide(client, "Beehives", "rejected", key), 200)
            self.assertIn((stored,), self.sql("SELECT work_id FROM decisions"))

    def undo(self, client: Any, label: str, stored: dict[str, Any]) -> Any:
        return client.post("/api/undo", json={"work": BEES, "subject": self.subject(label),
                                              "verdict": stored["verdict"], "at": stored["at"]})


class Behind(DeskTest):
    def test_the_model_is_updated_behind(self) -> None:
        client = self.open()
        fresh = self.sql("SELECT work_id FROM works WHERE work_id NOT IN (SELECT work_id FROM work_subjects) "
                         "ORDER BY 1")[0][0]
        self.check(self.decide(client, "Bees", "accepted", fresh), 200)
        self.wait(lambda: self.sql("SELECT 1 FROM rec_works WHERE work_id = ?", fresh))
        shown = client.get("/api/work", params={"id": fresh}).json()
        self.assertEqual(shown["method"], "row")

    def test_before_the_update_the_new_subjects_count_already(self) -> None:
        client = self.open(update_delay=60)
        before = client.get("/api/work", params={"id": BEES}).json()
        self.check(self.decide(client, "Beehives", "accepted"), 200)
        after = client.get("/api/work", params={"id": BEES}).json()
        self.assertEqual((before["method"], after["method"]), ("row", "bag"))
        self.assertIn("Beehives", [row["label"] for row in after["carried"]])
        probability = {row["label"]: row["probability"] for row in after["suggestions"]}
        self.assertGreater(probability["Swarming"], next(
            row["probability"] for row in before["suggestions"] if row["label"] == "Swarming"))

    def test_an_update_that_is_impossible_is_said(self) -> None:
        self.sql("SELECT subjrec_train('rec', 'work_subjects', json_object('algorithm', 'composed', 'epochs', 1, "
                 "'work_vectors', 'SELECT work_id, ''[1, 2]'' FROM works'))")
        client = self.open()
        self.check(self.decide(client, "Beehives", "accepted"), 200)
        self.wait(lambda: client.get("/api/state").json()["update"]["error"])

    def test_what_the_last_run_left_is_brought_to_the_model(self) -> None:
        decided, client = self.subject("Beehives"), self.open(update_delay=60)
        self.check(self.decide(client, "Beehives", "accepted"), 200)
        self.leave(client)
        self.assertEqual(self.sql("SELECT tagged FROM rec WHERE work_id = ? AND subject_id = ?", BEES, decided), [(0,)])
        client = self.open()
        tagged = "SELECT tagged FROM rec WHERE work_id = ? AND subject_id = ?"
        self.wait(lambda: self.sql(tagged, BEES, decided) == [(1,)])
        self.assertEqual(client.get("/api/state").json()["update"]["updates"], 1)

    def wait(self, condition: Any, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, "it did not happen in time")
            time.sleep(0.05)


class Queue(DeskTest):
    def next(self, client: Any, queue: str = "least", left: str | None = None, who: str = "one") -> Any:
        answer = client.post("/api/next", json={"queue": queue, "left": left}, headers={"X-Desk": who})
        return self.check(answer, 200)["work"]

    def test_the_least_complete_comes_first_and_to_one_person(self) -> None:
        client = self.open()
        first = self.next(client)
        self.assertEqual(self.carried(first), set())
        self.assertEqual(self.next(client), first)  # a reload
        second = self.next(client, who="two")
        self.assertNotEqual(second, first)
        self.assertNotIn(self.next(client, left=first), (first, second))
        self.assertNotEqual(self.next(client, who="two", left=second), first)

    def test_outliers_come_in_the_models_order_until_decided(self) -> None:
        client = self.open()
        ((work, subject),) = self.sql("SELECT work_id, subject_id FROM subjrec_outliers('rec', 1)")
        self.assertEqual(self.next(client, "outliers"), work)
        shown = self.check(client.get("/api/outliers", params={"id": work}), 200)
        odd = shown["outliers"][0]
        self.assertEqual(odd["key"], subject)
        self.assertGreater(odd["rank"], 100)
        self.check(client.post("/api/decide", json={"work": work, "subject": subject, "verdict": "removed"}), 200)
        self.assertNotEqual(self.next(self.open(), "outliers", who="two"), work)

    def test_an_empty_queue_and_an_unknown_one(self) -> None:
        self.sql("DELETE FROM works WHERE work_id <> ?", BEES)
        client = self.open()
        self.assertEqual(self.next(client), BEES)
        self.assertIsNone(self.next(client, left=BEES))
        self.check(client.post("/api/next", json={"queue": "best"}), 400, "queue must be one of least, outliers")


if __name__ == "__main__":
    unittest.main()
