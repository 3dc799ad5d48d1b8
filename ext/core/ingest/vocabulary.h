// A vocabulary (thesaurus, authority file) as the tables it fills: its subjects with their labels
// and what is broader, in order of id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/catalogue.h"
#include "core/ingest/record.h"
#include "core/ingest/run_sorter.h"

namespace subjrec {

struct VocabularySubject {
  Text id;
  bool described = false;  // it has a record; else another one names it as narrower
  Text label;
  Text type;
  std::vector<Text> labels;   // the alternative ones, distinct, ascending, without the label
  std::vector<Text> broader;  // distinct ids, ascending, without its own
};

/// First all add(), then finish(), then all next().
///
/// Takes records in the shape that read_vocabulary_shape() gives (core/ingest/shape.h). A subject
/// that comes several times becomes one: its label and type are the first that are there, its
/// alternative labels and what is broader those of all. "a is narrower than b" is kept as "b is
/// broader than a". Memory is bounded, see RunSorter.
class Vocabulary {
 public:
  explicit Vocabulary(size_t memory = size_t{64} << 20);

  Status add(const RecordBatch& batch);
  Status finish() { return rows_.finish(); }
  /// About what the tables will take.
  uint64_t bytes() const { return bytes_; }
  /// The next subject; false after the last. Its texts are good until the next call.
  Result<bool> next(VocabularySubject* subject);

 private:
  Status add_row(Text id, bool described, Text label, Text type);

  RunSorter rows_;
  GroupedRows groups_;
  uint64_t bytes_ = 0;
  // Scratch of one subject.
  std::string row_, labels_, broader_;
  std::vector<std::string_view> values_;
};

}  // namespace subjrec
