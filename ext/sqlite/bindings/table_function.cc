#include "sqlite/bindings/table_function.h"

#include <algorithm>

#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"

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

Status TableFunctionSpec::missing(int argument) const {
  return {Code::kInvalid, std::string(name) + ": argument " + std::to_string(argument + 1) + " (" +
                              arguments[static_cast<size_t>(argument)] + ") is missing"};
}

bool same_value(sqlite3_value* a, sqlite3_value* b) {
  if (a == nullptr || b == nullptr) return false;
  const int type = sqlite3_value_type(a);
  if (type != sqlite3_value_type(b)) return false;
  if (type == SQLITE_INTEGER) return sqlite3_value_int64(a) == sqlite3_value_int64(b);
  return type == SQLITE_TEXT && text_of(a) == text_of(b);
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

std::optional<std::vector<uint32_t>> TableArguments::candidates(const IdTable& ids) const {
  if (lists.empty()) return std::nullopt;
  std::vector<uint32_t> positions;
  for (size_t i = 0; i < lists[0].size(); ++i) {
    const IdView id = lists[0][i];
    const auto position = ids.find(id);
    const auto has = [&](const IdTable& list) { return list.find(id).has_value(); };
    if (position && std::all_of(lists.begin() + 1, lists.end(), has)) {
      positions.push_back(*position);
    }
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

Status read_list(sqlite3_value* list, std::vector<IdTable>* lists) {
  IdTable& ids = lists->emplace_back();
  sqlite3_value* value = nullptr;
  int code = sqlite3_vtab_in_first(list, &value);
  for (; code == SQLITE_OK && value != nullptr; code = sqlite3_vtab_in_next(list, &value)) {
    if (const auto id = id_of(value)) ids.intern(*id);
  }
  if (code == SQLITE_OK || code == SQLITE_DONE) return {};
  return status_of(code, sqlite3_errstr(code));
}

namespace {

/// The constraints of a plan that hand over a list for column `column`; ids compare byte by byte,
/// so a list of another collation is left to SQLite. False: one comes from a table that this plan
/// visits later.
bool find_lists(sqlite3_index_info* info, int column, std::vector<int>* found) {
  for (int i = 0; column >= 0 && i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn != column || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (sqlite3_vtab_in(info, i, -1) == 0) continue;
    if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
    if (constraint.usable == 0) return false;
    found->push_back(i);
  }
  return true;
}

}  // namespace

int TableFunctionTable::best_index(sqlite3_vtab* base, sqlite3_index_info* info) noexcept {
  bool unusable = false;
  const Status status = guarded([&]() -> Status {
    auto& table = *reinterpret_cast<TableFunctionTable*>(base);
    const TableFunctionSpec& function = *table.spec;
    const int first = function.column_count();
    const int count = function.argument_count();
    std::array<int, TableFunctionSpec::kMostArguments> found;
    found.fill(-1);
    bool of_visible_column = false;
    for (int i = 0; i < info->nConstraint; ++i) {
      const auto& constraint = info->aConstraint[i];
      of_visible_column = of_visible_column || constraint.iColumn < first;
      if (constraint.iColumn < first || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
      if (constraint.usable == 0)
        unusable = true;
      else
        found[static_cast<size_t>(constraint.iColumn - first)] = i;
    }
    std::vector<int> lists;
    if (!find_lists(info, function.candidates, &lists)) unusable = true;
    if (unusable) {
      // The argument comes from a table that this plan visits later. SQLite asks for such plans
      // right after it was offered one with all arguments: so that one belongs to a join.
      table.joined_plans.insert(table.plans);
      return {};
    }
    int mask = 0;
    int next = 0;
    int missing = -1;
    for (int a = 0; a < count; ++a) {
      const int at = found[static_cast<size_t>(a)];
      if (at < 0 && a < function.required && missing < 0) missing = a;
      if (at < 0) continue;
      info->aConstraintUsage[at].argvIndex = ++next;
      info->aConstraintUsage[at].omit = 1;
      mask |= 1 << a;
    }
    if (missing >= 0 && !of_visible_column) return function.missing(missing);
    for (const int at : lists) {
      sqlite3_vtab_in(info, at, 1);
      info->aConstraintUsage[at].argvIndex = ++next;
    }
    table.plans = (table.plans + 1) & 0x3ffff;
    table.joined_plans.erase(table.plans);
    info->idxNum = mask | table.plans << TableFunctionSpec::kMostArguments;
    // For the sides of an OR SQLite asks with these alone. What lacks arguments must not be chosen
    // there; where nothing else can be, filter() says what is missing.
    info->estimatedCost = missing >= 0 ? 1e99 : function.rows;
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

Result<double> share_argument(std::string_view who, const TableArguments& arguments, size_t at,
                              std::string_view name) {
  if (!arguments.given(at)) return 0.0;
  sqlite3_value* value = arguments[at];
  const int type = sqlite3_value_type(value);
  const double number = sqlite3_value_double(value);
  if ((type == SQLITE_INTEGER || type == SQLITE_FLOAT) && number >= 0 && number <= 1) return number;
  return Status(Code::kInvalid, std::string(who) + ": argument " + std::to_string(at + 1) + " (" +
                                    std::string(name) + ") must be a number from 0 to 1, got " +
                                    shown(value));
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
