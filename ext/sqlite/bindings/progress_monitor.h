// The monitor of calls that can draw a bar.
#pragma once

#include <optional>
#include <string>

#include "core/base/progress_bar.h"
#include "sqlite/bindings/interrupt_monitor.h"

namespace subjrec {

/// Stops as SqliteMonitor does; after show() it draws how far a run of equal steps is.
class ProgressMonitor : public SqliteMonitor {
 public:
  using SqliteMonitor::SqliteMonitor;

  /// From now on, on standard error if that is a terminal: "label: 40%|...| 4/10 unit".
  void show(std::string label, std::string unit) {
    bar_.emplace(ProgressBar::terminal(), std::move(label), std::move(unit));
  }

  /// `done` steps of `total` are done; progress() speaks of the next one.
  void set_steps(double done, double total, std::string_view note = {}) {
    done_ = done;
    total_ = total;
    if (bar_) bar_->update(done, total, note);
  }

  void progress(double done, double total) override {
    if (bar_ && total > 0) bar_->update(done_ + done / total, total_);
  }

  void finish() {
    if (bar_) bar_->finish();
  }

 private:
  std::optional<ProgressBar> bar_;
  double done_ = 0;
  double total_ = 0;
};

}  // namespace subjrec
