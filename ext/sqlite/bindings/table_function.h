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
//       using TableFunctionCursor::TableFunctionCursor;
//       Status filter(const TableArguments& arguments) override;
//       bool eof() const override;
//       Status next() override;
//       Status column(sqlite3_context* context, int column) override;  // visible columns only
//     };
//
// and register_table_function<Topk>() does the rest: declares the columns, maps arguments, reports
// errors.
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
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/bindings/call_site.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

struct TableFunctionSpec {
  const char* name;
  const char* columns;
  ArgumentNames arguments;
  int required;
  int ascending = -1;   // column by which rows come in ascending order, or -1
  int descending = -1;  // column by which rows come in descending order, or -1
  int candidates = -1;  // column of ids that a query can limit to lists, or -1
  int limit = -1;       // the argument k, for which there are candidates, or -1
  int of_row = -1;      // optional argument of which NULL gives no rows in a join, or -1
  int flags = 0;        // SQLITE_VTAB_DIRECTONLY or SQLITE_VTAB_INNOCUOUS, or 0
  double rows = 10;     // how many rows to expect

  int argument_count() const { return static_cast<int>(count_of(arguments)); }
  int column_count() const;
};

/// The arguments of one call of a table-valued function, and what it knows of the query.
class TableArguments : public Arguments {
 public:
  TableArguments(const TableFunctionSpec& spec, CallSiteQuery* call)
      : Arguments(spec.name, spec.arguments, {}), site(call) {}

  void set(size_t at, sqlite3_value* value) { values_[at] = value; }
  /// The statement reads other tables too: what is unknown gives no rows instead of an error.
  bool joined() const { return !site->get().alone; }
  /// The positions in `ids` of what is in every list, ascending; nothing where there is no list.
  std::optional<std::vector<uint32_t>> candidates(const IdTable& ids) const;
  /// A number for the arguments, from 0 to 2^31 - 1.
  int64_t hash() const;

  CallSiteQuery* site;
  uint32_t literal = 0;  // bit i: argument i is one
  /// What the query limits the column `candidates` to; a row is to be in each of these.
  std::vector<IdTable> lists;
};

class TableFunctionCursor {
 public:
  explicit TableFunctionCursor(Connection& connection) : connection_(connection) {}
  TableFunctionCursor(const TableFunctionCursor&) = delete;
  TableFunctionCursor& operator=(const TableFunctionCursor&) = delete;
  virtual ~TableFunctionCursor() = default;

  virtual Status filter(const TableArguments& arguments) = 0;
  virtual bool eof() const = 0;
  virtual Status next() = 0;
  virtual Status column(sqlite3_context* context, int column) = 0;
  /// SQLite reads a visible column of the row, or its row id (-1), or compares an argument.
  virtual void on_read(int /*column*/) {}
  virtual void on_compare(int /*argument*/) {}

 protected:
  Connection& connection() const { return connection_; }

 private:
  Connection& connection_;
};

/// A cursor whose rows filter() has in memory: it calls start() with their number.
class ListCursor : public TableFunctionCursor {
 public:
  using TableFunctionCursor::TableFunctionCursor;

  bool eof() const override { return at_ >= rows_; }
  Status next() override {
    ++at_;
    return {};
  }

 protected:
  void start(size_t rows) {
    rows_ = rows;
    at_ = 0;
  }
  size_t at() const { return at_; }

 private:
  size_t rows_ = 0;
  size_t at_ = 0;
};

using MakeCursor = std::function<std::unique_ptr<TableFunctionCursor>(Connection& connection)>;

/// Registers the function that `spec` describes, whose calls are cursors that `make` makes. `spec`
/// stays where it is.
int register_table_function(const std::shared_ptr<Connection>& connection,
                            const TableFunctionSpec& spec, MakeCursor make);

template <class Cursor>
int register_table_function(const std::shared_ptr<Connection>& connection) {
  return register_table_function(connection, Cursor::kSpec, [](Connection& of) {
    return std::unique_ptr<TableFunctionCursor>(new Cursor(of));
  });
}

}  // namespace subjrec
