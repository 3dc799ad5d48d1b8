/** A connection that loads extensions: of better-sqlite3, node:sqlite, bun:sqlite, libsql ... */
export interface Database {
  loadExtension(path: string, entryPoint?: string): unknown;
}

/** The path of the extension, for any binding's way to load one. */
export declare function getLoadablePath(): string;

/** Loads the extension into a connection. */
export declare function load(db: Database): void;
