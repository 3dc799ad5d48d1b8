// Table-valued functions: eponymous virtual tables whose arguments are hidden columns.
//
// An implementation is a cursor class with
//
//     struct Topk : TableFunctionCursor {
//       static constexpr TableFunctionSpec kSpec = {
//           .name = "subjrec_topk",
//           .columns = "rank INTEGER, subject_id, score REAL",      // visible
//           .arguments = {"model", "work_id", "k", "which"},  // hidden columns model_argument, ...
//           .required = 3,
//           .ascending = 0, .descending = 2};   // rows come in the order of these columns
//       Status filter(const TableArguments& arguments);
//       bool eof() const;
//       Status next();
//       Status column(sqlite3_context* context, int column);        // visible columns only
//     };
//
// and TableFunction<Topk> does the rest: declares the columns, maps arguments, reports errors.
//
// Plan: idxNum's low kMostArguments bits say which arguments are there, in order; the rest is the
// number of the plan, by which a cursor learns whether its arguments come from another table (see
// `joined`).
//
// A column of ids can be declared as `candidates`. Lists that a query limits it to, `subject_id IN
// (SELECT ...)`, then reach filter() as well, after the arguments: the rows are to be the best of
// these. An equality does not, be it with a constant or with a column: SQLite does not say which it
// is, and in a join the latter would ask for the best of one row, once for every row.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

struct TableFunctionSpec {
  static constexpr int kMostArguments = 12;
  const char* name;
  const char* columns;
  std::array<const char*, kMostArguments> arguments;
  int required;
  int ascending = -1;   // column by which rows come in ascending order, or -1
  int descending = -1;  // column by which rows come in descending order, or -1
  int candidates = -1;  // column of ids that a query can limit to lists, or -1
  int flags = 0;        // SQLITE_VTAB_DIRECTONLY or SQLITE_VTAB_INNOCUOUS, or 0
  double rows = 10;     // how many rows to expect

  int argument_count() const;
  int column_count() const;
  Status missing(int argument) const;  // the error that says so
};

/// The arguments of one call, by position; those that were not given are null pointers.
struct TableArguments {
  std::array<sqlite3_value*, TableFunctionSpec::kMostArguments> values{};
  /// An argument comes from another table of the query, so this is one call of many: what is
  /// unknown gives no rows instead of an error.
  bool joined = false;
  /// What the query limits the column `candidates` to; a row is to be in each of these.
  std::vector<IdTable> lists;

  sqlite3_value* operator[](size_t at) const { return values[at]; }
  bool given(size_t at) const {
    return values[at] != nullptr && sqlite3_value_type(values[at]) != SQLITE_NULL;
  }
  /// The positions in `ids` of what is in every list, ascending; nothing where there is no list.
  std::optional<std::vector<uint32_t>> candidates(const IdTable& ids) const;
};

class TableFunctionCursor {
 public:
  explicit TableFunctionCursor(Connection& connection) : connection_(connection) {}

 protected:
  Connection& connection() const { return connection_; }

 private:
  Connection& connection_;
};

/// Reads a list that SQLite hands over whole. Values that cannot be ids, like NULL, are left out.
Status read_list(sqlite3_value* list, std::vector<IdTable>* lists);

/// True where both are the same integer, or the same text; false for null pointers, and for what
/// takes longer to compare.
bool same_value(sqlite3_value* a, sqlite3_value* b);

/// Result and message of a callback of a virtual table.
int report(sqlite3_vtab* table, const Status& status) noexcept;

/// The part that does not depend on the cursor.
struct TableFunctionTable {
  sqlite3_vtab base{};
  std::shared_ptr<Connection> connection;
  std::shared_ptr<void> statements;
  const TableFunctionSpec* spec = nullptr;
  int plans = 0;
  std::set<int> joined_plans;

  static int connect(sqlite3* db, void* aux, const TableFunctionSpec& spec, sqlite3_vtab** out,
                     char** error) noexcept;
  static int disconnect(sqlite3_vtab* table) noexcept;
  static int best_index(sqlite3_vtab* table, sqlite3_index_info* info) noexcept;
};

template <class Cursor>
class TableFunction {
 public:
  static int register_in(const std::shared_ptr<Connection>& connection) {
    return sqlite3_create_module_v2(
        connection->db(), Cursor::kSpec.name, module(), new std::shared_ptr<Connection>(connection),
        [](void* p) { delete static_cast<std::shared_ptr<Connection>*>(p); });
  }

 private:
  struct FreeValue {
    void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
  };
  struct Holder {
    sqlite3_vtab_cursor base{};
    std::unique_ptr<Cursor> cursor;
    std::array<std::unique_ptr<sqlite3_value, FreeValue>, TableFunctionSpec::kMostArguments>
        arguments;
  };
  static Holder* holder(sqlite3_vtab_cursor* base) { return reinterpret_cast<Holder*>(base); }
  static TableFunctionTable* table_of(sqlite3_vtab_cursor* base) {
    return reinterpret_cast<TableFunctionTable*>(base->pVtab);
  }

  static int connect(sqlite3* db, void* aux, int, const char* const*, sqlite3_vtab** out,
                     char** error) noexcept {
    return TableFunctionTable::connect(db, aux, Cursor::kSpec, out, error);
  }

  static int open(sqlite3_vtab* base, sqlite3_vtab_cursor** out) noexcept {
    return report(base, guarded([&]() -> Status {
                    auto opened = std::make_unique<Holder>();
                    auto* table = reinterpret_cast<TableFunctionTable*>(base);
                    opened->cursor = std::make_unique<Cursor>(*table->connection);
                    *out = &opened.release()->base;
                    return {};
                  }));
  }

  static int close(sqlite3_vtab_cursor* base) noexcept {
    delete holder(base);
    return SQLITE_OK;
  }

  static int filter(sqlite3_vtab_cursor* base, int plan, const char*, int count,
                    sqlite3_value** values) noexcept {
    return report(
        base->pVtab, guarded([&]() -> Status {
          TableArguments arguments;
          int next = 0;
          Holder& h = *holder(base);
          for (size_t i = 0; i < arguments.values.size(); ++i) {
            const bool given = (plan >> i & 1) != 0 && next < count;
            if (given) arguments.values[i] = values[next++];
            // In a join most arguments are those of the call before.
            if (given && same_value(h.arguments[i].get(), arguments.values[i])) continue;
            h.arguments[i].reset(given ? sqlite3_value_dup(arguments.values[i]) : nullptr);
          }
          while (next < count) SUBJREC_TRY(read_list(values[next++], &arguments.lists));
          for (int a = 0; a < Cursor::kSpec.required; ++a) {
            if ((plan >> a & 1) == 0) return Cursor::kSpec.missing(a);
          }
          arguments.joined =
              table_of(base)->joined_plans.count(plan >> TableFunctionSpec::kMostArguments) != 0;
          return h.cursor->filter(arguments);
        }));
  }

  static int next(sqlite3_vtab_cursor* base) noexcept {
    return report(base->pVtab, guarded([&] { return holder(base)->cursor->next(); }));
  }

  static int eof(sqlite3_vtab_cursor* base) noexcept { return holder(base)->cursor->eof() ? 1 : 0; }

  static int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int at) noexcept {
    return report(base->pVtab, guarded([&]() -> Status {
                    static const int visible = Cursor::kSpec.column_count();
                    if (at < visible) return holder(base)->cursor->column(context, at);
                    sqlite3_value* argument =
                        holder(base)->arguments[static_cast<size_t>(at - visible)].get();
                    if (argument != nullptr) sqlite3_result_value(context, argument);
                    return {};
                  }));
  }

  static int rowid(sqlite3_vtab_cursor*, sqlite3_int64* out) noexcept {
    *out = 0;
    return SQLITE_OK;
  }

  static const sqlite3_module* module() {
    static const sqlite3_module instance = [] {
      sqlite3_module m{};
      m.xConnect = connect;
      m.xBestIndex = TableFunctionTable::best_index;
      m.xDisconnect = TableFunctionTable::disconnect;
      m.xOpen = open;
      m.xClose = close;
      m.xFilter = filter;
      m.xNext = next;
      m.xEof = eof;
      m.xColumn = column;
      m.xRowid = rowid;
      return m;
    }();
    return &instance;
  }
};

/// The model's name, from the argument at `at`.
Result<std::string> model_argument(std::string_view who, const TableArguments& arguments,
                                   size_t at);
/// The number from 0 to 1 at `at`; 0 where it is not given.
Result<double> share_argument(std::string_view who, const TableArguments& arguments, size_t at,
                              std::string_view name);
/// A whole number of at least `least`.
Result<int64_t> whole_argument(std::string_view who, const TableArguments& arguments, size_t at,
                               std::string_view name, int64_t least);

}  // namespace subjrec
