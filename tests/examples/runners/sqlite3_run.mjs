// As run.py, with the sqlite3 package of npm: sqlite3_run.mjs MODULE SCRIPT.
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import sqlite3 from "sqlite3";

const [module, script] = process.argv.slice(2);
const db = new sqlite3.Database(":memory:");
await promisify(db.loadExtension.bind(db))(module);
for (const statement of readFileSync(script, "utf8").trim().split("\n")) {
  const rows = await promisify(db.all.bind(db))(statement);
  for (const row of rows) console.log(Object.values(row)[0]);
}
