// subjrec from Deno, through its node:sqlite.
//
//     deno run --allow-all examples/deno/recommend.ts [module [catalogue]]
import { DatabaseSync } from "node:sqlite";

const [module = "./build/release/subjrec", catalogue = "examples/catalogue.ndjson.gz"] = Deno.args;

const db = new DatabaseSync(":memory:", { allowExtension: true });
db.loadExtension(module);

db.prepare("SELECT subjrec_import(?)").get(catalogue);
db.prepare(`
  SELECT subjrec_train('rec', 'work_subjects')`).get();

const work = db.prepare("SELECT title FROM works WHERE work_id = ?").get("cex557h4");
console.log(work!.title);
const recommend = db.prepare(`
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank`);
for (const { label, probability } of recommend.all("cex557h4")) {
  console.log(`  ${(probability as number).toFixed(3)}  ${label}`);
}

const { embedding } = db.prepare(`
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'`).get()!;
const honey = new Float32Array(Uint8Array.from(embedding as Uint8Array).buffer);
console.log(`Honey is ${honey.length} numbers, the first ${honey[0].toFixed(4)}`);
