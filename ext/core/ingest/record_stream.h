// A file as records: unpacked, recognised and cut, in constant memory. Everything that reads a
// catalogue's file goes through here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/ingest/byte_source.h"
#include "core/ingest/read_ahead.h"
#include "core/ingest/record_splitter.h"

namespace subjrec {

class RecordStream {
 public:
  struct Settings {
    bool threads = true;        // false: everything in the caller's thread
    size_t block = 256 * 1024;  // bytes unpacked at a time
    RecordSplitter::Settings splitter = {};
  };

  /// Errors name the path: what ByteSource says, and a file that is no JSON (foreign_format.h).
  static Result<std::unique_ptr<RecordStream>> open(const std::string& path, Monitor& monitor,
                                                    const Settings& settings);

  /// As RecordSplitter has it. Errors name the path.
  Result<bool> next(Record* record, Monitor& monitor);
  Status again(Record* record, Monitor& monitor);

  const RecordSplitter& splitter() const { return splitter_; }

 private:
  RecordStream(std::unique_ptr<ByteSource> source, std::string path, const Settings& settings);

  Result<bool> unpack(std::vector<char>* block, Monitor& monitor);
  Result<bool> refill(std::vector<char>* buffer);
  Status named(const Status& status) const;

  static constexpr size_t kBlocksAhead = 4;

  std::unique_ptr<ByteSource> source_;
  std::string path_;
  size_t block_;
  std::vector<char> head_;  // was read to tell what the file is
  bool head_pending_ = true;
  std::vector<char> unpacked_;
  Monitor* reading_ = nullptr;  // of the call that runs
  std::unique_ptr<ReadAhead<std::vector<char>>> blocks_;
  RecordSplitter splitter_;
};

}  // namespace subjrec
