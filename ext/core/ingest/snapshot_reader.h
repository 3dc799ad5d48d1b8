// A works snapshot, read from its beginning to its end.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/ingest/page_finder.h"
#include "core/ingest/record.h"
#include "core/ingest/record_parser.h"

namespace subjrec {

/// JSON in any frame (record_splitter.h), plain or gzip, streamed: what it holds of the file at any
/// time is a few blocks and batches, whatever the size of the file.
///
/// Unpacking and parsing run ahead in a thread each, which end with the reader. A record that is no
/// work is skipped and counted, and so is what is cut off by the end of the file; a file that
/// cannot be opened or is no JSON, broken gzip and a record of more than 64 MiB are errors.
class SnapshotReader {
 public:
  struct Settings {
    bool threads = true;        // false: everything in the caller's thread
    size_t block = 256 * 1024;  // bytes unpacked at a time
    size_t batch = 512 * 1024;  // bytes of records handed over at a time
    size_t longest_line = size_t{64} << 20;
    RecordParser::Settings parser = {};
    std::optional<RecordsPath> records = {};  // the array in each document that has the records
    /// Fail where none of the first records has an id, or subjects, in the shape that is wanted.
    bool check_shape = false;
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
