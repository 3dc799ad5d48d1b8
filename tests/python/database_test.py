"""The package: what its methods give beside what SQL gives."""
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import warnings
from pathlib import Path

import subjrec
from support import BEES, CATALOGUE, copy, trained


class Asking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.db = subjrec.connect(trained())

    @classmethod
    def tearDownClass(cls):
        cls.db.close()

    def same(self, rows, sql, *parameters):
        """The rows are SQL's."""
        self.assertEqual([tuple(row) for row in rows], self.db.connection.execute(sql, parameters).fetchall())
        self.assertTrue(rows)

    def test_topk(self):
        rows = self.db.topk("rec", BEES, 3, "new")
        self.assertEqual(rows.columns, ("rank", "subject_id", "score", "probability", "tagged", "label"))
        self.assertEqual(rows.column("label"), ["Beehives", "Beekeepers", "Swarming"])
        self.same(rows, "SELECT t.*, label FROM subjrec_topk('rec', ?, 3, 'new') t JOIN subjects USING (subject_id) "
                  "ORDER BY rank", BEES)
        self.assertEqual(len(self.db.topk("rec", BEES)), 10)

    def test_suggest(self):
        ids = self.db.query("SELECT subject_id FROM subjects WHERE label IN ('Comets', 'England')").column("subject_id")
        self.assertEqual(self.db.suggest("rec", ids, 2).column("label"), ["Meteors", "Astrology"])

    def test_similar(self):
        rows = self.db.similar("rec", "work", BEES, 2)
        self.assertEqual(rows[0].title, "Report of the committee on swarms at Edinburgh")
        honey = self.db.query("SELECT subject_id FROM subjects WHERE label = 'Honey'")[0].subject_id
        self.assertEqual(self.db.similar("rec", "subject", honey, 1)[0].label, "Beeswax")

    def test_explain_and_outliers(self):
        beehives = self.db.topk("rec", BEES, 1, "new")[0].subject_id
        rows = self.db.explain("rec", BEES, beehives)
        self.assertEqual((rows[0].label, rows[-1].cause, rows[-1].label), ("Bee culture", "bias", None))
        outliers = "SELECT o.*, label FROM subjrec_outliers('rec', 3{}) o JOIN subjects USING (subject_id) ORDER BY rank"
        self.same(self.db.outliers("rec", 3), outliers.format(""))
        self.same(self.db.outliers("rec", 3, BEES), outliers.format(", ?"), BEES)

    def test_a_schema_may_be_named(self):
        self.assertEqual(self.db.topk("main.rec", BEES, 3, "new"), self.db.topk("rec", BEES, 3, "new"))

    def test_errors_are_those_of_sqlite(self):
        with self.assertRaisesRegex(sqlite3.Error, 'subjrec_topk: model "rec" knows no work .nosuch.'):
            self.db.topk("rec", "nosuch")
        with self.assertRaisesRegex(sqlite3.Error, 'there is no model "wreck"'):
            self.db.similar("wreck", "work", BEES)
        with self.assertRaisesRegex(ValueError, "kind must be 'work' or 'subject', got 'genre'"):
            self.db.embeddings("rec", "genre")

    def test_embeddings(self):
        ids, vectors = self.db.embeddings("rec", "work")
        self.assertEqual((len(ids), len(vectors), len(vectors[0])), (1901, 1901, 192))
        at = ids.index(BEES)
        blob = self.db.query("SELECT embedding FROM rec_works WHERE work_id = ?", (BEES,))[0].embedding
        self.assertEqual(list(vectors[at]), list(subjrec.vector(blob)))

    def test_embeddings_that_are_not_stored(self):
        self.db.train("computed", "work_subjects", work_embeddings="computed", epochs=1, embedding_dim=4)
        self.assertEqual(len(self.db.embeddings("computed")[0]), self.db.query("SELECT count(*) AS n FROM computed_subjects")[0].n)
        with self.assertRaisesRegex(ValueError, "train it with work_embeddings='stored'"):
            self.db.embeddings("computed", "work")
        self.db.connection.execute("DROP TABLE computed")

    def test_pictures(self):
        loss = self.db.plot("rec", "loss")
        self.assertTrue(loss._repr_svg_().startswith("<svg"))
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(loss.save(Path(folder) / "loss.svg").read_text(encoding="utf-8"), loss)

    def test_evaluate(self):
        rows = self.db.evaluate("rec", "SELECT work_id, subject_id FROM work_subjects LIMIT 5", k=3)
        self.assertIn("recall@3", rows.column("metric"))


class Making(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = copy(folder.name)
        self.db = subjrec.connect(self.path)
        self.addCleanup(self.db.close)

    def test_epochs_come_one_by_one_with_a_summary(self):
        seen = []
        epochs = self.db.train("small", "work_subjects", progress=seen.append, algorithm="bce", epochs=3)
        self.assertEqual([row.epoch for row in epochs], [1, 2, 3])
        self.assertEqual(seen, list(epochs))
        self.assertEqual(epochs.summary["epochs"], 3)
        digest = self.db.query("SELECT value FROM small_config WHERE key = 'digest'")[0].value
        self.assertEqual(epochs.summary["digest"], digest)
        self.assertEqual(epochs.columns, ("epoch", "epochs", "loss", "seconds", "metrics"))

    def test_trains_again_from_what_is_remembered(self):
        before = self.db.query("SELECT value FROM rec_config WHERE key = 'digest'")[0].value
        self.assertEqual(self.db.train("rec", progress=False).summary["digest"], before)

    def test_map(self):
        seen = []
        rows = self.db.map("rec", "subject", progress=seen.append, epochs=5)
        self.assertEqual((len(rows), rows.columns, len(seen)), (694, ("id", "x", "y", "label"), 5))
        page = self.db.plot("rec", "explorer", works=20)._repr_html_()
        self.assertTrue(page.startswith('<iframe sandbox="allow-scripts" srcdoc="&lt;'))

    def test_warnings_are_warnings(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "odd.ndjson"
            path.write_text('{"id": "a", "title": "A", "subjects": [{"id": "s", "label": "S", "concepts": '
                            '[{"id": "s", "label": "S"}]}]}\nnot json\n' * 20, encoding="utf-8")
            with subjrec.connect() as db, warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                said = db.import_(path, progress=False, skipped_limit=1)
                self.assertEqual([str(one.message) for one in caught], said["warnings"])
                self.assertTrue(caught)
                self.assertEqual(caught[0].filename, __file__)

    def test_several_files(self):
        with subjrec.connect() as db:
            self.assertEqual(db.import_([CATALOGUE], progress=False)["works"], 2000)

    def test_update_load_and_tune(self):
        self.assertIn("digest", self.db.update("rec"))
        self.assertEqual(self.db.load("loaded", "SELECT 1, '[1, 0]'", "SELECT 'a', '[2, 1]'")["works"], 1)
        rows = self.db.tune("work_subjects", {"embedding_dim": [4, 8], "epochs": [1]})
        self.assertEqual(rows.column("run"), [1, 2])

    def test_read_only(self):
        with subjrec.connect(self.path, read_only=True) as db:
            self.assertTrue(db.topk("rec", BEES))
            with self.assertRaises(sqlite3.Error):
                db.train("other", "work_subjects", progress=False)

    def test_control_c_ends_a_training_and_changes_nothing(self):
        before = self.db.query("SELECT * FROM rec_config")
        # What started the tests may have SIGINT ignored, as a shell does for its background.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        started = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            self.db.train("rec", "work_subjects", progress=False, epochs=100000, algorithm="bce", batch_size=100000)
        timer.join()
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(self.db.query("SELECT * FROM rec_config"), before)
        self.assertFalse(self.db.connection.in_transaction)
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_other_threads_train_as_well(self):
        done = []

        def work():
            with subjrec.connect(self.path) as db:
                done.append(db.train("small", "work_subjects", progress=False, algorithm="popularity").summary["works"])

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        self.assertEqual(done, [1901])


class Loading(unittest.TestCase):
    def test_a_connection_that_is_there_already(self):
        connection = sqlite3.connect(":memory:")
        self.addCleanup(connection.close)
        subjrec.load(connection)
        self.assertEqual(len(connection.execute("SELECT subjrec_version()").fetchone()), 1)

    def test_a_database_with_a_hash_and_a_question_mark_in_its_name(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "what? #1 100%.db"
            subjrec.connect(path).close()
            with subjrec.connect(path) as db:
                db.query("CREATE TABLE t(a)")
            self.assertEqual([file.name for file in Path(folder).iterdir()], [path.name])

    def test_the_environment_names_another_module(self):
        code = "import subjrec; print(subjrec.loadable_path())"
        path = subprocess.run([sys.executable, "-c", code], env={**os.environ, "SUBJREC_MODULE": "/x/y.so"},
                              stdout=subprocess.PIPE, check=True, text=True).stdout
        self.assertEqual(path, "/x/y.so\n")


if __name__ == "__main__":
    unittest.main()
