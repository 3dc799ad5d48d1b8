"""What the executed notebook shows: notebook_check.py <executed.ipynb> <module> <catalogue>."""
import json
import re
import sqlite3
import sys

executed, module, catalogue = sys.argv[1:]
with open(executed, encoding="utf-8") as file:
    cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]


def shown(cell):
    """The texts that a cell shows, each in the richest form that it has."""
    for output in cell["outputs"]:
        data = output.get("data", {})
        yield "".join(data.get("text/html") or data.get("text/plain") or output.get("text") or "")


def check(holds, words):
    if not holds:
        sys.exit(f"the notebook: {words}")


texts = ["\n".join(shown(cell)) for cell in cells]
everything = "\n".join(texts)
for number, cell in enumerate(cells, 1):
    for output in cell["outputs"]:
        check(output["output_type"] != "error", f"cell {number} ends with {output.get('evalue')}")
        check(output.get("name") != "stderr", f"cell {number} complains: {output.get('text')}")
check(all(cell["execution_count"] for cell in cells), "a cell was not run")
check(everything.count('<img alt="') == 4, "wanted four pictures")
check(everything.count("<iframe sandbox") == 1, "wanted the explorer")
check(everything.count("<progress value") >= 3, "wanted bars of trainings and maps")
check("2000, 694, 6865" in everything, "wanted what was imported")

# The epochs that it shows are those of the same statement elsewhere.
db = sqlite3.connect(":memory:")
db.enable_load_extension(True)
db.load_extension(module)
db.execute("SELECT subjrec_import(?)", (catalogue,)).fetchone()
losses = [f"{loss:.4g}" for (loss,) in db.execute(
    "SELECT loss FROM subjrec_train('notebook', 'work_subjects', '{\"recipe\": \"notebook\"}')")]
training = next(text for text in texts if ">epoch<" in text)
check(re.findall(r">([0-9.]+)</td></tr>", training) == losses, f"wanted the losses {losses}, got {training}")
print(f"ok: {len(cells)} cells, four pictures, the explorer")
