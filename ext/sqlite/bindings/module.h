// Virtual tables: SQLite's callbacks, written once, on top of two C++ classes.
//
// SQLite knows a table and a cursor by structs of its own; ours derive from them. Everything that a
// callback runs is guarded (guard.h), and a Status becomes a result code and the table's message.
// Table-valued functions (table_function.h) and the model's own table (functions/subjrec.cc) are
// such classes; what only one of them has, like xUpdate, it adds to table_callbacks().
#pragma once

#include <memory>
#include <span>

#include "core/base/status.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

class VirtualCursor : public sqlite3_vtab_cursor {
 public:
  VirtualCursor() : sqlite3_vtab_cursor{} {}
  VirtualCursor(const VirtualCursor&) = delete;
  VirtualCursor& operator=(const VirtualCursor&) = delete;
  virtual ~VirtualCursor() = default;

  /// Starts again, with the number of the plan and the arguments that VirtualTable::plan() chose.
  virtual Status filter(int plan, std::span<sqlite3_value*> values) = 0;
  virtual bool eof() const = 0;
  virtual Status next() = 0;
  virtual Status column(sqlite3_context* context, int column) = 0;
  virtual int64_t row_id() = 0;
};

class VirtualTable : public sqlite3_vtab {
 public:
  explicit VirtualTable(std::shared_ptr<Connection> connection)
      : sqlite3_vtab{},
        connection_(std::move(connection)),
        statements_(connection_->keep_statements()) {}
  VirtualTable(const VirtualTable&) = delete;
  VirtualTable& operator=(const VirtualTable&) = delete;
  virtual ~VirtualTable() { sqlite3_free(zErrMsg); }

  Connection& connection() const { return *connection_; }

  /// xBestIndex. False: no plan for what is usable here; SQLite asks for another.
  virtual Result<bool> plan(sqlite3_index_info* info) = 0;
  virtual std::unique_ptr<VirtualCursor> open() = 0;

 private:
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<void> statements_;
};

/// Every callback but those that make a table, or change one.
sqlite3_module table_callbacks();

/// Result and message of a callback of `table`.
int report(sqlite3_vtab* table, const Status& status) noexcept;
/// The same where there is no table yet.
int report(char** error, const Status& status) noexcept;

/// xConnect and xCreate: hands over the VirtualTable that `make` gives as a Result of its pointer.
template <class Make>
int connect_table(sqlite3_vtab** out, char** error, const Make& make) noexcept {
  return report(error, guarded([&]() -> Status {
                  SUBJREC_ASSIGN(std::unique_ptr<VirtualTable> table, make());
                  *out = table.release();
                  return {};
                }));
}

}  // namespace subjrec
