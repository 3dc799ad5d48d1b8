"use strict";
const { existsSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const modules = join(__dirname, "modules");

/** The path of the extension, for any binding's way to load one. */
function getLoadablePath() {
  const here = `${process.platform}-${process.arch}`;
  const path = join(modules, here, process.platform === "win32" ? "subjrec.dll" : "subjrec.so");
  if (!existsSync(path)) {
    throw new Error(
      `subjrec has no module for ${here} in this package, only for ${readdirSync(modules).join(", ")};` +
        " build it from source and load that file"
    );
  }
  return path;
}

/** Loads the extension into a connection of better-sqlite3, node:sqlite, bun:sqlite, libsql ... */
function load(db) {
  db.loadExtension(getLoadablePath());
}

module.exports = { getLoadablePath, load };
