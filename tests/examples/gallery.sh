#!/usr/bin/env bash
# The gallery's script makes its four files, twice the same: gallery.sh MODULE FOLDER
set -euo pipefail
command -v sqlite3 >/dev/null || { echo "SKIP: the sqlite3 shell is not installed"; exit 77; }
command -v python3 >/dev/null || { echo "SKIP: python3 is not installed"; exit 77; }
module=$1 folder=$2
rm -rf "$folder"

# A folder whose name has to be quoted, with a catalogue that is given by its path.
SUBJREC_MODULE=$module bash examples/gallery/make_gallery.sh examples/catalogue.ndjson.gz "$folder/it's one"
SUBJREC_MODULE=$module bash examples/gallery/make_gallery.sh "$PWD/examples/catalogue.ndjson.gz" "$folder/two"
diff -r "$folder/it's one" "$folder/two"
# What is shown beside the script is what it makes.
for file in "$folder/two"/*; do cmp "$file" "examples/gallery/${file##*/}"; done

python3 - "$folder/two" <<'PY'
import html.parser
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

folder = pathlib.Path(sys.argv[1])
files = {"loss.svg", "log_loss.svg", "subjects.svg", "explorer.html"}
found = {file.name for file in folder.iterdir()}
assert found == files, f"the script wrote {sorted(found)}"

SVG = "{http://www.w3.org/2000/svg}"
for name in sorted(files - {"explorer.html"}):
    root = xml.parse(folder / name).getroot()
    assert root.tag == SVG + "svg", f"{name} begins with {root.tag}"
    words = " ".join(root.itertext())
    assert "rec: " in words, f"{name} has no title"
subjects = xml.parse(folder / "subjects.svg").getroot()
assert "Bee culture" in " ".join(subjects.itertext()), "the map has no label for Bee culture"


class Resources(html.parser.HTMLParser):
    """Collects the addresses that a page makes a browser load."""

    def __init__(self):
        super().__init__()
        self.tags, self.loads = set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.loads += [value for key, value in attributes
                       if key in ("src", "srcset", "href", "data", "action", "poster") and value]


text = (folder / "explorer.html").read_text(encoding="utf-8")
page = Resources()
page.feed(text)
assert {"html", "script", "style"} <= page.tags, f"explorer.html has only {sorted(page.tags)}"
loads = [value for value in page.loads if not value.startswith(("#", "data:"))]
loads += re.findall(r"""(?:url\(|@import|fetch\(|import\()\s*['"]?(?:https?:)?//[^'")\s]*""", text)
assert not loads, f"explorer.html loads {loads}"
PY
