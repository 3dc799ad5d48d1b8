#include "core/base/parallel.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/float_mode.h"

namespace subjrec {

int resolve_threads(int requested) {
  if (requested > 0) return requested;
  const unsigned available = std::thread::hardware_concurrency();
  return available == 0 ? 1 : static_cast<int>(available);
}

/// A round is one run(). Workers wait for the round number to change, take pieces from `next`
/// until none is left, and count themselves out in `working`.
struct ThreadTeam::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable done;
  std::atomic<uint64_t> round{0};
  std::atomic<size_t> next{0};
  std::atomic<int> working{0};
  std::atomic<bool> stopped{false};
  bool closing = false;
  size_t pieces = 0;
  const std::function<void(size_t)>* piece = nullptr;
  std::exception_ptr thrown;
  std::vector<std::thread> threads;

  /// `monitor` is asked after each piece, and once where the others have left none.
  void take(Monitor* monitor) {
    try {
      bool left = true;
      for (bool first = true; left && !stopped.load(std::memory_order_relaxed); first = false) {
        const size_t i = next.fetch_add(1);
        left = i < pieces;
        if (left) (*piece)(i);
        if (monitor != nullptr && (left || first) && monitor->stop()) stopped = true;
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!thrown) thrown = std::current_exception();
      stopped = true;
    }
  }

  void wait_for_round(uint64_t seen) {
    // Training calls several rounds a millisecond: look for a moment before going to sleep.
    for (int spin = 0; spin < 2000; ++spin) {
      if (round.load(std::memory_order_acquire) != seen) return;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    std::unique_lock<std::mutex> lock(mutex);
    wake.wait(lock, [&] { return round.load(std::memory_order_relaxed) != seen; });
  }

  void work() {
    const FloatMode mode;  // a thread begins in that of the one that started it
    uint64_t seen = 0;
    for (;;) {
      wait_for_round(seen);
      seen = round.load(std::memory_order_acquire);
      if (closing) return;
      take(nullptr);
      if (working.fetch_sub(1) == 1) {
        const std::lock_guard<std::mutex> lock(mutex);
        done.notify_one();
      }
    }
  }

  /// Until the workers have counted themselves out; their pieces hear of `stopped`.
  void wait_for_workers(Monitor& monitor) {
    for (int spin = 0; spin < 2000 && working.load(std::memory_order_acquire) > 0; ++spin) {
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    std::unique_lock<std::mutex> lock(mutex);
    constexpr std::chrono::milliseconds kPatience{20};
    while (!done.wait_for(lock, kPatience, [&] { return working.load() == 0; })) {
      lock.unlock();
      if (!stopped && monitor.stop()) stopped = true;
      lock.lock();
    }
  }

  void announce() {
    const std::lock_guard<std::mutex> lock(mutex);
    round.fetch_add(1, std::memory_order_release);
    wake.notify_all();
  }
};

ThreadTeam::ThreadTeam(int threads) : state_(std::make_unique<State>()) {
  if (threads > 1) state_->threads.reserve(static_cast<size_t>(threads) - 1);
  try {
    for (int i = 1; i < threads; ++i) {
      state_->threads.emplace_back([state = state_.get()] { state->work(); });
    }
  } catch (const std::system_error&) {
    // A host that forbids more threads gets the ones that started; results do not depend on it.
  } catch (const std::bad_alloc&) {
    // Nor where memory is short: what started must not be left to run on a team that is gone.
  }
}

ThreadTeam::~ThreadTeam() {
  state_->closing = true;
  state_->announce();
  for (std::thread& thread : state_->threads) thread.join();
}

Status ThreadTeam::run(size_t pieces, const std::function<void(size_t)>& piece, Monitor& monitor) {
  State& s = *state_;
  s.pieces = pieces;
  s.piece = &piece;
  s.next = 0;
  s.stopped = false;
  s.thrown = nullptr;
  const bool shared = !s.threads.empty() && pieces > 1;
  if (shared) {
    s.working = static_cast<int>(s.threads.size());
    s.announce();
  }
  s.take(&monitor);
  if (shared) s.wait_for_workers(monitor);
  if (s.thrown) std::rethrow_exception(s.thrown);
  return s.stopped ? Status::interrupted() : Status();
}

Status ThreadTeam::try_run(size_t pieces, const std::function<Status(size_t, Monitor&)>& piece,
                           Monitor& monitor) {
  const auto caller = std::this_thread::get_id();
  struct TeamMonitor : Monitor {
    explicit TeamMonitor(const std::atomic<bool>& s) : stopped(s) {}
    bool stop() override { return stopped.load(std::memory_order_relaxed); }
    const std::atomic<bool>& stopped;
  } of_team(state_->stopped);
  std::atomic<bool> failed{false};
  std::mutex lock;
  Status failure;
  const auto guarded = [&](size_t i) {
    if (failed.load(std::memory_order_relaxed)) return;
    const Status status = piece(i, std::this_thread::get_id() == caller ? monitor : of_team);
    if (status.ok()) return;
    const std::lock_guard<std::mutex> held(lock);
    if (!failed.exchange(true)) failure = status;
  };
  SUBJREC_TRY(run(pieces, guarded, monitor));
  return failure;
}

}  // namespace subjrec
