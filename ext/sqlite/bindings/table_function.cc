#include "sqlite/bindings/table_function.h"

#include <algorithm>
#include <functional>

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

namespace {

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

}  // namespace

Status read_candidates(int plan, size_t first, std::span<sqlite3_value*> values,
                       TableArguments* arguments) {
  for (size_t i = first; i < values.size(); ++i) {
    if ((plan >> (20 + i - first) & 1) != 0) {
      SUBJREC_TRY(read_list(values[i], &arguments->lists));
    } else if ((arguments->site->get().typed >> i & 1) != 0) {
      IdTable& ids = arguments->lists.emplace_back();
      if (const auto id = id_of(values[i])) ids.intern(*id);
    }
  }
  return {};
}

bool nothing_asked(const TableFunctionSpec& spec, const TableArguments& arguments) {
  for (int a = 0; a < spec.argument_count(); ++a) {
    const auto at = static_cast<size_t>(a);
    if (arguments[at] == nullptr || arguments.given(at)) continue;
    const bool of_row = a == spec.of_row && (arguments.literal >> a & 1) == 0;
    if ((a < spec.required || of_row) && arguments.joined()) return true;
  }
  return false;
}

int64_t hash_of(const TableArguments& arguments) {
  uint64_t hash = 0;
  for (sqlite3_value* value : arguments.values) {
    const int type = value == nullptr ? 0 : sqlite3_value_type(value);
    hash = (hash ^ static_cast<uint64_t>(type)) * 0x9e3779b97f4a7c15;
    if (type == SQLITE_INTEGER) {
      hash ^= static_cast<uint64_t>(sqlite3_value_int64(value));
    } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
      const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
      const auto length = static_cast<size_t>(sqlite3_value_bytes(value));
      hash ^= std::hash<std::string_view>()({bytes, bytes == nullptr ? 0 : length});
    } else if (type == SQLITE_FLOAT) {
      hash ^= std::hash<double>()(sqlite3_value_double(value));
    }
    hash *= 0x9e3779b97f4a7c15;
  }
  return static_cast<int64_t>(hash >> 33);
}

namespace {

/// The equalities and lists of a plan for column `column`; ids compare byte by byte, so those of
/// another collation are left to SQLite. False: a list comes from a table that this plan visits
/// later.
bool find_candidates(sqlite3_index_info* info, int column, std::vector<int>* found) {
  constexpr size_t kMost = 8;  // what is more, SQLite tests on each row
  for (int i = 0; column >= 0 && i < info->nConstraint && found->size() < kMost; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn != column || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") != 0) continue;
    if (constraint.usable != 0) {
      found->push_back(i);
    } else if (sqlite3_vtab_in(info, i, -1) != 0) {
      return false;
    }
  }
  return true;
}

bool is_literal(sqlite3_index_info* info, int constraint) {
  sqlite3_value* value = nullptr;
  return sqlite3_vtab_rhs_value(info, constraint, &value) == SQLITE_OK;
}

using ArgumentConstraints = std::array<int, TableFunctionSpec::kMostArguments>;

/// Fills aConstraintUsage and idxNum.
void use_constraints(const TableFunctionSpec& function, const ArgumentConstraints& arguments,
                     const std::vector<int>& candidates, sqlite3_index_info* info) {
  int next = 0;
  for (int a = 0; a < function.argument_count(); ++a) {
    const int at = arguments[static_cast<size_t>(a)];
    if (at < 0) continue;
    info->aConstraintUsage[at].argvIndex = ++next;
    info->aConstraintUsage[at].omit = a != function.limit;
    info->idxNum |= 1 << a;
    if (is_literal(info, at)) info->idxNum |= 1 << (10 + a);
  }
  for (size_t i = 0; i < candidates.size(); ++i) {
    const int at = candidates[i];
    info->aConstraintUsage[at].argvIndex = ++next;
    if (sqlite3_vtab_in(info, at, 1) != 0) info->idxNum |= 1 << (20 + i);
  }
}

}  // namespace

int TableFunctionTable::best_index(sqlite3_vtab* base, sqlite3_index_info* info) noexcept {
  bool unusable = false;
  const Status status = guarded([&]() -> Status {
    const TableFunctionSpec& function = *reinterpret_cast<TableFunctionTable*>(base)->spec;
    const int first = function.column_count();
    ArgumentConstraints found;
    found.fill(-1);
    for (int i = 0; i < info->nConstraint; ++i) {
      const auto& constraint = info->aConstraint[i];
      if (constraint.iColumn < first || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
      if (constraint.usable == 0) {
        unusable = true;
      } else {
        found[static_cast<size_t>(constraint.iColumn - first)] = i;
      }
    }
    std::vector<int> candidates;
    if (!find_candidates(info, function.candidates, &candidates)) unusable = true;
    if (unusable) return {};
    int missing = 0;
    while (missing < function.required && found[static_cast<size_t>(missing)] >= 0) ++missing;
    const bool complete = missing == function.required;
    use_constraints(function, found, candidates, info);
    // For a side of an OR SQLite asks with the conditions of that side alone, or with none. What
    // lacks arguments must not be chosen there; where nothing else can be, filter() says what is
    // missing.
    info->estimatedCost = complete ? function.rows : 1e99;
    info->estimatedRows = static_cast<sqlite3_int64>(function.rows);
    if (info->nOrderBy == 1 && info->aOrderBy[0].iColumn >= 0) {
      const auto& order = info->aOrderBy[0];
      info->orderByConsumed =
          order.iColumn == (order.desc != 0 ? function.descending : function.ascending) ? 1 : 0;
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
