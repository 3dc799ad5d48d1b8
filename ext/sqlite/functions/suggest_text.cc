// subjrec_suggest_text(model, text, k [, popularity [, threshold [, diversity]]]): subjects for a
// title or an abstract.
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/functions/registry.h"
#include "sqlite/store/model_text.h"
#include "sqlite/store/ranked_list_cursor.h"

namespace subjrec {
namespace {

/// The k subjects that suit a work of which a text is all that is known.
class SuggestTextCursor : public RecommendationCursor {
 public:
  static constexpr const char* kName = "subjrec_suggest_text";
  static constexpr TableFunctionSpec kSpec =
      spec(kName, "rank INTEGER, subject_id, score REAL, probability REAL",
           {"model", "text", "k", "popularity", "threshold", "diversity"});

  using RecommendationCursor::RecommendationCursor;

  Status filter(const TableArguments& arguments) override {
    clear();
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(ListRequest request, read_request(arguments, 3));
    if (!arguments.given(1) && arguments.joined()) return {};  // a work without a title
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    loaded_ = model->loaded();
    SqliteMonitor monitor(connection().db(), SqliteMonitor::First::kLater);
    std::vector<WeightedFeature> words;
    SUBJREC_TRY(text_features(connection().db(), arguments, 1, model->name(), loaded_->stored,
                              monitor, &words));
    limit(arguments, {}, &request);
    SUBJREC_TRY(model->need_fold_in());
    return recommend(
        arguments, std::move(request),
        [this, words](const ListRequest& asked, Monitor& watch, RecommendationList* list) {
          return loaded_->suggest({}, words, {}, asked, watch, list);
        });
  }
};

}  // namespace

int register_suggest_text(const std::shared_ptr<Connection>& connection) {
  return register_table_function<SuggestTextCursor>(connection);
}

}  // namespace subjrec
