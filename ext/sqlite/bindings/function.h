// Scalar functions: a plain C++ function of (connection, arguments) and how it is registered.
#pragma once

#include <span>

#include "core/base/status.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

using Arguments = std::span<sqlite3_value*>;

/// Computes the result and sets it on the context, or returns the error.
using Function = Status (*)(Connection& connection, sqlite3_context* context, Arguments arguments);

/// Sets `status` as the function's error: its text first, its code after.
void set_error(sqlite3_context* context, const Status& status);

/// Registers `function` under `name` for `arguments` arguments (-1: any number) with SQLite's flags
/// (SQLITE_DIRECTONLY for what writes or reads files, SQLITE_INNOCUOUS for pure arithmetic).
int register_function(const std::shared_ptr<Connection>& connection, const char* name,
                      int arguments, int flags, Function function);

/// The text argument at `at`, or an error that names the argument.
Result<std::string> text_argument(std::string_view who, Arguments arguments, size_t at,
                                  std::string_view name, std::string_view example);

}  // namespace subjrec
