// A Monitor that stops on sqlite3_interrupt and on progress handlers.
#pragma once

#include <cstdint>

#include "core/base/monitor.h"
#include "sqlite/bindings/statement.h"

namespace subjrec {

/// Stops when the connection was interrupted or its progress handler says so: steps a small
/// statement, at most every 20 ms.
class SqliteMonitor : public Monitor {
 public:
  /// When the statement, which costs 30 microseconds, is stepped first: at once, or after 20 ms.
  /// The latter is for what usually takes less than that and is asked for again and again.
  enum class First { kAtOnce, kLater };

  explicit SqliteMonitor(sqlite3* db, First first = First::kAtOnce);
  bool stop() override;

 private:
  sqlite3* db_;
  Statement probe_;
  int64_t last_;
  bool stopped_ = false;
};

}  // namespace subjrec
