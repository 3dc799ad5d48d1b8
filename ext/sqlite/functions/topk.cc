#include <algorithm>

#include "core/base/status.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/store/ranked_list_cursor.h"

namespace subjrec {
namespace {

/// The k subjects that suit a work best: all of them, or only new ones.
class TopkCursor : public RecommendationCursor {
 public:
  static constexpr const char* kName = "subjrec_topk";
  static constexpr TableFunctionSpec kSpec =
      spec(kName, "rank INTEGER, subject_id, score REAL, probability REAL, tagged INTEGER",
           {"model", "work_id", "k", "which", "popularity", "threshold", "diversity"});

  using RecommendationCursor::RecommendationCursor;

  Status filter(const TableArguments& arguments) override {
    clear();
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(ListRequest request, read_request(arguments, 4));
    SUBJREC_ASSIGN(const bool only_new, read_which(arguments));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name, Need::kLists));
    loaded_ = model->loaded();
    const auto id = id_of(arguments[1]);
    std::optional<WorkRow> work;
    if (id) {
      SUBJREC_ASSIGN(work, model->find_work(kName, *id));
    }
    if (!work) {
      if (arguments.joined()) return {};
      if (id) return model->unknown_id(kName, Kind::kWork, *id);
      return arguments.wrong(1, "the id of a work");
    }
    tags_ = work->subjects;
    cold_ = tags_.empty();
    request.carried = tags_;
    limit(arguments, only_new ? tags_ : std::vector<uint32_t>(), &request);
    SUBJREC_TRY(recommend(arguments, std::move(request),
                          [this, work = std::move(*work)](const ListRequest& asked, Monitor& watch,
                                                          RecommendationList* list) {
                            return loaded_->top_k(work, asked, watch, &scratch_, list);
                          }));
    return model->check_listed(kName, list_.hits);
  }

  Status column(sqlite3_context* context, int column) override {
    if (column < 4) return RecommendationCursor::column(context, column);
    sqlite3_result_int(context, std::binary_search(tags_.begin(), tags_.end(), hit().item) ? 1 : 0);
    return {};
  }

 private:
  static Result<bool> read_which(const Arguments& arguments) {
    if (!arguments.given(3)) return false;
    SUBJREC_ASSIGN(const size_t choice,
                   arguments.choice(3, {"all", "new"}, " (subjects that the work does not carry)"));
    return choice == 1;
  }

  std::vector<uint32_t> tags_;
  TopKScratch scratch_;
};

}  // namespace

int register_topk(const std::shared_ptr<Connection>& connection) {
  return register_table_function<TopkCursor>(connection);
}

}  // namespace subjrec
