#include "sqlite/bindings/table_function.h"

#include <algorithm>
#include <functional>

#include "sqlite/bindings/module.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"

namespace subjrec {

int TableFunctionSpec::column_count() const {
  const std::string_view text = columns;
  return static_cast<int>(std::count(text.begin(), text.end(), ',')) + 1;
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

int64_t TableArguments::hash() const {
  uint64_t hash = 0;
  for (sqlite3_value* value : values_) {
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

/// Reads what comes after the arguments: lists that SQLite hands over whole, and values of
/// equalities. Values that cannot be ids, like NULL, are left out.
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

/// Whether an argument is NULL that may not be, in a statement that reads other tables too.
bool nothing_asked(const TableFunctionSpec& spec, const TableArguments& arguments) {
  for (int a = 0; a < spec.argument_count(); ++a) {
    const auto at = static_cast<size_t>(a);
    if (arguments[at] == nullptr || arguments.given(at)) continue;
    const bool of_row = a == spec.of_row && (arguments.literal >> a & 1) == 0;
    if ((a < spec.required || of_row) && arguments.joined()) return true;
  }
  return false;
}

/// True where both are the same integer, or the same text; false for null pointers, and for what
/// takes longer to compare.
bool same_value(sqlite3_value* a, sqlite3_value* b) {
  if (a == nullptr || b == nullptr) return false;
  const int type = sqlite3_value_type(a);
  if (type != sqlite3_value_type(b)) return false;
  if (type == SQLITE_INTEGER) return sqlite3_value_int64(a) == sqlite3_value_int64(b);
  return type == SQLITE_TEXT && text_of(a) == text_of(b);
}

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

using ArgumentConstraints = std::array<int, Arguments::kMost>;

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

/// One call: the function's cursor, and what SQLite wants to know of it besides.
class Call : public VirtualCursor {
 public:
  Call(Connection& connection, const sqlite3_vtab* table, const TableFunctionSpec& spec,
       std::unique_ptr<TableFunctionCursor> cursor)
      : spec_(spec),
        visible_(spec.column_count()),
        cursor_(std::move(cursor)),
        site_(connection.db(), table, spec.limit < 0 ? -1 : visible_ + spec.limit,
              spec.candidates) {}

  Status filter(int plan, std::span<sqlite3_value*> values) override {
    TableArguments arguments(spec_, &site_);
    size_t next = 0;
    for (size_t i = 0; i < Arguments::kMost; ++i) {
      const bool given = (plan >> i & 1) != 0 && next < values.size();
      if (given) arguments.set(i, values[next++]);
      // In a join most arguments are those of the call before.
      if (given && same_value(arguments_[i].get(), arguments[i])) continue;
      arguments_[i].reset(given ? sqlite3_value_dup(arguments[i]) : nullptr);
      if (given && arguments_[i] == nullptr) return {Code::kNoMemory, {}};
    }
    arguments.literal = static_cast<uint32_t>(plan) >> 10 & 0x3ff;
    SUBJREC_TRY(read_candidates(plan, next, values, &arguments));
    for (size_t a = 0; a < static_cast<size_t>(spec_.required); ++a) {
      if ((plan >> a & 1) == 0) return {Code::kInvalid, arguments.named(a) + " is missing"};
    }
    const int64_t hash = arguments.hash();
    if (!first_) first_ = hash;
    first_row_ = hash == *first_ ? 0 : hash << 32;
    row_ = 1;
    empty_ = nothing_asked(spec_, arguments);
    return empty_ ? Status() : cursor_->filter(arguments);
  }

  bool eof() const override { return empty_ || cursor_->eof(); }

  Status next() override {
    ++row_;
    return cursor_->next();
  }

  Status column(sqlite3_context* context, int column) override {
    if (column < visible_) {
      cursor_->on_read(column);
      return cursor_->column(context, column);
    }
    cursor_->on_compare(column - visible_);
    sqlite3_value* argument = arguments_[static_cast<size_t>(column - visible_)].get();
    if (argument != nullptr) sqlite3_result_value(context, argument);
    return {};
  }

  int64_t row_id() override {
    cursor_->on_read(-1);
    return first_row_ + row_;
  }

 private:
  struct FreeValue {
    void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
  };

  const TableFunctionSpec& spec_;
  const int visible_;  // columns
  std::unique_ptr<TableFunctionCursor> cursor_;
  CallSiteQuery site_;
  bool empty_ = false;            // nothing was asked
  std::optional<int64_t> first_;  // hash of the first arguments
  int64_t first_row_ = 0;         // row id before those of these arguments
  int64_t row_ = 0;               // that it stands on, from 1
  std::array<std::unique_ptr<sqlite3_value, FreeValue>, Arguments::kMost> arguments_;
};

struct Registration {
  std::shared_ptr<Connection> connection;
  const TableFunctionSpec& spec;
  MakeCursor make;
};

class FunctionTable : public VirtualTable {
 public:
  explicit FunctionTable(std::shared_ptr<const Registration> registration)
      : VirtualTable(registration->connection), registration_(std::move(registration)) {}

  std::unique_ptr<VirtualCursor> open() override {
    return std::make_unique<Call>(connection(), this, registration_->spec,
                                  registration_->make(connection()));
  }

  Result<bool> plan(sqlite3_index_info* info) override {
    const TableFunctionSpec& function = registration_->spec;
    const int first = function.column_count();
    bool unusable = false;
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
    if (unusable) return false;
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
    return true;
  }

 private:
  std::shared_ptr<const Registration> registration_;
};

int connect(sqlite3* db, void* aux, int, const char* const*, sqlite3_vtab** out,
            char** error) noexcept {
  return connect_table(out, error, [&]() -> Result<std::unique_ptr<VirtualTable>> {
    const auto& registration = *static_cast<std::shared_ptr<const Registration>*>(aux);
    const TableFunctionSpec& spec = registration->spec;
    std::string declaration = std::string("CREATE TABLE x(") + spec.columns;
    for (int i = 0; i < spec.argument_count(); ++i) {
      // Unlike any column of a user's table, or joins would be ambiguous.
      declaration += sql(", \"%w_argument\" HIDDEN", spec.arguments[static_cast<size_t>(i)]);
    }
    if (sqlite3_declare_vtab(db, (declaration + ")").c_str()) != SQLITE_OK) {
      return sql_error(db, spec.name);
    }
    if (spec.flags != 0) sqlite3_vtab_config(db, spec.flags);
    return std::unique_ptr<VirtualTable>(std::make_unique<FunctionTable>(registration));
  });
}

}  // namespace

int register_table_function(const std::shared_ptr<Connection>& connection,
                            const TableFunctionSpec& spec, MakeCursor make) {
  static const sqlite3_module module = [] {
    sqlite3_module m = table_callbacks();
    m.xConnect = connect;
    return m;
  }();
  using Shared = std::shared_ptr<const Registration>;
  return sqlite3_create_module_v2(connection->db(), spec.name, &module,
                                  new Shared(new Registration{connection, spec, std::move(make)}),
                                  [](void* p) { delete static_cast<Shared*>(p); });
}

}  // namespace subjrec
