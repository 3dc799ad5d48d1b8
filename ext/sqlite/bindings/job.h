// A job: work that takes long, in steps between which a row can be shown. What trains, tunes,
// imports and maps (sqlite/jobs) is one; long_call.h makes an SQL function of it.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/status.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/progress_monitor.h"

namespace subjrec {

class Job {
 public:
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  /// No step is left. There is at least one.
  virtual bool done() const = 0;
  /// Does what one row tells of. Whatever a job stores, it stores in its last step.
  virtual Status step() = 0;
  /// What happened, as JSON; once done.
  virtual std::string summary() const = 0;

  Status run() {
    while (!done()) SUBJREC_TRY(step());
    return {};
  }
  /// Since the job began.
  double seconds() const { return clock_.seconds(); }

 protected:
  /// `who` is the SQL name that speaks in errors.
  Job(Connection& connection, std::string_view who)
      : connection_(connection), who_(who), monitor_(connection.db()) {}

  sqlite3* db() const { return connection_.db(); }

  Connection& connection_;
  const std::string who_;
  ProgressMonitor monitor_;

 private:
  Clock clock_;
};

}  // namespace subjrec
