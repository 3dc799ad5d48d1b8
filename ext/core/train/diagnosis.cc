#include "core/train/diagnosis.h"

#include <algorithm>
#include <cmath>

#include "core/model/item_weights.h"
#include "core/model/work_rows.h"
#include "core/options/option_table.h"

namespace subjrec {
namespace {

constexpr size_t kWorks = 256;     // of the sample
constexpr size_t kSubjects = 256;  // that a work's are compared with
constexpr size_t kFewest = 2000;   // comparisons that say something
constexpr double kChance = 0.6;    // of the comparisons that a model wins

bool by_gradient(const TrainOptions& options) {
  return options.algorithm == "composed" || options.algorithm == "bce";
}

bool zero(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float x) { return x == 0; });
}

/// Scores of one work. What it is made of is read once: it may be long.
class ScoresOfWork {
 public:
  ScoresOfWork(const Model& model, const TrainData& data, size_t w)
      : model_(model), subjects_(data.interactions.weighted_row(w)) {
    if (by_weights()) {
      features_ = features_of(data, w);
    } else {
      embedding_ = WorkRows(model, data).row(w, &scratch_);
    }
  }

  float operator[](uint32_t subject) const {
    if (by_weights()) return score_subject_by_weights(model_, subjects_, features_, subject);
    float sum = model_.subject_bias.empty() ? 0 : model_.subject_bias[subject];
    for (size_t k = 0; k < model_.dim; ++k) {
      sum += embedding_[k] * model_.subjects[subject * model_.dim + k];
    }
    return sum;
  }

 private:
  bool by_weights() const { return !model_.weights.offsets.empty(); }

  const Model& model_;
  SubjectRow subjects_;
  std::vector<WeightedFeature> features_;
  std::vector<float> scratch_;
  std::span<const float> embedding_;
};

/// Comparisons of a subject that a work has with one that it lacks.
struct Comparisons {
  size_t count = 0;
  double won = 0;  // a draw counts half
};

Result<Comparisons> compare(const TrainData& data, const Model& model, Monitor& monitor) {
  const Interactions& y = data.interactions;
  const size_t works = std::min(y.n_works, kWorks);
  const size_t subjects = std::min(y.n_subjects, kSubjects);
  Comparisons all;
  for (size_t i = 0; i < works; ++i) {
    if (monitor.stop()) return Status::interrupted();
    const size_t w = i * y.n_works / works;
    const auto own = y.row(w);
    if (own.empty()) continue;
    const ScoresOfWork scores(model, data, w);
    const float known = scores[own[i % own.size()]];
    for (size_t j = 0; j < subjects; ++j) {
      const auto other = static_cast<uint32_t>(j * y.n_subjects / subjects);
      if (std::binary_search(own.begin(), own.end(), other)) continue;
      const float unknown = scores[other];
      ++all.count;
      all.won += known > unknown ? 1 : known == unknown ? 0.5 : 0;
    }
  }
  return all;
}

}  // namespace

Status check_solvable(const TrainOptions& options) {
  if (options.algorithm == "ials" && options.regularization == 0 &&
      options.unobserved_weight == 0) {
    return {Code::kInvalid,
            "options \"regularization\" and \"unobserved_weight\" are both 0, and \"ials\" "
            "then has no one solution; give one of them a value above 0, like "
            "{\"unobserved_weight\": 0.002}"};
  }
  if (by_gradient(options) && static_cast<float>(options.epsilon) == 0) {
    return {Code::kInvalid, "option \"epsilon\" is " + option_detail::number_text(options.epsilon) +
                                ", which is 0 in the float32 that training computes in, where Adam "
                                "divides by it; give it at least 1e-30, like 1e-8"};
  }
  return {};
}

std::string divergence(const TrainOptions& options, const std::vector<HistoryRow>& history) {
  const auto first = std::find_if(history.begin(), history.end(), [](const HistoryRow& row) {
    return row.metric == "loss" && !std::isfinite(row.value);
  });
  int64_t epoch = history.empty() ? 1 : history.back().epoch;
  if (first != history.end()) epoch = first->epoch;
  std::string text = "the training diverged in epoch " + std::to_string(epoch);
  const auto value = [](const char* name, double number) {
    return std::string("\"") + name + "\" (now " + option_detail::number_text(number) + ")";
  };
  if (by_gradient(options)) {
    return text + ": with a step size of " + option_detail::number_text(options.learning_rate) +
           " its embeddings are not finite numbers any more; nothing was changed; try a smaller " +
           value("learning_rate", options.learning_rate) + ", " +
           value("init_stddev", options.init_stddev) + " or " +
           value("regularization", options.regularization);
  }
  text += ": its embeddings are not finite numbers any more; nothing was changed; try a greater " +
          value("regularization", options.regularization);
  return options.algorithm == "ials"
             ? text + " or " + value("unobserved_weight", options.unobserved_weight)
             : text;
}

Result<std::string> training_warning(const TrainData& data, const Model& model, Monitor& monitor) {
  const Interactions& y = data.interactions;
  if (y.nnz() == y.n_works && data.work_features.empty() && data.work_vectors.empty()) {
    return std::string(
        "each work has one subject and nothing else, so that no subject says anything of another: "
        "lists are of little use");
  }
  using Score = ModelKind::Score;
  if (model.kind->score == Score::kBias || model.kind->score == Score::kVotes) {
    return std::string();  // they embed nothing
  }
  const bool weighted = model.scored_by_weights();
  const bool no_works = model.computes_works()
                            ? zero(model.subject_inputs) && zero(model.feature_inputs)
                            : zero(model.works);
  if (weighted ? zero(model.weights.weights) : no_works || zero(model.subjects)) {
    return std::string(weighted ? "all weights are 0" : "all embeddings are 0") +
           ": nothing was learned; try a smaller \"regularization\"";
  }
  SUBJREC_ASSIGN(const Comparisons compared, compare(data, model, monitor));
  const double won = compared.count == 0 ? 1 : compared.won / static_cast<double>(compared.count);
  if (compared.count < kFewest || won >= kChance) return std::string();
  return "the scores tell the subjects of a work from others no better than chance (" +
         std::to_string(static_cast<int>(std::lround(100 * won))) +
         " of 100 comparisons are right, on works that it was trained on): little or nothing was "
         "learned; try more \"epochs\" or another \"algorithm\"";
}

}  // namespace subjrec
