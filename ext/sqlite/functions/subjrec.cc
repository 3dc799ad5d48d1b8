#include "core/base/status.h"
#include "sqlite/bindings/module.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/training.h"
#include "sqlite/store/bless.h"
#include "sqlite/store/model_cursor.h"

namespace subjrec {
namespace {

class ModelTable : public VirtualTable {
 public:
  ModelTable(std::shared_ptr<Connection> connection, ModelName name)
      : VirtualTable(std::move(connection)), name_(std::move(name)) {}

  const ModelName& name() const { return name_; }
  sqlite3* db() const { return connection().db(); }
  std::string text() const {
    return sql("\"%w\".\"%w\"", name_.schema.c_str(), name_.table.c_str());
  }
  Status rename(const char* new_name);
  Status drop();

  Result<bool> plan(sqlite3_index_info* info) override;
  std::unique_ptr<VirtualCursor> open() override;

  bool obeying = false;  // a command is being carried out

 private:
  ModelName name_;
};

class ModelTableCursor : public VirtualCursor {
 public:
  explicit ModelTableCursor(const ModelTable& table) : table_(table), cursor_(table.connection()) {}

  Status filter(int plan, std::span<sqlite3_value*> values) override {
    SUBJREC_ASSIGN(auto model, ModelHandle::open(table_.connection(), "subjrec", table_.text(),
                                                 ModelCursor::need(plan)));
    return cursor_.filter(model, plan, values.data());
  }
  bool eof() const override { return cursor_.eof(); }
  Status next() override { return cursor_.next(); }
  Status column(sqlite3_context* context, int column) override {
    return cursor_.column(context, static_cast<ModelColumn>(column));
  }
  int64_t row_id() override { return cursor_.rowid(); }

 private:
  const ModelTable& table_;
  ModelCursor cursor_;
};

ModelTable& table_of(sqlite3_vtab* base) { return *static_cast<ModelTable*>(base); }

std::unique_ptr<VirtualCursor> ModelTable::open() {
  return std::make_unique<ModelTableCursor>(*this);
}

Status ModelTable::drop() {
  connection().models().forget(name_.key());
  return drop_shadow_tables(db(), "subjrec", name_);
}

Status ModelTable::rename(const char* new_name) {
  connection().models().forget(name_.key());
  SUBJREC_TRY(rename_shadow_tables(db(), "subjrec", name_, new_name));
  name_.table = new_name;
  return {};
}

Result<std::unique_ptr<VirtualTable>> make_table(sqlite3* db, void* aux, const char* const* argv) {
  // The last column carries commands: INSERT INTO rec(rec) VALUES('train').
  // A file may have a model that is called like a column; it can be renamed.
  const std::string declaration =
      sql("CREATE TABLE x(work_id, subject_id, score REAL, probability REAL, tagged INTEGER, "
          "\"%w\" HIDDEN)",
          is_model_column(argv[2]) ? "command" : argv[2]);
  if (sqlite3_declare_vtab(db, declaration.c_str()) != SQLITE_OK) return sql_error(db, "subjrec");
  return std::unique_ptr<VirtualTable>(std::make_unique<ModelTable>(
      *static_cast<std::shared_ptr<Connection>*>(aux), ModelName{argv[1], argv[2]}));
}

int create(sqlite3* db, void* aux, int argc, const char* const* argv, sqlite3_vtab** out,
           char** error) noexcept {
  return connect_table(out, error, [&]() -> Result<std::unique_ptr<VirtualTable>> {
    SUBJREC_ASSIGN(const Config config, declared_config("subjrec", argc, argv));
    const ModelName name{argv[1], argv[2]};
    SUBJREC_TRY(create_shadow_tables(db, "subjrec", name));
    const Status status = write_config(db, "subjrec", name, config);
    auto table = status.ok() ? make_table(db, aux, argv) : status;
    if (!table.ok()) SUBJREC_TRY(drop_shadow_tables(db, "subjrec", name));
    return table;
  });
}

int connect(sqlite3* db, void* aux, int, const char* const* argv, sqlite3_vtab** out,
            char** error) noexcept {
  return connect_table(out, error, [&] { return make_table(db, aux, argv); });
}

int destroy(sqlite3_vtab* base) noexcept {
  const Status status = guarded([&] { return table_of(base).drop(); });
  if (!status.ok()) return report(base, status);
  delete &table_of(base);
  return SQLITE_OK;
}

int rename(sqlite3_vtab* base, const char* new_name) noexcept {
  return report(base, guarded([&] { return table_of(base).rename(new_name); }));
}

int shadow_name(const char* suffix) noexcept {
  for (const std::string_view known : kShadowSuffixes) {
    if (sqlite3_stricmp(suffix, known.data()) == 0) return 1;
  }
  return 0;
}

/// Plans are in sqlite/store/model_cursor.h. Ids compare byte by byte, so a constraint of another
/// collation is left to SQLite.
Result<bool> ModelTable::plan(sqlite3_index_info* info) {
  int work = -1;
  int subject = -1;
  int least = -1;  // probability is at least, or above this
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.usable == 0) continue;
    if (constraint.iColumn == static_cast<int>(ModelColumn::kProbability) &&
        (constraint.op == SQLITE_INDEX_CONSTRAINT_GE ||
         constraint.op == SQLITE_INDEX_CONSTRAINT_GT)) {
      least = i;
    }
    if (constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
    if (constraint.iColumn == static_cast<int>(ModelColumn::kWork)) work = i;
    if (constraint.iColumn == static_cast<int>(ModelColumn::kSubject)) subject = i;
  }
  int next = 0;
  const int chosen = (work >= 0 ? 1 : 0) | (subject >= 0 ? 2 : 0);
  if (static_cast<ModelPlan>(chosen) == ModelPlan::kCell) least = -1;
  for (const int i : {work, subject, least}) {
    if (i >= 0) info->aConstraintUsage[i].argvIndex = ++next;
  }
  info->idxNum = chosen | (least >= 0 ? kAtLeast : 0);
  static constexpr double kRows[] = {1e10, 1e4, 1e5, 1};
  const double rows = least >= 0 ? kRows[chosen] / 100 : kRows[chosen];
  info->estimatedRows = static_cast<sqlite3_int64>(rows);
  info->estimatedCost = rows * (chosen == 2 ? 2 : 1);
  if (static_cast<ModelPlan>(chosen) == ModelPlan::kCell) info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  if (chosen != 0 && info->nOrderBy == 1 && info->aOrderBy[0].desc != 0 &&
      (info->aOrderBy[0].iColumn == static_cast<int>(ModelColumn::kScore) ||
       info->aOrderBy[0].iColumn == static_cast<int>(ModelColumn::kProbability))) {
    info->orderByConsumed = 1;
  }
  return true;
}

/// Whether a statement writes this model itself, and not another virtual table, nor by a trigger:
/// in EXPLAIN's listing the programs of triggers come after the main one and count from 0 again,
/// and a table that is written stands there by its address.
Result<bool> writes_directly(sqlite3* db, const ModelTable& table, const char* text) {
  const std::string address =
      sql("vtab:%p", static_cast<const void*>(static_cast<const sqlite3_vtab*>(&table)));
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
  sqlite3* db = table.db();
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
  sqlite3* db = table.db();
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
                                 name + "(" + table.name().table + ") VALUES('train')"};
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
  SUBJREC_ASSIGN(auto training, Training::begin(table.connection(), "subjrec",
                                                {table.text(), std::nullopt, std::nullopt},
                                                Training::Scope::kStatement));
  return training->run();
}

int update(sqlite3_vtab* base, int argc, sqlite3_value** argv, sqlite3_int64* out) noexcept {
  *out = 0;
  return report(base, guarded([&] { return command(table_of(base), argc, argv); }));
}

const sqlite3_module* module() {
  static const sqlite3_module instance = [] {
    sqlite3_module m = table_callbacks();
    m.iVersion = 3;
    m.xCreate = create;
    m.xConnect = connect;
    m.xDestroy = destroy;
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
