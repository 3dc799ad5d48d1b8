#include "sqlite/bindings/module.h"

#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

VirtualTable& table_of(sqlite3_vtab* base) { return *static_cast<VirtualTable*>(base); }
VirtualCursor& cursor_of(sqlite3_vtab_cursor* base) { return *static_cast<VirtualCursor*>(base); }

int best_index(sqlite3_vtab* base, sqlite3_index_info* info) noexcept {
  bool usable = true;
  const Status status = guarded([&]() -> Status {
    SUBJREC_ASSIGN(usable, table_of(base).plan(info));
    return {};
  });
  return usable ? report(base, status) : SQLITE_CONSTRAINT;
}

int disconnect(sqlite3_vtab* base) noexcept {
  delete &table_of(base);
  return SQLITE_OK;
}

int open(sqlite3_vtab* base, sqlite3_vtab_cursor** out) noexcept {
  return report(base, guarded([&]() -> Status {
                  *out = table_of(base).open().release();
                  return {};
                }));
}

int close(sqlite3_vtab_cursor* base) noexcept {
  delete &cursor_of(base);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int plan, const char*, int count,
           sqlite3_value** values) noexcept {
  return report(base->pVtab, guarded([&] {
                  return cursor_of(base).filter(plan, {values, static_cast<size_t>(count)});
                }));
}

int next(sqlite3_vtab_cursor* base) noexcept {
  return report(base->pVtab, guarded([&] { return cursor_of(base).next(); }));
}

int eof(sqlite3_vtab_cursor* base) noexcept { return cursor_of(base).eof() ? 1 : 0; }

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int at) noexcept {
  return report(base->pVtab, guarded([&] { return cursor_of(base).column(context, at); }));
}

int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out) noexcept {
  *out = cursor_of(base).row_id();
  return SQLITE_OK;
}

}  // namespace

sqlite3_module table_callbacks() {
  sqlite3_module m{};
  m.xBestIndex = best_index;
  m.xDisconnect = disconnect;
  m.xOpen = open;
  m.xClose = close;
  m.xFilter = filter;
  m.xNext = next;
  m.xEof = eof;
  m.xColumn = column;
  m.xRowid = rowid;
  return m;
}

int report(sqlite3_vtab* table, const Status& status) noexcept {
  if (status.ok()) return SQLITE_OK;
  if (!status.message().empty()) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = message_of(status);
  }
  return result_code(status.code());
}

int report(char** error, const Status& status) noexcept {
  if (!status.ok()) *error = message_of(status);
  return result_code(status.code());
}

}  // namespace subjrec
