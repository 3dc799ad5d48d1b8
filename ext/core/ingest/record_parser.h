// One line of a snapshot, as a record.
#pragma once

#include <memory>

#include "core/base/status.h"
#include "core/ingest/line_splitter.h"
#include "core/ingest/record.h"

namespace subjrec {

/// Reads the parts of Wellcome's works that subjrec has a use for:
///
///   id, title, alternativeTitles[], workType {id, label}, production[].dates[].label,
///   subjects[] {id, label, type, concepts[] {id, label, type}},
///   contributors[].agent, genres[].concepts[], languages[] {id, label, type}
///
/// Only the id is needed. A part that is missing or null is empty; one of another type than this is
/// counted in malformed_fields and read as missing; an id may also be a whole number. Of a key that
/// an object repeats, the first counts. The whole line is checked to be JSON and UTF-8.
class RecordParser {
 public:
  RecordParser();
  ~RecordParser();
  RecordParser(const RecordParser&) = delete;
  RecordParser& operator=(const RecordParser&) = delete;

  /// Appends a work or a skipped line to the batch, and counts in `counts`. Fails only for want of
  /// memory.
  Status parse(const Line& line, RecordBatch* batch, SnapshotCounts* counts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace subjrec
