"""Rows: tuples, tables, and where they are installed frames and arrays."""
import base64
import json
import re
import struct
import unittest

from subjrec import Page, Rows, Svg
from support import has

ROWS = Rows(("rank", "label", "score"), [(1, "Bees <b>&", 0.123456), (2, None, -2.0)])
VECTORS = Rows(("id", "embedding"), [("a", struct.pack("<2f", 1, 2)), ("b", struct.pack("<2f", 3, 4))])


class RowsTest(unittest.TestCase):
    def test_named_tuples(self):
        self.assertEqual(ROWS[0].label, "Bees <b>&")
        self.assertEqual([rank for rank, _, _ in ROWS], [1, 2])
        self.assertEqual(ROWS.column("score"), [0.123456, -2.0])
        self.assertEqual(json.loads(json.dumps(ROWS.dicts()))[1], {"rank": 2, "label": None, "score": -2.0})
        with self.assertRaisesRegex(KeyError, "there is no column 'name'; the columns are rank, label, score"):
            ROWS.column("name")

    def test_any_names_of_columns(self):
        rows = Rows(("count(*)", "class", "a", "a"), [(1, 2, 3, 4)])
        self.assertEqual(tuple(rows[0]), (1, 2, 3, 4))
        self.assertEqual(rows.column("count(*)"), [1])

    def test_text(self):
        self.assertEqual(str(ROWS), "rank  label       score\n"
                         "----  ---------  ------\n"
                         "   1  Bees <b>&  0.1235\n"
                         "   2                 -2")
        self.assertEqual(str(Rows(("a",))), "a\n-")
        self.assertTrue(str(Rows(("n",), [(i,) for i in range(100)])).endswith("\n... 100 rows"))

    def test_html_is_escaped(self):
        html = ROWS._repr_html_()
        self.assertIn('<td style="text-align:left">Bees &lt;b&gt;&amp;</td>', html)
        self.assertNotIn("<b>", html)
        self.assertIn("&lt;i&gt;", Rows(("<i>",), [(1,)])._repr_html_())

    def test_frame(self):
        if not has("pandas"):
            with self.assertRaisesRegex(ImportError, "a frame needs pandas, which is not installed"):
                ROWS.frame()
            self.skipTest("pandas is not installed (Debian: python3-pandas): no frames")
        frame = ROWS.frame()
        self.assertEqual(list(frame.columns), ["rank", "label", "score"])
        self.assertEqual(frame["rank"].tolist(), [1, 2])
        self.assertEqual(list(Rows(("a", "b")).frame().columns), ["a", "b"])

    def test_array(self):
        if not has("numpy"):
            with self.assertRaisesRegex(ImportError, "an array needs numpy, which is not installed"):
                ROWS.array("rank")
            self.skipTest("numpy is not installed (Debian: python3-numpy): no arrays")
        self.assertEqual(ROWS.array("score").tolist(), [0.123456, -2.0])
        self.assertEqual(VECTORS.array("embedding").tolist(), [[1, 2], [3, 4]])
        self.assertEqual(str(VECTORS.array("embedding").dtype), "float32")


class PicturesTest(unittest.TestCase):
    def test_a_page_stays_in_its_frame(self):
        html = Page('<p title="x">it\'s</p><script>1 && 2</script>')._repr_html_()
        self.assertNotIn("<script>", html)
        self.assertIn("srcdoc=\"&lt;p title=&quot;x&quot;&gt;", html)
        self.assertIn('sandbox="allow-scripts"', html)

    def test_svg(self):
        picture = Svg("<svg><title>Loss &amp; steps</title></svg>")
        self.assertEqual(picture._repr_svg_(), picture)
        shown = re.fullmatch('<img alt="Loss &amp; steps" src="data:image/svg.xml;base64,([^"]+)">', picture._repr_html_())
        self.assertEqual(base64.b64decode(shown.group(1)).decode(), picture)


if __name__ == "__main__":
    unittest.main()
