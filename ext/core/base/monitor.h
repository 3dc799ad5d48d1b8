// How a long computation is stopped, and watched.
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
  /// Told as work gets done: `done` of `total` parts of the step at hand (the batches of an epoch,
  /// the works to judge); a total of 0 is one that is not known. Changes nothing about the work.
  virtual void progress(double /*done*/, double /*total*/) {}
};

}  // namespace subjrec
