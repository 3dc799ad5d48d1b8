// Aggregate functions: an object for each group, and how they are registered.
#pragma once

#include <memory>

#include "core/base/status.h"
#include "sqlite/bindings/function.h"

namespace subjrec {

class Aggregate {
 public:
  virtual ~Aggregate() = default;
  /// Takes the arguments of one row.
  virtual Status step(const Arguments& arguments) = 0;
  /// Sets the result of all rows, or leaves it NULL.
  virtual Status result(sqlite3_context* context) = 0;
};

/// Registers the aggregate that `make` makes one object of for each group, as register_function()
/// does. A group without rows gets an object that no step() was called on.
int register_aggregate(const std::shared_ptr<Connection>& connection, const FunctionSpec& spec,
                       std::unique_ptr<Aggregate> (*make)());

}  // namespace subjrec
