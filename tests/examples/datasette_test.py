"""The Datasette plugin and its queries, as Datasette calls them: datasette_test.py MODULE FOLDER"""
import importlib.util
import json
import os
import pathlib
import re
import sqlite3
import sys
import types
import unittest

MODULE, FOLDER = sys.argv[1:3]
EXAMPLE = pathlib.Path("examples/datasette")


def load_plugin():
    """With a stand-in for the one name of Datasette's that it uses."""
    sys.modules["datasette"] = types.SimpleNamespace(hookimpl=lambda hook: hook)
    spec = importlib.util.spec_from_file_location("recommend", EXAMPLE / "plugins/recommend.py")
    plugin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plugin)
    return plugin


class Datasette(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        path = pathlib.Path(FOLDER) / "works.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        full = sqlite3.connect(path)
        full.enable_load_extension(True)
        full.load_extension(MODULE)
        full.execute("SELECT subjrec_import('examples/catalogue.ndjson.gz')").fetchone()
        full.execute("SELECT subjrec_train('rec', 'work_subjects')").fetchone()
        full.commit()
        full.close()
        os.environ["SUBJREC_MODULE"] = MODULE
        cls.plugin = load_plugin()
        cls.asking = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        cls.plugin.prepare_connection(cls.asking)
        cls.queries = json.loads((EXAMPLE / "metadata.json").read_text())["databases"]["works"]["queries"]

    def ask(self, name, **parameters):
        sql = self.queries[name]["sql"]
        self.assertEqual(set(re.findall(r":(\w+)", sql)), set(parameters), name)
        return self.asking.execute(sql, parameters).fetchall()

    def test_queries_answer(self):
        recommended = self.ask("recommend", work="cex557h4")
        self.assertEqual([row[0] for row in recommended], list(range(1, 11)))
        subject = recommended[0][1]
        reasons = self.ask("why", work="cex557h4", subject=subject)
        self.assertTrue(reasons and all(because for _, because, _ in reasons))
        self.assertEqual(len(self.ask("suggest", subjects=json.dumps([subject]))), 10)
        self.assertEqual(len(self.ask("similar", work="cex557h4")), 10)
        self.assertEqual(len(self.ask("suits", subject=subject)), 10)

    def test_readme_names_every_query(self):
        page = (EXAMPLE / "README.md").read_text()
        for name, query in self.queries.items():
            line = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
            for parameter in re.findall(r":(\w+)", query["sql"]):
                self.assertIn(f"`{parameter}`", line)

    def test_nothing_reads_files_or_writes(self):
        with self.assertRaisesRegex(sqlite3.OperationalError, "no such function"):
            self.asking.execute("SELECT subjrec_import('works.json')")
        with self.assertRaisesRegex(sqlite3.OperationalError, "read-only"):
            self.asking.execute("SELECT subjrec_train('rec')")
        with self.assertRaisesRegex(sqlite3.OperationalError, "not authorized"):
            self.asking.execute("SELECT load_extension(?)", (MODULE,))

    def test_says_what_to_set(self):
        del os.environ["SUBJREC_MODULE"]
        try:
            with self.assertRaisesRegex(RuntimeError, "SUBJREC_MODULE"):
                self.plugin.module()
        finally:
            os.environ["SUBJREC_MODULE"] = MODULE


if __name__ == "__main__":
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        print("SKIP: there is no python3 whose sqlite3 loads extensions (Debian: python3)")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
