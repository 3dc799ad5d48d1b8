#include "face/hit_list_cursor.h"
#include "face/known_ids.h"
#include "face/registry.h"

namespace subjrec {
namespace {

/// The k subjects that suit a work that was never trained, from what is known of it.
class SuggestCursor : public HitListCursor {
 public:
  static constexpr const char* kName = "subjrec_suggest";
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns = "rank INTEGER, subject_id, score REAL, probability REAL",
      .arguments = {"model", "subjects", "k", "features"},
      .required = 3,
      .ascending = 0,
      .descending = 2};

  using HitListCursor::HitListCursor;

  Status filter(const TableArguments& arguments) {
    clear();
    SUBJREC_ASSIGN(const std::string name, model_argument(kName, arguments, 0));
    SUBJREC_ASSIGN(const int64_t k, whole_argument(kName, arguments, 2, "k", 1));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    loaded_ = model->loaded();
    std::vector<uint32_t> subjects;
    SUBJREC_TRY(known_ids(kName, "subjects", 1, arguments[1], loaded_->stored.subjects, &subjects));
    std::vector<uint32_t> numbers;
    if (arguments.given(3)) {
      SUBJREC_TRY(
          known_ids(kName, "features", 3, arguments[3], loaded_->stored.features, &numbers));
    }
    std::vector<WeightedFeature> features;
    for (const uint32_t f : numbers) features.push_back({f, 1.0f});
    SqliteMonitor monitor(connection().db());
    return loaded_->suggest(subjects, features, static_cast<size_t>(k), monitor, &hits_);
  }

  Status column(sqlite3_context* context, int column) const {
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
        sqlite3_result_double(context, loaded_->probability(hit().score));
    }
    return {};
  }
};

}  // namespace

int register_suggest(const std::shared_ptr<Connection>& connection) {
  return TableFunction<SuggestCursor>::register_in(connection);
}

}  // namespace subjrec
