// Any JSON file as records, each as its text.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/ingest/record_stream.h"

namespace subjrec {

/// A record as JSON that any reader takes: where the file's own text is not strictly JSON (a bad
/// escape, NaN, bytes that are no UTF-8), it is repaired (json_repair.h), and `error` says so. What
/// cannot be repaired has no text.
struct JsonRecord {
  uint64_t number = 0;  // from 1
  uint64_t offset = 0;  // of its first byte in the unpacked file, from 0
  std::string text;
  std::string error;  // empty where nothing is wrong
};

class LineReader {
 public:
  static Result<std::unique_ptr<LineReader>> open(const std::string& path,
                                                  const std::optional<RecordsPath>& records,
                                                  Monitor& monitor);
  ~LineReader();

  /// False after the last.
  Result<bool> next(JsonRecord* record, Monitor& monitor);

 private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace subjrec
