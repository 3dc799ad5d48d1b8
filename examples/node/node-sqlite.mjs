// subjrec from Node's own node:sqlite, which needs nothing from npm: Node 24, or 22.13 and newer.
//
//     node examples/node/node-sqlite.mjs [module [catalogue or works.db]]
//
// Node has a simdjson of its own. Where subjrec was built with the system's shared one, as on Debian,
// importing says so: import with the sqlite3 shell then, and name that database here:
//
//     sqlite3 works.db < sql/import.sql
import { DatabaseSync } from "node:sqlite";

const [module = "./build/release/subjrec", catalogue = "examples/catalogue.ndjson.gz"] =
  process.argv.slice(2);

const imported = catalogue.endsWith(".db");
const db = new DatabaseSync(imported ? catalogue : ":memory:", { allowExtension: true });
db.loadExtension(module);

if (!imported) db.prepare("SELECT subjrec_import(?)").get(catalogue);
db.prepare(`
  SELECT subjrec_train('rec', 'work_subjects')`).get();

console.log(db.prepare("SELECT title FROM works WHERE work_id = ?").get("cex557h4").title);
const recommend = db.prepare(`
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank`);
for (const { label, probability } of recommend.all("cex557h4")) {
  console.log(`  ${probability.toFixed(3)}  ${label}`);
}

const { embedding } = db.prepare(`
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'`).get();
const honey = new Float32Array(Uint8Array.from(embedding).buffer);
console.log(`Honey is ${honey.length} numbers, the first ${honey[0].toFixed(4)}`);
