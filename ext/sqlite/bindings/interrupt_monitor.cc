#include "sqlite/bindings/interrupt_monitor.h"

#include <chrono>
#include <utility>

namespace subjrec {

namespace {

int64_t now_in_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

SqliteMonitor::SqliteMonitor(sqlite3* db, First first)
    : db_(db), last_(first == First::kLater ? now_in_ms() : 0) {}

bool SqliteMonitor::stop() {
  if (stopped_) return true;
  const int64_t now = now_in_ms();
  if (now - last_ < 20) return false;
  last_ = now;
  if (!probe_) {
    // Enough virtual-machine steps for a progress handler of any usual period to be called.
    auto probe = Statement::prepare(db_, "subjrec",
                                    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM "
                                    "c LIMIT 200) SELECT max(x) FROM c");
    if (!probe.ok()) {
      stopped_ = probe.status().code() == Code::kInterrupted;
      return stopped_;
    }
    probe_ = std::move(*probe);
  }
  const auto row = probe_.step("subjrec");
  stopped_ = !row.ok() && row.status().code() == Code::kInterrupted;
  if (row.ok()) probe_.reset();
  return stopped_;
}

}  // namespace subjrec
