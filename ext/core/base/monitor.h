// How a long computation is stopped, and watched.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// Asked by every long computation, on the calling thread only and at least every 50 ms, whether
/// to go on. The monitor of ext/sqlite steps a small statement, so that sqlite3_interrupt and
/// progress handlers are honoured; a test's monitor counts.
class Monitor {
 public:
  virtual ~Monitor() = default;
  /// True: return Status::interrupted() now and leave nothing half done.
  virtual bool stop() { return false; }
  /// Told as work gets done: `done` of `total` parts of the step at hand (the batches of an epoch,
  /// the works to evaluate); a total of 0 is one that is not known. Changes nothing about the work.
  virtual void progress(double /*done*/, double /*total*/) {}
};

/// Asks a monitor in every `period`-th turn of a loop, whose turns are too short to ask in each.
class Poll {
 public:
  Poll(Monitor& monitor, uint32_t period) : monitor_(monitor), period_(period) {}
  bool stop() {
    if (++turn_ < period_) return false;
    turn_ = 0;
    return monitor_.stop();
  }

 private:
  Monitor& monitor_;
  uint32_t period_;
  uint32_t turn_ = 0;
};

/// Makes `v` longer by zeros, up to `n`. Fresh memory costs a quarter of a second a gigabyte.
template <class T>
Status grow_zeroed(std::vector<T>* v, size_t n, Monitor& monitor) {
  constexpr size_t kStep = (size_t{1} << 24) / sizeof(T);
  v->reserve(n);
  while (v->size() < n) {
    v->resize(std::min(n, v->size() + kStep));
    if (monitor.stop()) return Status::interrupted();
  }
  return {};
}

/// std::sort that can be stopped: the items are in any order then.
template <class Iterator, class Less>
Status stoppable_sort(Iterator begin, Iterator end, const Less& less, Monitor& monitor) {
  struct Stopped {};
  Poll poll(monitor, 1 << 15);
  try {
    std::sort(begin, end, [&](const auto& a, const auto& b) {
      if (poll.stop()) throw Stopped();
      return less(a, b);
    });
  } catch (const Stopped&) {
    return Status::interrupted();
  }
  return {};
}

}  // namespace subjrec
