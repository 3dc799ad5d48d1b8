// Elapsed time, by the steady clock: for summaries, rows and bars; no result depends on it.
#pragma once

#include <chrono>

namespace subjrec {

class Clock {
 public:
  /// Since the clock was made.
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace subjrec
