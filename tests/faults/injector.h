// What makes the n-th call of something fail.
#pragma once

#include <atomic>
#include <cstdint>

namespace subjrec::faults {

/// Counts calls while it is armed and says which of them fail. Any thread may call.
class Injector {
 public:
  /// The n-th call from now on fails, from 1; `on` makes all after it fail as well. With n = 0
  /// calls are counted and none fails.
  void arm(int64_t n, bool on) {
    n_ = n;
    on_ = on;
    calls_ = 0;
    failed_ = 0;
    armed_ = true;
  }
  void disarm() { armed_ = false; }

  /// True: this call has to fail.
  bool hit() noexcept {
    if (!armed_.load(std::memory_order_relaxed)) return false;
    const int64_t call = calls_.fetch_add(1) + 1;
    const bool fails = n_ > 0 && (call == n_ || (on_ && call > n_));
    if (fails) ++failed_;
    return fails;
  }

  int64_t calls() const { return calls_; }
  int64_t failed() const { return failed_; }

 private:
  std::atomic<bool> armed_{false};
  std::atomic<int64_t> n_{0};
  std::atomic<bool> on_{false};
  std::atomic<int64_t> calls_{0};
  std::atomic<int64_t> failed_{0};
};

}  // namespace subjrec::faults
