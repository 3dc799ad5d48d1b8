#include <algorithm>

#include "core/base/status.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/id_arguments.h"
#include "sqlite/source/vectors.h"
#include "sqlite/store/model_text.h"
#include "sqlite/store/ranked_list_cursor.h"

namespace subjrec {
namespace {

/// Features by position, each once: one that is named and in the text adds its weights, as in
/// training.
void merge_repeats(std::vector<WeightedFeature>* features) {
  std::stable_sort(
      features->begin(), features->end(),
      [](const WeightedFeature& a, const WeightedFeature& b) { return a.feature < b.feature; });
  std::vector<WeightedFeature> merged;
  for (const WeightedFeature& f : *features) {
    if (!merged.empty() && merged.back().feature == f.feature) {
      merged.back().weight += f.weight;
    } else {
      merged.push_back(f);
    }
  }
  *features = std::move(merged);
}

/// The k subjects that suit a work that was never trained, from what is known of it.
class SuggestCursor : public RecommendationCursor {
 public:
  static constexpr const char* kName = "subjrec_suggest";
  static constexpr TableFunctionSpec kSpec =
      spec(kName, "rank INTEGER, subject_id, score REAL, probability REAL",
           {"model", "subjects", "k", "features", "vector", "popularity", "threshold", "diversity",
            "text"});

  using RecommendationCursor::RecommendationCursor;

  Status filter(const TableArguments& arguments) override {
    clear();
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(ListRequest request, read_request(arguments, 5));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    loaded_ = model->loaded();
    GivenSubjects subjects;
    const Status known = model->known_subjects(arguments, 1, &subjects);
    if (known.code() == Code::kNotFound && arguments.joined()) return {};
    SUBJREC_TRY(known);
    cold_ = subjects.positions.empty();
    std::vector<WeightedFeature> features;
    if (arguments.given(3)) {
      const Status found = known_features(arguments, 3, loaded_->stored.features, &features);
      if (found.code() == Code::kNotFound && arguments.joined()) return {};
      SUBJREC_TRY(found);
    }
    SqliteMonitor monitor(connection().db(), SqliteMonitor::First::kLater);
    if (arguments.given(8)) {
      SUBJREC_TRY(text_features(connection().db(), arguments, 8, model->name(), loaded_->stored,
                                monitor, &features));
      merge_repeats(&features);
    }
    std::vector<float> vector;
    if (arguments.given(4)) {
      SUBJREC_TRY(prior_vector(arguments, name, &vector));
    }
    request.carried = subjects.positions;
    limit(arguments, subjects.positions, &request);
    SUBJREC_TRY(model->need_fold_in());
    return recommend(arguments, std::move(request),
                     [this, subjects, features, vector](const ListRequest& asked, Monitor& watch,
                                                        RecommendationList* list) {
                       return loaded_->suggest(subjects.row(), features, vector, asked, watch,
                                               list);
                     });
  }

 private:
  Status prior_vector(const Arguments& arguments, const std::string& name,
                      std::vector<float>* out) {
    const std::string where = arguments.named(4) + ": ";
    const size_t dim = loaded_->stored.model.vector_dim();
    if (dim == 0) {
      return {Code::kInvalid, where + "model \"" + name + "\" was trained without work_vectors"};
    }
    SUBJREC_ASSIGN(*out, vector_argument(arguments, 4));
    if (out->size() == dim) return {};
    return {Code::kInvalid, where + "it has " + std::to_string(out->size()) +
                                " dimensions, and those that model \"" + name +
                                "\" was trained with " + std::to_string(dim)};
  }
};

}  // namespace

int register_suggest(const std::shared_ptr<Connection>& connection) {
  return register_table_function<SuggestCursor>(connection);
}

}  // namespace subjrec
