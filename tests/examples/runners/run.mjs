// As run.py, for whatever JavaScript has: run.mjs PACKAGE MODULE SCRIPT [DATABASE].
import { readFileSync } from "node:fs";

const [name, module, script, file = ":memory:"] = process.argv.slice(2);
const library = await import(name);
const Database = library.DatabaseSync ?? library.Database ?? library.default;
const options = name === "node:sqlite" ? [{ allowExtension: true }] : [];
const db = new Database(file, ...options);
db.loadExtension(module);
for (const statement of readFileSync(script, "utf8").trim().split("\n")) {
  for (const row of db.prepare(statement).all()) console.log(Object.values(row)[0]);
}
