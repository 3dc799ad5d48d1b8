// subjrec from Node with the sqlite3 package, whose calls are asynchronous.
//
//     npm install sqlite3
//     node examples/node/sqlite3.mjs [module [catalogue]]
import sqlite3 from "sqlite3";
import { promisify } from "node:util";

const [module = "./build/release/subjrec", catalogue = "examples/catalogue.ndjson.gz"] =
  process.argv.slice(2);

const db = new sqlite3.Database(":memory:");
const get = promisify(db.get.bind(db));
const all = promisify(db.all.bind(db));
await promisify(db.loadExtension.bind(db))(module);

await get("SELECT subjrec_import(?)", catalogue);
await get("SELECT subjrec_train('rec', 'work_subjects')");

console.log((await get("SELECT title FROM works WHERE work_id = ?", "cex557h4")).title);
const recommended = await all(`
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank`, "cex557h4");
for (const { label, probability } of recommended) {
  console.log(`  ${probability.toFixed(3)}  ${label}`);
}

const { embedding } = await get(`
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'`);
const honey = new Float32Array(Uint8Array.from(embedding).buffer);
console.log(`Honey is ${honey.length} numbers, the first ${honey[0].toFixed(4)}`);
