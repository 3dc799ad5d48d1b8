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
// What is unknown, and NULL, is an error where the function is the only table of its statement; in
// any other it gives no rows, whichever plan SQLite takes. SQLite does not tell the two apart, so
// the bytecode of the running statement is asked (call_site.h).
//
// Row ids count 1, 2, 3, ... Where one cursor is asked for several sets of arguments, each set has
// ids of its own, by a hash: SQLite takes rows of one id for one row (OR, RIGHT and FULL JOIN).
//
// A column of ids can be declared as `candidates`. Lists that a query limits it to, `subject_id IN
// (SELECT ...)`, then reach filter() as well: the rows are to be the best of these. So does an
// equality with a literal or a parameter; one with a column of another table does not, since it
// would ask for the best of one row, once for every row. NOT IN and <> are not told to a virtual
// table at all; RankedListCursor sees what they take away.
//
// Plan: the bits of idxNum say which arguments are there, in order; from bit 10 on which of them
// are literals; and from bit 20 on which of the candidates that follow them are whole lists.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/call_site.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

struct TableFunctionSpec {
  static constexpr int kMostArguments = 10;
  const char* name;
  const char* columns;
  std::array<const char*, kMostArguments> arguments;
  int required;
  int ascending = -1;   // column by which rows come in ascending order, or -1
  int descending = -1;  // column by which rows come in descending order, or -1
  int candidates = -1;  // column of ids that a query can limit to lists, or -1
  int limit = -1;       // the argument k, for which there are candidates, or -1
  int of_row = -1;      // optional argument of which NULL gives no rows in a join, or -1
  int flags = 0;        // SQLITE_VTAB_DIRECTONLY or SQLITE_VTAB_INNOCUOUS, or 0
  double rows = 10;     // how many rows to expect

  int argument_count() const;
  int column_count() const;
  Status missing(int argument) const;  // the error that says so
};

/// The arguments of one call, by position; those that were not given are null pointers.
struct TableArguments {
  std::array<sqlite3_value*, TableFunctionSpec::kMostArguments> values{};
  uint32_t literal = 0;           // bit i: argument i is one
  CallSiteQuery* site = nullptr;  // of the call
  /// What the query limits the column `candidates` to; a row is to be in each of these.
  std::vector<IdTable> lists;

  sqlite3_value* operator[](size_t at) const { return values[at]; }
  bool given(size_t at) const {
    return values[at] != nullptr && sqlite3_value_type(values[at]) != SQLITE_NULL;
  }
  /// The statement reads other tables too: what is unknown gives no rows instead of an error.
  bool joined() const { return !site->get().alone; }
  /// The positions in `ids` of what is in every list, ascending; nothing where there is no list.
  std::optional<std::vector<uint32_t>> candidates(const IdTable& ids) const;
};

class TableFunctionCursor {
 public:
  explicit TableFunctionCursor(Connection& connection) : connection_(connection) {}

  /// SQLite reads a visible column of the row, or its row id (-1), or compares an argument.
  void on_read(int) {}
  void on_compare(int) {}

 protected:
  Connection& connection() const { return connection_; }

 private:
  Connection& connection_;
};

/// Reads what comes after the arguments: lists that SQLite hands over whole, and values of
/// equalities. Values that cannot be ids, like NULL, are left out.
Status read_candidates(int plan, size_t first, std::span<sqlite3_value*> values,
                       TableArguments* arguments);

/// Whether an argument is NULL that may not be, in a statement that reads other tables too.
bool nothing_asked(const TableFunctionSpec& spec, const TableArguments& arguments);

/// A number for the arguments, from 0 to 2^31 - 1.
int64_t hash_of(const TableArguments& arguments);

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
  struct Holder {
    sqlite3_vtab_cursor base{};
    std::unique_ptr<Cursor> cursor;
    std::optional<CallSiteQuery> site;
    bool empty = false;            // nothing was asked
    std::optional<int64_t> first;  // hash of the first arguments
    int64_t first_row = 0;         // row id before those of these arguments
    int64_t row = 0;               // that it stands on, from 1
    struct FreeValue {
      void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
    };
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
                    const TableFunctionSpec& spec = Cursor::kSpec;
                    const int k = spec.limit < 0 ? -1 : spec.column_count() + spec.limit;
                    opened->site.emplace(table->connection->db(), base, k, spec.candidates);
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
          Holder& h = *holder(base);
          int next = 0;
          for (size_t i = 0; i < arguments.values.size(); ++i) {
            const bool given = (plan >> i & 1) != 0 && next < count;
            if (given) arguments.values[i] = values[next++];
            // In a join most arguments are those of the call before.
            if (given && same_value(h.arguments[i].get(), arguments.values[i])) continue;
            h.arguments[i].reset(given ? sqlite3_value_dup(arguments.values[i]) : nullptr);
            if (given && h.arguments[i] == nullptr) return {Code::kNoMemory, {}};
          }
          arguments.literal = static_cast<uint32_t>(plan) >> 10 & 0x3ff;
          arguments.site = &*h.site;
          SUBJREC_TRY(read_candidates(plan, static_cast<size_t>(next),
                                      std::span(values, static_cast<size_t>(count)), &arguments));
          return start(h, plan, arguments);
        }));
  }

  static Status start(Holder& h, int plan, const TableArguments& arguments) {
    for (int a = 0; a < Cursor::kSpec.required; ++a) {
      if ((plan >> a & 1) == 0) return Cursor::kSpec.missing(a);
    }
    const int64_t hash = hash_of(arguments);
    if (!h.first) h.first = hash;
    h.first_row = hash == *h.first ? 0 : hash << 32;
    h.row = 1;
    h.empty = nothing_asked(Cursor::kSpec, arguments);
    return h.empty ? Status() : h.cursor->filter(arguments);
  }

  static int next(sqlite3_vtab_cursor* base) noexcept {
    ++holder(base)->row;
    return report(base->pVtab, guarded([&] { return holder(base)->cursor->next(); }));
  }

  static int eof(sqlite3_vtab_cursor* base) noexcept {
    return holder(base)->empty || holder(base)->cursor->eof() ? 1 : 0;
  }

  static int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int at) noexcept {
    return report(base->pVtab, guarded([&]() -> Status {
                    static const int visible = Cursor::kSpec.column_count();
                    if (at < visible) {
                      holder(base)->cursor->on_read(at);
                      return holder(base)->cursor->column(context, at);
                    }
                    holder(base)->cursor->on_compare(at - visible);
                    sqlite3_value* argument =
                        holder(base)->arguments[static_cast<size_t>(at - visible)].get();
                    if (argument != nullptr) sqlite3_result_value(context, argument);
                    return {};
                  }));
  }

  static int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out) noexcept {
    holder(base)->cursor->on_read(-1);
    *out = holder(base)->first_row + holder(base)->row;
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
