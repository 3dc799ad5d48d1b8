// A works snapshot, read from its beginning to its end.
#pragma once

#include <memory>
#include <string>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/ingest/record.h"

namespace subjrec {

/// NDJSON, one work per line, plain or gzip, streamed: what it holds of the file at any time is a
/// few blocks and batches, whatever the size of the file.
///
/// Unpacking and parsing run ahead in a thread each, which end with the reader. A line that is no
/// work is skipped and counted, and so is a last line that is cut off; a file that cannot be
/// opened, broken gzip and a line of more than 64 MiB are errors.
class SnapshotReader {
 public:
  struct Settings {
    bool threads = true;        // false: everything in the caller's thread
    size_t block = 256 * 1024;  // bytes unpacked at a time
    size_t batch = 512 * 1024;  // bytes of records handed over at a time
    size_t longest_line = size_t{64} << 20;
  };

  static Result<std::unique_ptr<SnapshotReader>> open(const std::string& path, Monitor& monitor,
                                                      const Settings& settings);
  static Result<std::unique_ptr<SnapshotReader>> open(const std::string& path, Monitor& monitor) {
    return open(path, monitor, Settings());
  }
  ~SnapshotReader();

  /// The next records; false where there are no more, with the last counts in the batch. The
  /// batch's old memory is used again.
  Result<bool> next(RecordBatch* batch, Monitor& monitor);

 private:
  struct State;
  explicit SnapshotReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace subjrec
