// One record of a snapshot, as a work.
#pragma once

#include <memory>
#include <string>

#include "core/base/status.h"
#include "core/ingest/record.h"
#include "core/ingest/record_splitter.h"
#include "core/ingest/shape.h"

namespace subjrec {

/// Parses a record and reads the work in it, in the shape that it is given (wellcome_reader.h,
/// marc_reader.h, mapped_reader.h).
///
/// The whole record is checked to be JSON and UTF-8. Bad escapes, NaN and bytes that are no UTF-8
/// do no harm in members that are not used; a text with a bad escape is counted in
/// malformed_fields, an id with one is none, and a record of which a part that is used is no UTF-8
/// is skipped.
class RecordParser {
 public:
  struct Settings {
    Shape shape = {};
    bool label_as_id = false;
  };
  explicit RecordParser(Settings settings);
  RecordParser() : RecordParser(Settings()) {}
  ~RecordParser();
  RecordParser(const RecordParser&) = delete;
  RecordParser& operator=(const RecordParser&) = delete;

  /// Appends a work or a skipped record to the batch, and counts in `counts`. False, and nothing
  /// happens, if the record was a guess and is no JSON. Fails only for want of memory.
  Result<bool> parse(const Record& record, RecordBatch* batch, SnapshotCounts* counts);

  /// An error that names what no record has had so far, id or subjects, and what they have instead.
  Status check_shape() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace subjrec
