#include "face/table_function.h"

#include <algorithm>

namespace subjrec {

int TableFunctionSpec::argument_count() const {
  int count = 0;
  while (count < kMostArguments && arguments[static_cast<size_t>(count)] != nullptr) ++count;
  return count;
}

int TableFunctionSpec::column_count() const {
  const std::string_view text = columns;
  return static_cast<int>(std::count(text.begin(), text.end(), ',')) + 1;
}

int report(sqlite3_vtab* table, const Status& status) noexcept {
  if (status.ok()) return SQLITE_OK;
  if (!status.message().empty()) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", status.message().c_str());
  }
  return result_code(status.code());
}

int TableFunctionTable::connect(sqlite3* db, void* aux, const TableFunctionSpec& spec,
                                sqlite3_vtab** out, char** error) noexcept {
  const Status status = guarded([&]() -> Status {
    std::string declaration = std::string("CREATE TABLE x(") + spec.columns;
    for (int i = 0; i < spec.argument_count(); ++i) {
      // Unlike any column of a user's table, or joins would be ambiguous.
      declaration += sql(", \"%w_argument\" HIDDEN", spec.arguments[static_cast<size_t>(i)]);
    }
    if (sqlite3_declare_vtab(db, (declaration + ")").c_str()) != SQLITE_OK) {
      return sql_error(db, spec.name);
    }
    if (spec.flags != 0) sqlite3_vtab_config(db, spec.flags);
    auto table = std::make_unique<TableFunctionTable>();
    table->connection = *static_cast<std::shared_ptr<Connection>*>(aux);
    table->statements = table->connection->keep_statements();
    table->spec = &spec;
    *out = &table.release()->base;
    return {};
  });
  if (!status.ok()) *error = sqlite3_mprintf("%s", status.message().c_str());
  return result_code(status.code());
}

int TableFunctionTable::disconnect(sqlite3_vtab* table) noexcept {
  sqlite3_free(table->zErrMsg);
  delete reinterpret_cast<TableFunctionTable*>(table);
  return SQLITE_OK;
}

int TableFunctionTable::best_index(sqlite3_vtab* base, sqlite3_index_info* info) noexcept {
  bool unusable = false;
  const Status status = guarded([&]() -> Status {
    auto& table = *reinterpret_cast<TableFunctionTable*>(base);
    const TableFunctionSpec& function = *table.spec;
    const int first = function.column_count();
    const int count = function.argument_count();
    std::array<int, TableFunctionSpec::kMostArguments> found;
    found.fill(-1);
    for (int i = 0; i < info->nConstraint; ++i) {
      const auto& constraint = info->aConstraint[i];
      if (constraint.iColumn < first || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
      if (constraint.usable == 0)
        unusable = true;
      else
        found[static_cast<size_t>(constraint.iColumn - first)] = i;
    }
    if (unusable) {
      // The argument comes from a table that this plan visits later. SQLite asks for such plans
      // right after it was offered one with all arguments: so that one belongs to a join.
      table.joined_plans.insert(table.plans);
      return {};
    }
    int mask = 0;
    int next = 0;
    for (int a = 0; a < count; ++a) {
      const int at = found[static_cast<size_t>(a)];
      if (at < 0 && a < function.required) {
        return {Code::kInvalid, std::string(function.name) + ": argument " + std::to_string(a + 1) +
                                    " (" + function.arguments[static_cast<size_t>(a)] +
                                    ") is missing"};
      }
      if (at < 0) continue;
      info->aConstraintUsage[at].argvIndex = ++next;
      info->aConstraintUsage[at].omit = 1;
      mask |= 1 << a;
    }
    table.plans = (table.plans + 1) & 0x3fffff;
    table.joined_plans.erase(table.plans);
    info->idxNum = mask | table.plans << 8;
    info->estimatedCost = function.rows;
    info->estimatedRows = static_cast<sqlite3_int64>(function.rows);
    if (info->nOrderBy == 1) {
      const auto& order = info->aOrderBy[0];
      info->orderByConsumed =
          order.iColumn == (order.desc != 0 ? function.descending : function.ascending) ? 1 : 0;
      if (order.iColumn < 0) info->orderByConsumed = 0;
    }
    return {};
  });
  return unusable ? SQLITE_CONSTRAINT : report(base, status);
}

Result<std::string> model_argument(std::string_view who, const TableArguments& arguments,
                                   size_t at) {
  sqlite3_value* value = arguments[at];
  if (value != nullptr && sqlite3_value_type(value) == SQLITE_TEXT) {
    return std::string(text_of(value));
  }
  return Status(Code::kInvalid, std::string(who) + ": argument " + std::to_string(at + 1) +
                                    " (model) must be the name of a model, like 'rec', got " +
                                    (value == nullptr ? "nothing" : shown(value)));
}

Result<int64_t> whole_argument(std::string_view who, const TableArguments& arguments, size_t at,
                               std::string_view name, int64_t least) {
  sqlite3_value* value = arguments[at];
  if (value != nullptr) {
    const auto id = id_of(value);
    if (id && id->kind == IdKind::kInteger && id->integer >= least) return id->integer;
  }
  return Status(Code::kInvalid, std::string(who) + ": argument " + std::to_string(at + 1) + " (" +
                                    std::string(name) + ") must be a whole number of at least " +
                                    std::to_string(least) + ", got " +
                                    (value == nullptr ? "nothing" : shown(value)));
}

}  // namespace subjrec
