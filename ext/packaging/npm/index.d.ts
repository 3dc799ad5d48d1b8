/** The path of the extension, for any binding's way to load one. */
export declare function getLoadablePath(): string;

interface Database {
  loadExtension(path: string, entryPoint?: string): void;
}

/** Loads the extension into a connection of better-sqlite3, node:sqlite, bun:sqlite, libsql ... */
export declare function load(db: Database): void;
