// subjrec from Node with better-sqlite3.
//
//     npm install better-sqlite3
//     node examples/node/better-sqlite3.mjs [module [catalogue]]
import Database from "better-sqlite3";

const [module = "./build/release/subjrec", catalogue = "examples/catalogue.ndjson.gz"] =
  process.argv.slice(2);

const db = new Database(":memory:");
db.loadExtension(module);

db.prepare("SELECT subjrec_import(?)").get(catalogue);
db.prepare(`
  SELECT subjrec_train('rec', 'work_subjects')`).get();

console.log(db.prepare("SELECT title FROM works WHERE work_id = ?").pluck().get("cex557h4"));
const recommend = db.prepare(`
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank`);
for (const { label, probability } of recommend.iterate("cex557h4")) {
  console.log(`  ${probability.toFixed(3)}  ${label}`);
}

const blob = db.prepare(`
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'`).pluck().get();
const honey = new Float32Array(Uint8Array.from(blob).buffer);
console.log(`Honey is ${honey.length} numbers, the first ${honey[0].toFixed(4)}`);
