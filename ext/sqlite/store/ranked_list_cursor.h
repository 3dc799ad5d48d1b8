// Top-k lists as rows: the cursors of table-valued functions that give the k best, best first.
//
// NOT IN and <> on the ids are not told to a virtual table, and yet are to be applied before the k
// best are taken. SQLite compares the argument k on each row after such a condition. So a row of
// which it has read the id alone, and not k, was taken away by one; if the conditions are of that
// kind (CallSite::excludes), the row does not count, and the list is made longer.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <vector>

#include "core/base/status.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

/// Keeps what the list came from and walks it; filter() fills list_ and sets loaded_.
class RankedListCursor : public TableFunctionCursor {
 public:
  using TableFunctionCursor::TableFunctionCursor;

  bool eof() const override { return at_ >= list_.hits.size() || counted_ >= k_; }

  Status next() override {
    const bool excluded = row_ == Row::kIdRead && site_->get().excludes;
    if (!excluded) ++counted_;
    ++at_;
    row_ = Row::kUnread;
    if (at_ < list_.hits.size() || counted_ >= k_ || at_ == counted_) return {};
    return search_(std::max(2 * at_, at_ + k_ - counted_), &list_);
  }

  void on_read(int column) override {
    if (column != kIdColumn) row_ = Row::kUsed;
    if (row_ == Row::kUnread) row_ = Row::kIdRead;
  }
  void on_compare(int /*argument*/) override { row_ = Row::kUsed; }

 protected:
  /// Fills the list with the best so many; for more of them the first are the same.
  using Search = std::function<Status(size_t k, RecommendationList* list)>;

  void clear() {
    list_.hits.clear();
    list_.raw_scores.clear();
    at_ = 0;
  }
  /// Takes the k best. What `search` refers to stays as it is until the next call.
  Status start(const TableArguments& arguments, int64_t k, Search search) {
    k_ = static_cast<size_t>(std::min<int64_t>(k, 1LL << 32));  // ids are fewer
    counted_ = 0;
    row_ = Row::kUnread;
    site_ = arguments.site;
    search_ = std::move(search);
    return search_(k_, &list_);
  }
  const ScoredItem& hit() const { return list_.hits[at_]; }
  int64_t rank() const { return static_cast<int64_t>(counted_) + 1; }

  static constexpr int kIdColumn = 1;

  std::shared_ptr<ServedModel> loaded_;
  RecommendationList list_;
  size_t at_ = 0;

 private:
  enum class Row { kUnread, kIdRead, kUsed };

  Row row_ = Row::kUnread;
  size_t k_ = 0;
  size_t counted_ = 0;  // rows before this one that count
  CallSiteQuery* site_ = nullptr;
  Search search_;
};

/// A list of suggested subjects, whose first columns are rank, subject_id, score, probability, and
/// whose arguments are a model, what is known of a work, and k.
class RecommendationCursor : public RankedListCursor {
 public:
  static constexpr TableFunctionSpec spec(const char* name, const char* columns,
                                          const ArgumentNames& arguments) {
    return {.name = name,
            .columns = columns,
            .arguments = arguments,
            .required = 3,
            .ascending = 0,
            .descending = 2,
            .candidates = kIdColumn,
            .limit = 2};
  }

  using RankedListCursor::RankedListCursor;

  Status column(sqlite3_context* context, int column) override {
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
    return {};
  }

 protected:
  /// k, which is argument 3, and popularity, threshold and diversity, the arguments from
  /// `popularity` on (counted from 0) as far as the function has them.
  static Result<ListRequest> read_request(const Arguments& arguments, size_t popularity) {
    ListRequest request;
    SUBJREC_ASSIGN(const int64_t k, arguments.whole(2, 1));
    request.k = static_cast<size_t>(k);
    SUBJREC_ASSIGN(request.popularity, arguments.share(popularity));
    SUBJREC_ASSIGN(request.threshold, arguments.share(popularity + 1));
    SUBJREC_ASSIGN(request.diversity, arguments.share(popularity + 2));
    return request;
  }

  using Recommend = std::function<Status(const ListRequest&, Monitor&, RecommendationList*)>;
  /// Takes the best of the request, and more of them where rows are taken away.
  Status recommend(const TableArguments& arguments, ListRequest request, Recommend best) {
    const auto k = static_cast<int64_t>(request.k);
    return start(arguments, k,
                 [this, request = std::move(request), best = std::move(best)](
                     size_t most, RecommendationList* list) mutable {
                   request.k = most;
                   SqliteMonitor monitor(connection().db(), SqliteMonitor::First::kLater);
                   return best(request, monitor, list);
                 });
  }

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
};

}  // namespace subjrec
