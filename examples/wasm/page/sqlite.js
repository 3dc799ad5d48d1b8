// SQLite's C interface, as far as a page needs it: a Database that runs SQL and gives rows one by one.
'use strict';

const ROW = 100, DONE = 101, NULL = 5, TEXT = 3, BLOB = 4;
const TRANSIENT = -1;  // SQLite makes its own copy of what is bound

/** `load` is the function that subjrec.js defines; `options` are those of Emscripten. */
async function openDatabase(load, options) {
  const module = await load(options);
  const c = (name, result, ...parameters) => module.cwrap(`sqlite3_${name}`, result, parameters);
  const sqlite = {
    open: c('open', 'number', 'string', 'number'),
    errmsg: c('errmsg', 'string', 'number'),
    prepare: c('prepare_v2', 'number', 'number', 'string', 'number', 'number', 'number'),
    finalize: c('finalize', 'number', 'number'),
    step: c('step', 'number', 'number'),
    bindNull: c('bind_null', 'number', 'number', 'number'),
    bindDouble: c('bind_double', 'number', 'number', 'number', 'number'),
    bindText: c('bind_text', 'number', 'number', 'number', 'string', 'number', 'number'),
    columnCount: c('column_count', 'number', 'number'),
    columnName: c('column_name', 'string', 'number', 'number'),
    columnType: c('column_type', 'number', 'number', 'number'),
    columnDouble: c('column_double', 'number', 'number', 'number'),
    columnText: c('column_text', 'string', 'number', 'number'),
    columnBlob: c('column_blob', 'number', 'number', 'number'),
    columnBytes: c('column_bytes', 'number', 'number', 'number'),
  };
  return new Database(module, sqlite);
}

class Database {
  constructor(module, sqlite) {
    this.files = module.FS;  // in memory; the page's database is one of them
    this.module = module;
    this.sqlite = sqlite;
    this.handle = this.outPointer((pointer) => sqlite.open('/works.db', pointer));
  }

  /** Calls with a pointer to a pointer, and gives what was written there. */
  outPointer(call) {
    const pointer = this.module._malloc(4);
    const code = call(pointer);
    const bytes = new DataView(this.module.HEAPU8.buffer, pointer, 4);
    const result = bytes.getUint32(0, true);
    this.module._free(pointer);
    if (code !== 0) throw new Error(this.handle ? this.sqlite.errmsg(this.handle) : `error ${code} of SQLite`);
    return result;
  }

  /** The rows of one statement as objects, while it runs: for (const row of db.rows('SELECT ...', [...])). */
  * rows(sql, parameters = []) {
    const { sqlite } = this;
    const statement = this.outPointer((pointer) => sqlite.prepare(this.handle, sql, -1, pointer, 0));
    try {
      parameters.forEach((value, i) => this.bind(statement, i + 1, value));
      const names = Array.from({ length: sqlite.columnCount(statement) }, (_, i) => sqlite.columnName(statement, i));
      for (let code; (code = sqlite.step(statement)) !== DONE;) {
        if (code !== ROW) throw new Error(sqlite.errmsg(this.handle));
        yield Object.fromEntries(names.map((name, i) => [name, this.value(statement, i)]));
      }
    } finally {
      sqlite.finalize(statement);
    }
  }

  all(sql, parameters) {
    return [...this.rows(sql, parameters)];
  }

  bind(statement, place, value) {
    const { sqlite } = this;
    if (value === null || value === undefined) sqlite.bindNull(statement, place);
    else if (typeof value === 'number') sqlite.bindDouble(statement, place, value);
    else sqlite.bindText(statement, place, String(value), -1, TRANSIENT);
  }

  value(statement, column) {
    const { sqlite } = this;
    const type = sqlite.columnType(statement, column);
    if (type === NULL) return null;
    if (type === TEXT) return sqlite.columnText(statement, column);
    if (type !== BLOB) return sqlite.columnDouble(statement, column);
    const start = sqlite.columnBlob(statement, column);
    return this.module.HEAPU8.slice(start, start + sqlite.columnBytes(statement, column));
  }
}

if (typeof module !== 'undefined') module.exports = { openDatabase };
