// subjrec from Bun's own bun:sqlite.
//
//     bun examples/bun/recommend.ts [module [catalogue]]
import { Database } from "bun:sqlite";

const [module = "./build/release/subjrec", catalogue = "examples/catalogue.ndjson.gz"] =
  process.argv.slice(2);

const db = new Database(":memory:");
db.loadExtension(module);

db.query("SELECT subjrec_import(?)").get(catalogue);
db.query(`
  SELECT subjrec_train('rec', 'work_subjects')`).get();

type Work = { title: string };
type Recommended = { label: string; probability: number };
type Embedded = { embedding: Uint8Array };

const work = db.query<Work, [string]>("SELECT title FROM works WHERE work_id = ?").get("cex557h4");
console.log(work!.title);
const recommend = db.query<Recommended, [string]>(`
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank`);
for (const { label, probability } of recommend.all("cex557h4")) {
  console.log(`  ${probability.toFixed(3)}  ${label}`);
}

const { embedding } = db.query<Embedded, []>(`
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'`).get()!;
const honey = new Float32Array(Uint8Array.from(embedding).buffer);
console.log(`Honey is ${honey.length} numbers, the first ${honey[0].toFixed(4)}`);
