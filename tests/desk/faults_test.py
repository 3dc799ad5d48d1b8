"""What goes wrong: a locked, read-only, empty or damaged database, no model, one in training, long texts."""

from __future__ import annotations

import sqlite3
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from support import BEES, FOLDER, MODULE, DeskTest, connect
from desk.app import make_app
from desk.settings import Settings


class Faults(DeskTest):
    def test_unknown_work(self) -> None:
        self.check(self.open().get("/api/work", params={"id": "nosuch"}), 404, "has the id 'nosuch'")
        self.check(self.open().get("/api/work"), 400, "'id' is missing")
        self.check(self.open().get("/nowhere"), 404, "nothing at /nowhere")
        self.check(self.open().put("/api/work"), 405, "does not take PUT")

    def test_locked(self) -> None:
        client = self.open(busy_seconds=0.2)
        with closing(connect(self.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = self.check(self.decide(client, "Beehives", "accepted"), 503, "Nothing was changed; try again")
            self.assertTrue(refused["retry"])
            self.check(client.get("/api/work", params={"id": BEES}), 200)  # readers go on
            other.execute("ROLLBACK")
        self.assertNotIn("Beehives", self.carried())
        self.check(self.decide(client, "Beehives", "accepted"), 200)

    def test_locked_at_the_start(self) -> None:
        """With a rollback journal, as it was imported, a lock keeps even readers out."""
        with closing(connect(self.path)) as other:
            other.execute("BEGIN EXCLUSIVE")
            client = self.open(busy_seconds=0.2)
            self.check(client.get("/api/work", params={"id": BEES}), 503, "locked")
            other.execute("ROLLBACK")
        self.check(client.get("/api/work", params={"id": BEES}), 200)
        self.check(self.decide(client, "Beehives", "accepted"), 200)

    def test_read_only(self) -> None:
        client = self.open(read_only=True)
        self.assertFalse(client.get("/api/state").json()["writable"])
        self.assertTrue(self.check(client.get("/api/work", params={"id": BEES}), 200)["suggestions"])
        self.assertTrue(self.check(client.get("/api/search", params={"q": "bees"}), 200)["works"])
        self.check(self.decide(client, "Beehives", "accepted"), 403, "cannot be written")
        learnt = [{"text": "Bees", "subjects": [{"uri": self.subject("Bees")}]}]
        self.check(client.post("/v1/projects/rec/learn", json=learnt), 403)
        self.assertEqual(self.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'decisions'"), [(0,)])

    def test_a_file_that_cannot_be_written(self) -> None:
        self.path.chmod(0o444)
        client = self.open()
        if client.get("/api/state").json()["writable"]:
            self.skipTest("root writes what is read-only")
        self.check(self.decide(client, "Beehives", "accepted"), 403, "cannot be written")

    def test_no_model(self) -> None:
        self.sql("DROP TABLE rec")
        client = self.open()
        state = client.get("/api/state").json()
        self.assertIsNone(state["model"])
        shown = self.check(client.get("/api/work", params={"id": BEES}), 200)
        self.assertIn("SELECT subjrec_train('rec', 'work_subjects')", shown["note"])
        self.assertEqual(len(shown["carried"]), 6)
        self.check(client.post("/api/text", json={"text": "bees"}), 503, "no trained model 'rec'")
        self.check(client.post("/v1/projects/rec/suggest", data={"text": "bees"}), 503, "no trained model 'rec'")
        self.assertFalse(client.get("/v1/projects/rec").json()["is_trained"])
        self.check(self.decide(client, "Honey", "removed"), 200)
        self.check(client.post("/api/next", json={"queue": "outliers"}), 200)

    def test_a_model_that_is_declared_only(self) -> None:
        self.sql("DROP TABLE rec")
        self.sql("CREATE VIRTUAL TABLE rec USING subjrec(source='work_subjects')")
        client = self.open()
        self.check(client.get("/api/work", params={"id": BEES}), 200)
        self.check(client.post("/api/text", json={"text": "bees"}), 503, "no trained model")

    def test_while_a_model_is_trained(self) -> None:
        """Lists are there all the time, of the old model or the new one; decisions are stored or clearly refused."""
        client = self.open()

        def train() -> None:
            with closing(connect(self.path, 30)) as db:
                statement = "SELECT subjrec_train('rec', 'work_subjects', json_object('seed', ?))"
                for seed in range(4):
                    db.execute(statement, (seed,)).fetchone()

        threads = ThreadPoolExecutor(1)
        self.addCleanup(threads.shutdown)
        trainer = threads.submit(train)
        stored, asked = 0, 0
        subjects = [row[0] for row in self.sql("SELECT subject_id FROM subjects WHERE label < 'C' ORDER BY 1")]
        while not trainer.done():
            shown = self.check(client.get("/api/work", params={"id": BEES}), 200)
            self.assertTrue(shown["suggestions"])
            answer = client.post("/api/decide", json={"work": BEES, "subject": subjects[asked % len(subjects)],
                                                      "verdict": "rejected"})
            self.assertIn(answer.status_code, (200, 409, 503), answer.text)
            stored += answer.status_code == 200 and not answer.json()["already"]
            asked += 1
        trainer.result()
        self.assertGreater(stored, 0)
        self.assertEqual(self.sql("SELECT count(*) FROM decisions"), [(stored,)])

    def test_ten_megabytes_of_text(self) -> None:
        client, text = self.open(), "bees and honey " * 700_000
        self.check(client.post("/api/text", json={"text": text}), 413, "2,097,152 bytes")
        self.check(client.post("/v1/projects/rec/suggest", data={"text": text}), 413, "abstract")
        start = time.monotonic()
        self.check(client.post("/v1/projects/rec/suggest", data={"text": text[:2_000_000]}), 200)
        self.check(client.get("/api/search", params={"q": text[:60_000]}), 200)
        self.assertLess(time.monotonic() - start, 3)

    def test_odd_texts(self) -> None:
        client = self.open()
        for text in ("", " ", "\0", '"', "NEAR(", "a* OR b", "title:bees", "\u200b", "😀", "-", "é" * 1000, "'; --"):
            self.check(client.get("/api/search", params={"q": text}), 200)
            self.check(client.get("/api/subjects", params={"q": text}), 200)
            self.check(client.post("/api/text", json={"text": text}), 200)
            self.check(client.post("/v1/projects/rec/suggest", data={"text": text}), 200)

    def test_no_catalogue_and_no_database(self) -> None:
        empty = FOLDER / "empty.db"
        empty.unlink(missing_ok=True)
        with closing(sqlite3.connect(empty)) as db:
            db.execute("CREATE TABLE t(x)")
        self.path = empty
        client = self.open()
        self.check(client.get("/api/work", params={"id": BEES}), 503, "no table works")
        self.check(client.get("/v1/projects"), 503, "no table works")
        damaged = FOLDER / "damaged.db"
        damaged.write_bytes(b"this is no database, and never was one" * 100)
        with self.assertRaises(sqlite3.DatabaseError):
            make_app(Settings(database=damaged, extension=MODULE))


if __name__ == "__main__":
    unittest.main()
