// How a long computation is stopped.
#pragma once

namespace subjrec {

/// Asked by every long computation, on the calling thread only and at least every 50 ms, whether
/// to go on. The face's monitor steps a small statement, so that sqlite3_interrupt and progress
/// handlers are honoured; a test's monitor counts.
class Monitor {
 public:
  virtual ~Monitor() = default;
  /// True: return Status::interrupted() now and leave nothing half done.
  virtual bool stop() { return false; }
};

}  // namespace subjrec
