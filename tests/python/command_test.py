"""The command: from a file to a list, and what it says when something is wrong."""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from support import BEES, CATALOGUE, copy, has, trained


def run(*arguments):
    done = subprocess.run([sys.executable, "-m", "subjrec.command", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_from_a_file_to_a_list(self):
        database = self.folder / "works.db"
        self.assertEqual(run("import", CATALOGUE, database),
                         (0, "Imported 2,000 works, 694 subjects and 6,865 pairs of a work and its subject.\n", ""))
        code, printed, said = run("train", database)
        self.assertEqual((code, said), (0, ""))
        self.assertRegex(printed, r'^Trained the model "rec" on 1,901 works and 694 subjects in [0-9.]+ seconds\.\n$')
        code, printed, said = run("suggest", database, "bee-master", "-k", 3)
        self.assertEqual((code, said), (0, ""))
        self.assertRegex(printed, r"(?s)^The bee-master of Wensleydale.*\nrank  label .*Beehives.*Beekeepers.*Swarming")

    def test_suggestions_as_json(self):
        code, printed, _ = run("suggest", trained(), BEES, "-k", 2, "--json")
        self.assertEqual((code, [row["label"] for row in json.loads(printed)]), (0, ["Beehives", "Beekeepers"]))
        code, printed, _ = run("suggest", trained(), "--subjects", "comets", "England", "--json")
        self.assertEqual((code, json.loads(printed)[0]["label"]), (0, "Meteors"))
        self.assertEqual(len(json.loads(printed)), 10)

    def test_evaluation(self):
        code, printed, _ = run("evaluate", copy(self.folder), "--json")
        values = {row["metric"]: row["value"] for row in json.loads(printed)}
        self.assertEqual(code, 0)
        self.assertTrue(0.4 < values["recall@10"] < 0.8, values)
        code, printed, _ = run("evaluate", trained(), "--heldout", "SELECT work_id, subject_id FROM work_subjects LIMIT 9")
        self.assertRegex(printed, r"rows +9\n")

    def test_evaluation_is_of_the_options_that_were_given(self):
        database = copy(self.folder)
        run("train", database, "-o", "algorithm=popularity")
        _, popularity, _ = run("evaluate", database, "--json")
        _, default, _ = run("evaluate", trained(), "--json")
        self.assertLess(json.loads(popularity)[0]["value"], json.loads(default)[0]["value"])

    def test_what_is_wrong_is_one_line(self):
        for arguments, words in [
            (("suggest", trained(), "nosuch"), "no work has the id 'nosuch' or that in its title"),
            (("suggest", trained(), "bees"), "several works have 'bees' in their titles"),
            (("suggest", trained(), "100%"), "no work has the id '100%'"),
            (("suggest", trained(), "--subjects", "Hon"), "no subject is called 'Hon'; there are Honey"),
            (("suggest", trained()), "suggest: wanted one of WORK, --subjects and --text"),
            (("suggest", trained(), BEES, "--model", "wreck"), "no such table"),
            (("suggest", trained(), "--text", "bees"), "knows no words"),
            (("suggest", self.folder / "none.db", BEES), "there is no database"),
            (("train", copy(self.folder), "-o", "factors=3"), 'unknown option "factors"; did you mean "embedding_dim"?'),
            (("train", copy(self.folder), "-o", "factors"), "-o: wanted NAME=VALUE, got 'factors'"),
            (("import", self.folder / "none.json", self.folder / "new.db"), "cannot open"),
        ]:
            code, printed, said = run(*arguments)
            self.assertEqual((code, printed), (1, ""), arguments)
            self.assertIn(words, said)
            self.assertTrue(said.startswith("subjrec: "), said)
            self.assertNotIn("Traceback", said)
        self.assertFalse((self.folder / "none.db").exists())

    def test_control_c(self):
        child = subprocess.Popen([sys.executable, "-m", "subjrec.command", "train", str(copy(self.folder)), "-o",
                                  "epochs=100000"], stderr=subprocess.PIPE, text=True,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=30)
        self.assertEqual((child.returncode, said), (130, "subjrec: interrupted; everything is as it was\n"))

    def test_serve_is_the_desk(self):
        if not (has("starlette") and has("uvicorn")):
            code, _, said = run("serve", trained())
            self.assertEqual(code, 1)
            self.assertRegex(said, "^subjrec serve: the desk needs (starlette|uvicorn): pip install starlette uvicorn\n$")
            self.skipTest("starlette and uvicorn are not installed (examples/install_dependencies.sh desk): no desk")
        child = subprocess.Popen([sys.executable, "-m", "subjrec.command", "serve", str(copy(self.folder)), "--port", "0"],
                                 stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        try:
            address = re.search(r"http://[^\s]+", child.stdout.readline()).group()
            with urllib.request.urlopen(address + "v1/projects/rec") as answer:
                self.assertEqual(json.load(answer)["project_id"], "rec")
        finally:
            child.terminate()
            child.communicate(timeout=30)


if __name__ == "__main__":
    unittest.main()
