// A producer that runs ahead of its consumer, in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/float_mode.h"
#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// Calls `produce` again and again in its own thread, at most `depth` items ahead of next(). Items
/// are handed over by swap, so their memory is used again and again. The destructor stops the
/// thread and joins it. With depth 0, or where no thread can be had, next() produces by itself.
/// What `produce` throws is thrown by next().
template <class Item>
class ReadAhead {
 public:
  /// Fills the item, which may hold an old one; false where there are no more. Asks the monitor
  /// when it waits. Called by one thread at a time.
  using Produce = std::function<Result<bool>(Item*, Monitor&)>;

  ReadAhead(size_t depth, Produce produce) : produce_(std::move(produce)), depth_(depth) {
    if (depth_ == 0) return;
    // The thread must not throw: it allocates nothing of its own.
    ready_.reserve(depth_ + 1);
    spare_.reserve(depth_ + 2);
    try {
      thread_ = std::thread([this] {
        const FloatMode mode;
        run();
      });
    } catch (const std::system_error&) {
      depth_ = 0;
    }
  }

  ~ReadAhead() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// The next item; false after the last one. What the producer failed with comes after the items
  /// before it.
  Result<bool> next(Item* item, Monitor& monitor) {
    if (depth_ == 0) return produce_(item, monitor);
    std::unique_lock lock(mutex_);
    while (ready_.empty() && !ended_) {
      changed_.wait_for(lock, kPoll);
      if (!ready_.empty() || ended_) break;
      lock.unlock();
      if (monitor.stop()) return Status::interrupted();
      lock.lock();
    }
    if (ready_.empty()) {
      if (thrown_) std::rethrow_exception(thrown_);
      return end_;
    }
    std::swap(*item, ready_.front());
    spare_.push_back(std::move(ready_.front()));
    ready_.erase(ready_.begin());
    changed_.notify_all();
    return true;
  }

 private:
  static constexpr auto kPoll = std::chrono::milliseconds(10);

  struct StopFlag : Monitor {
    explicit StopFlag(ReadAhead* owner) : owner_(owner) {}
    bool stop() override {
      const std::lock_guard lock(owner_->mutex_);
      return owner_->stopped_;
    }
    ReadAhead* owner_;
  };

  // What is thrown in the loop is handed over; a lock that cannot be taken ends the process.
  void run() noexcept {  // NOLINT(bugprone-exception-escape)
    StopFlag monitor(this);
    for (;;) {
      std::optional<Item> item;
      Result<bool> more = false;
      std::exception_ptr thrown;
      try {
        item.emplace(take_spare());
        more = produce_(&*item, monitor);
      } catch (...) {
        thrown = std::current_exception();
      }
      std::unique_lock lock(mutex_);
      if (thrown || !more.ok() || !*more) {
        thrown_ = thrown;
        end_ = std::move(more);
        ended_ = true;
        changed_.notify_all();
        return;
      }
      ready_.push_back(std::move(*item));
      changed_.notify_all();
      changed_.wait(lock, [this] { return stopped_ || ready_.size() < depth_; });
      if (stopped_) return;
    }
  }

  Item take_spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return Item();
    Item item = std::move(spare_.back());
    spare_.pop_back();
    return item;
  }

  Produce produce_;
  size_t depth_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::vector<Item> ready_;
  std::vector<Item> spare_;
  bool ended_ = false;  // the producer is done, and one of these says how:
  Result<bool> end_ = false;
  std::exception_ptr thrown_;
  std::thread thread_;
};

}  // namespace subjrec
