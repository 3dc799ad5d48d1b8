// The cursors of table-valued functions that give a ranked list of hits.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <vector>

#include "core/base/status.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

/// Keeps what the list came from and walks it; filter() fills list_ and sets loaded_.
class RankedListCursor : public TableFunctionCursor {
 public:
  using TableFunctionCursor::TableFunctionCursor;

  bool eof() const { return at_ >= list_.hits.size(); }

  Status next() {
    ++at_;
    return {};
  }

 protected:
  void clear() {
    list_.hits.clear();
    list_.raw_scores.clear();
    at_ = 0;
  }
  const ScoredItem& hit() const { return list_.hits[at_]; }
  int64_t rank() const { return static_cast<int64_t>(at_) + 1; }

  std::shared_ptr<ServedModel> loaded_;
  RecommendationList list_;
  size_t at_ = 0;
};

/// A list of suggested subjects, whose first columns are rank, subject_id, score, probability.
class RecommendationCursor : public RankedListCursor {
 public:
  using RankedListCursor::RankedListCursor;

 protected:
  /// The candidates that the query names, without those of `exclude`, which ascend; or all.
  void limit(const TableArguments& arguments, std::vector<uint32_t> exclude,
             ListRequest* request) const {
    request->candidates = arguments.candidates(loaded_->stored.subjects);
    request->exclude = std::move(exclude);
    if (!request->candidates) return;
    std::vector<uint32_t> left;
    std::set_difference(request->candidates->begin(), request->candidates->end(),
                        request->exclude.begin(), request->exclude.end(), std::back_inserter(left));
    request->candidates = std::move(left);
  }

  bool cold_ = false;  // no subject of the work is known

  void subject_column(sqlite3_context* context, int column) const {
    switch (column) {
      case 0:
        sqlite3_result_int64(context, rank());
        break;
      case 1:
        result_id(context, loaded_->stored.subjects[hit().item]);
        break;
      case 2:
        sqlite3_result_double(context, double{hit().score});
        break;
      default:
        sqlite3_result_double(context, loaded_->probability(list_.raw_score(at_), cold_));
    }
  }
};

}  // namespace subjrec
