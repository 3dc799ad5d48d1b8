// Scalar functions: a plain C++ function of (connection, arguments) and how it is registered.
#pragma once

#include <functional>
#include <memory>

#include "core/base/status.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// Computes the result and sets it on the context, or returns the error.
using Function = std::function<Status(Connection& connection, sqlite3_context* context,
                                      const Arguments& arguments)>;

/// What a scalar or an aggregate function is called and takes.
struct FunctionSpec {
  const char* name;
  ArgumentNames arguments;
  int required;  // arguments behind these may be left out
  int flags;     // SQLITE_DIRECTONLY for what writes or reads files, SQLITE_INNOCUOUS for pure
                 // arithmetic, and the others of SQLite
  /// SQLite's nArg. Where their number is fixed, it is SQLite that refuses another one.
  int sqlite_count() const;
};

/// Sets `status` as the function's error: its text first, its code after.
void set_error(sqlite3_context* context, const Status& status);

/// Registers `function`. While it runs, cached statements are kept; they are let go of behind it.
int register_function(const std::shared_ptr<Connection>& connection, const FunctionSpec& spec,
                      Function function);

}  // namespace subjrec
