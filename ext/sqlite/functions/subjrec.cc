#include <cmath>
#include <cstring>

#include "core/base/status.h"
#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/training.h"
#include "sqlite/store/bless.h"
#include "sqlite/store/model_cursor.h"

namespace subjrec {
namespace {

struct ModelTable {
  sqlite3_vtab base{};
  std::shared_ptr<Connection> connection;
  std::shared_ptr<void> statements;
  std::string schema;
  std::string table;
  bool obeying = false;  // a command is being carried out

  ModelName name() const { return {schema, table}; }
  std::string text() const { return sql("\"%w\".\"%w\"", schema.c_str(), table.c_str()); }
};

struct ModelTableCursor {
  sqlite3_vtab_cursor base{};
  std::unique_ptr<ModelCursor> cursor;
};

ModelTable* table_of(sqlite3_vtab* base) { return reinterpret_cast<ModelTable*>(base); }
ModelCursor* cursor_of(sqlite3_vtab_cursor* base) {
  return reinterpret_cast<ModelTableCursor*>(base)->cursor.get();
}

Status make_table(sqlite3* db, void* aux, const char* const* argv, sqlite3_vtab** out) {
  // The last column carries commands: INSERT INTO rec(rec) VALUES('train').
  // A file may have a model that is called like a column; it can be renamed.
  const std::string declaration =
      sql("CREATE TABLE x(work_id, subject_id, score REAL, probability REAL, tagged INTEGER, "
          "\"%w\" HIDDEN)",
          is_model_column(argv[2]) ? "command" : argv[2]);
  if (sqlite3_declare_vtab(db, declaration.c_str()) != SQLITE_OK) return sql_error(db, "subjrec");
  auto table = std::make_unique<ModelTable>();
  table->connection = *static_cast<std::shared_ptr<Connection>*>(aux);
  table->statements = table->connection->keep_statements();
  table->schema = argv[1];
  table->table = argv[2];
  *out = &table.release()->base;
  return {};
}

int finish(const Status& status, char** error) noexcept {
  if (!status.ok()) *error = message_of(status);
  return result_code(status.code());
}

int create(sqlite3* db, void* aux, int argc, const char* const* argv, sqlite3_vtab** out,
           char** error) noexcept {
  return finish(guarded([&]() -> Status {
                  SUBJREC_ASSIGN(const Config config, declared_config("subjrec", argc, argv));
                  const ModelName name{argv[1], argv[2]};
                  SUBJREC_TRY(create_shadow_tables(db, "subjrec", name));
                  Status status = write_config(db, "subjrec", name, config);
                  if (status.ok()) status = make_table(db, aux, argv, out);
                  if (!status.ok()) SUBJREC_TRY(drop_shadow_tables(db, "subjrec", name));
                  return status;
                }),
                error);
}

int connect(sqlite3* db, void* aux, int, const char* const* argv, sqlite3_vtab** out,
            char** error) noexcept {
  return finish(guarded([&] { return make_table(db, aux, argv, out); }), error);
}

int disconnect(sqlite3_vtab* base) noexcept {
  sqlite3_free(base->zErrMsg);
  delete table_of(base);
  return SQLITE_OK;
}

int destroy(sqlite3_vtab* base) noexcept {
  const Status status = guarded([&] {
    ModelTable& table = *table_of(base);
    table.connection->models().forget(table.name().key());
    return drop_shadow_tables(table.connection->db(), "subjrec", table.name());
  });
  if (!status.ok()) return report(base, status);
  return disconnect(base);
}

int rename(sqlite3_vtab* base, const char* new_name) noexcept {
  return report(base, guarded([&]() -> Status {
                  ModelTable& table = *table_of(base);
                  table.connection->models().forget(table.name().key());
                  SUBJREC_TRY(rename_shadow_tables(table.connection->db(), "subjrec", table.name(),
                                                   new_name));
                  table.table = new_name;
                  return {};
                }));
}

int shadow_name(const char* suffix) noexcept {
  for (const std::string_view known : kShadowSuffixes) {
    if (sqlite3_stricmp(suffix, known.data()) == 0) return 1;
  }
  return 0;
}

/// Plans are in sqlite/store/model_cursor.h. Ids compare byte by byte, so a constraint of another
/// collation is left to SQLite.
int best_index(sqlite3_vtab* base, sqlite3_index_info* info) noexcept {
  const ModelTable& table = *table_of(base);
  int work = -1;
  int subject = -1;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.usable == 0 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
    if (constraint.iColumn == static_cast<int>(ModelColumn::kWork)) work = i;
    if (constraint.iColumn == static_cast<int>(ModelColumn::kSubject)) subject = i;
  }
  int next = 0;
  for (const int i : {work, subject}) {
    if (i >= 0) info->aConstraintUsage[i].argvIndex = ++next;
  }
  const int plan = (work >= 0 ? 1 : 0) | (subject >= 0 ? 2 : 0);
  info->idxNum = plan;
  static constexpr double kRows[] = {1e10, 1e4, 1e5, 1};
  info->estimatedRows = static_cast<sqlite3_int64>(kRows[plan]);
  info->estimatedCost = kRows[plan] * (plan == 2 ? 2 : 1);
  if (static_cast<ModelPlan>(plan) == ModelPlan::kCell) info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  if (plan != 0 && info->nOrderBy == 1 && info->aOrderBy[0].desc != 0 &&
      (info->aOrderBy[0].iColumn == static_cast<int>(ModelColumn::kScore) ||
       info->aOrderBy[0].iColumn == static_cast<int>(ModelColumn::kProbability))) {
    info->orderByConsumed = 1;
  }
  (void)table;
  return SQLITE_OK;
}

int open(sqlite3_vtab* base, sqlite3_vtab_cursor** out) noexcept {
  return report(base, guarded([&]() -> Status {
                  auto opened = std::make_unique<ModelTableCursor>();
                  opened->cursor = std::make_unique<ModelCursor>(*table_of(base)->connection);
                  *out = &opened.release()->base;
                  return {};
                }));
}

int close(sqlite3_vtab_cursor* base) noexcept {
  delete reinterpret_cast<ModelTableCursor*>(base);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int plan, const char*, int, sqlite3_value** values) noexcept {
  return report(base->pVtab, guarded([&]() -> Status {
                  ModelTable& table = *table_of(base->pVtab);
                  SUBJREC_ASSIGN(auto model,
                                 ModelHandle::open(*table.connection, "subjrec", table.text()));
                  return cursor_of(base)->filter(model, static_cast<ModelPlan>(plan), values);
                }));
}

int next(sqlite3_vtab_cursor* base) noexcept {
  return report(base->pVtab, guarded([&] { return cursor_of(base)->next(); }));
}

int eof(sqlite3_vtab_cursor* base) noexcept { return cursor_of(base)->eof() ? 1 : 0; }

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int at) noexcept {
  return report(base->pVtab, guarded([&] {
                  return cursor_of(base)->column(context, static_cast<ModelColumn>(at));
                }));
}

int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out) noexcept {
  *out = cursor_of(base)->rowid();
  return SQLITE_OK;
}

/// Whether a statement writes this model itself, and not another virtual table, nor by a trigger:
/// in EXPLAIN's listing the programs of triggers come after the main one and count from 0 again,
/// and a table that is written stands there by its address.
Result<bool> writes_directly(sqlite3* db, const ModelTable& table, const char* text) {
  const std::string address = sql("vtab:%p", static_cast<const void*>(&table.base));
  SUBJREC_ASSIGN(Statement program,
                 Statement::prepare(db, "subjrec", std::string("EXPLAIN ") + text));
  for (int64_t last = -1;;) {
    SUBJREC_ASSIGN(const bool row, program.step("subjrec"));
    if (!row || program.integer(0) < last) return false;
    if (program.text(1) == "VUpdate" && program.text(5) == address) return true;
    last = program.integer(0);
  }
}

/// A trigger may be planted in a database file, and nothing trains on the word of a file: neither
/// where somebody writes an ordinary table, nor where a model is trained and its tables are
/// written.
Status check_typed(const ModelTable& table) {
  sqlite3* db = table.connection->db();
  const std::string name = table.name().shown();
  for (sqlite3_stmt* s = sqlite3_next_stmt(db, nullptr); s != nullptr && !table.obeying;
       s = sqlite3_next_stmt(db, s)) {
    if (sqlite3_stmt_busy(s) == 0 || sqlite3_stmt_readonly(s) != 0 || sqlite3_sql(s) == nullptr) {
      continue;
    }
    SUBJREC_ASSIGN(const bool typed, writes_directly(db, table, sqlite3_sql(s)));
    if (typed) return {};
  }
  return {Code::kInvalid, "subjrec: a trigger may not train model \"" + name +
                              "\"; say INSERT INTO " + name +
                              "(...) VALUES('train') in a "
                              "statement of its own"};
}

/// The tables as they are now, in the transaction of the statement.
Status bless(ModelTable& table) {
  sqlite3* db = table.connection->db();
  SUBJREC_TRY(check_writable(db, "subjrec", table.name(), "blessing"));
  SqliteMonitor monitor(db);
  const bool alone = sqlite3_get_autocommit(db) != 0;
  Status status = bless_model(db, "subjrec", table.name(), monitor);
  if (!status.ok() && !alone) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  return status;
}

Status command(ModelTable& table, int argc, sqlite3_value** argv) {
  const std::string name = table.name().shown();
  // argv: old rowid, new rowid, then the columns.
  const bool insert = argc > 1 && sqlite3_value_type(argv[0]) == SQLITE_NULL;
  sqlite3_value* word = insert ? argv[2 + static_cast<int>(ModelColumn::kCommand)] : nullptr;
  if (word == nullptr || sqlite3_value_type(word) == SQLITE_NULL) {
    return {Code::kReadOnly, "subjrec: the rows of model \"" + name +
                                 "\" are predictions and cannot be changed; change its source "
                                 "table and say INSERT INTO " +
                                 name + "(" + table.table + ") VALUES('train')"};
  }
  // (The type first: to read a BLOB as text makes it one.)
  const bool is_text = sqlite3_value_type(word) == SQLITE_TEXT;
  if (!is_text || (text_of(word) != "train" && text_of(word) != "bless")) {
    return {Code::kInvalid, "subjrec: unknown command " + shown(word) + " for model \"" + name +
                                "\"; the commands are 'train' and 'bless'"};
  }
  SUBJREC_TRY(check_typed(table));
  table.obeying = true;
  const std::unique_ptr<ModelTable, void (*)(ModelTable*)> obeying(
      &table, [](ModelTable* t) { t->obeying = false; });
  if (text_of(word) == "bless") return bless(table);
  SUBJREC_ASSIGN(auto training, Training::begin(*table.connection, "subjrec",
                                                {table.text(), std::nullopt, std::nullopt}));
  while (!training->finished()) SUBJREC_TRY(training->run_epoch());
  return training->store(Training::Scope::kStatement);
}

int update(sqlite3_vtab* base, int argc, sqlite3_value** argv, sqlite3_int64* out) noexcept {
  *out = 0;
  return report(base, guarded([&] { return command(*table_of(base), argc, argv); }));
}

const sqlite3_module* module() {
  static const sqlite3_module instance = [] {
    sqlite3_module m{};
    m.iVersion = 3;
    m.xCreate = create;
    m.xConnect = connect;
    m.xBestIndex = best_index;
    m.xDisconnect = disconnect;
    m.xDestroy = destroy;
    m.xOpen = open;
    m.xClose = close;
    m.xFilter = filter;
    m.xNext = next;
    m.xEof = eof;
    m.xColumn = column;
    m.xRowid = rowid;
    m.xUpdate = update;
    m.xRename = rename;
    m.xShadowName = shadow_name;
    return m;
  }();
  return &instance;
}

}  // namespace

int register_subjrec(const std::shared_ptr<Connection>& connection) {
  return sqlite3_create_module_v2(
      connection->db(), "subjrec", module(), new std::shared_ptr<Connection>(connection),
      [](void* p) { delete static_cast<std::shared_ptr<Connection>*>(p); });
}

}  // namespace subjrec
