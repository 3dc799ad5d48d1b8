// Work in fixed pieces over a team of threads.
//
// Promise: the number of threads never changes a result. Pieces are cut by the data alone, each
// writes to its own place, and whoever joins them does so in the order of the pieces.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// The number of threads to use for `requested`: itself, or for 0 as many as the machine has.
int resolve_threads(int requested);

/// `threads - 1` waiting threads and the caller. Cheap to call many times a millisecond; the
/// threads sleep when nothing comes for a while and are joined by the destructor.
class ThreadTeam {
 public:
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  /// Calls piece(i) once for every i < pieces, in no particular order, and returns when all are
  /// done. The caller takes its share, and asks the monitor between its pieces, and while it waits
  /// for the others': keep a piece under 20 ms. Stopped: returns Code::kInterrupted, the remaining
  /// pieces not run. What a piece throws is thrown here.
  Status run(size_t pieces, const std::function<void(size_t)>& piece, Monitor& monitor);

  /// The same for pieces that can fail, and for long ones, which get somebody to ask: the caller's
  /// its monitor, the others one that stops when the caller's has. After a failure no further piece
  /// is begun.
  Status try_run(size_t pieces, const std::function<Status(size_t, Monitor&)>& piece,
                 Monitor& monitor);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace subjrec
