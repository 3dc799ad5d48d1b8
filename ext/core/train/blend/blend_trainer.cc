#include "core/train/blend/blend_trainer.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/base/available_memory.h"
#include "core/base/json_writer.h"
#include "core/base/portable_math.h"
#include "core/model/calibration.h"
#include "core/model/encoders.h"
#include "core/model/item_weights.h"
#include "core/model/subject_labels.h"
#include "core/train/blend/batch_products.h"
#include "core/train/blend/blend_terms.h"
#include "core/train/blend/unseen_subjects.h"
#include "core/train/blend/voices.h"
#include "core/train/composed/composed_trainer.h"
#include "core/train/composed/example_source.h"
#include "core/train/ease/ease_trainer.h"
#include "core/train/ease/ease_weights.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

/// Beside those of "composed".
constexpr std::string_view kOptions[] = {"feature_weight", "max_columns", "max_weights",
                                         "neighborhood",   "neighbors",   "subject_labels"};

constexpr size_t kLeastChoices = 32;
constexpr double kNeighborFeatureWeight = 1;
constexpr double kUnseenWholeLabel = 3;  // usually

std::string megabytes(uint64_t bytes) { return std::to_string(bytes / 1'000'000 + 1) + " MB"; }

class BlendTrainer : public Trainer {
 public:
  BlendTrainer(const TrainData& data, const TrainOptions& options)
      : data_(data), options_(options), team_(resolve_threads(options.threads)) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    SUBJREC_TRY(prepare());
    return composed_->run_epoch(history, monitor);
  }

  bool finished() const override { return composed_ != nullptr && composed_->finished(); }

  Result<Model> model(Monitor& monitor) override {
    SUBJREC_TRY(prepare());
    SUBJREC_ASSIGN(Model model, composed_->model(monitor));
    SUBJREC_TRY(train_item_weights(monitor));
    model.weights = weights_;
    SUBJREC_TRY(fit(&model, monitor));
    return model;
  }

  Result<Model> finish(Monitor& monitor) override {
    SUBJREC_TRY(prepare());
    SUBJREC_ASSIGN(Model model, composed_->finish(monitor));
    composed_.reset();  // before the item weights, which need its memory
    SUBJREC_TRY(train_item_weights(monitor));
    model.weights = std::move(weights_);
    SUBJREC_TRY(fit(&model, monitor));
    return model;
  }

  std::string summary() const override { return summary_; }

 private:
  Status prepare() {
    if (composed_) return {};
    const ExampleSource examples(data_, options_);  // keeps out what "composed" will
    kept_out_.pairs = examples.calibration_pairs();
    kept_out_.cold_works = examples.cold_works();
    SUBJREC_ASSIGN(composed_, make_composed_part(data_, options_));
    return {};
  }

  /// Once: they do not change from epoch to epoch.
  Status train_item_weights(Monitor& monitor) {
    if (std::exchange(has_item_weights_, true)) return {};
    inner_.interactions = kept_out_.training_part(data_.interactions);
    inner_.work_features = data_.work_features;
    TrainOptions options = item_weight_options(data_, options_);
    const bool given = options_.memory_limit > 0;
    const uint64_t limit =
        given ? static_cast<uint64_t>(options_.memory_limit) * 1'000'000 : available_memory();
    if (training_bytes(data_, options) > limit) options.max_columns = 1;
    if (const uint64_t needed = training_bytes(data_, options); needed > limit) {
      left_out_ = "ease: it needs about " + megabytes(needed) + " of memory, and " +
                  (given ? "option \"memory_limit\" allows " : "there are ") + megabytes(limit);
      return {};
    }
    SUBJREC_ASSIGN(weights_, ease_weights(inner_, options, team_, monitor));
    return {};
  }

  /// Makes of what "composed" has trained, with the item weights, the model.
  Status fit(Model* model, Monitor& monitor) {
    model->kind = &kBlend.model;
    model->neighbors = static_cast<size_t>(options_.neighbors);
    model->feature_weight = kNeighborFeatureWeight;
    model->blend = BlendedCoefficients{};
    model->labels = data_.labels;
    if (has_unseen_labels()) model->blend->warm.unseen_whole_label = kUnseenWholeLabel;
    SUBJREC_ASSIGN(const Blend parts, Blend::build(*model, inner_, monitor));
    const std::vector<KeptOutWork> warm = warm_works(data_.interactions, kept_out_);
    const std::vector<KeptOutWork> cold = cold_works(data_.interactions, kept_out_);
    SUBJREC_ASSIGN(const size_t n_warm,
                   fit_some(warm, *model, parts, &model->blend->warm, &of_warm_, monitor));
    model->blend->cold = model->blend->warm;
    SUBJREC_ASSIGN(const size_t n_cold,
                   fit_some(cold, *model, parts, &model->blend->cold, &of_cold_, monitor));
    SUBJREC_TRY(calibrate(warm, cold, model, monitor));
    summarize(*model->blend, n_warm, n_cold);
    return {};
  }

  /// Returns the number of choices that there were; too few leave the coefficients as they are.
  Result<size_t> fit_some(const std::vector<KeptOutWork>& works, const Model& model,
                          const Blend& parts, BlendCoefficients* c,
                          std::optional<VoiceLosses>* losses, Monitor& monitor) {
    SUBJREC_ASSIGN(const std::vector<Choice> choices,
                   choices_of(works, model, parts, data_, team_, monitor));
    if (choices.size() < kLeastChoices) return size_t{0};
    TermWeights precision;
    precision.fill(10);
    SUBJREC_ASSIGN(TermWeights fitted,
                   fit_conditional_logit(choices, weights_of({}), precision, team_, monitor));
    if (options_.automatic) {
      SUBJREC_ASSIGN(*losses,
                     compare_voices(choices, fitted, weights_of({}), precision, team_, monitor));
      fitted = (*losses)->weights;
    }
    const BlendCoefficients before = *c;
    *c = coefficients_of(fitted);
    c->unseen_whole_label = before.unseen_whole_label;
    SUBJREC_TRY(fit_unseen_labels(works, fitted, model, parts, c, monitor));
    return choices.size();
  }

  bool has_unseen_labels() const {
    if (!data_.labels) return false;
    const std::vector<uint32_t>& of = data_.labels->subjects;
    return std::find(of.begin(), of.end(), SubjectLabels::kNoSubject) != of.end();
  }

  /// What labels say of subjects of which nothing else is known, beside the others' scores.
  Status fit_unseen_labels(const std::vector<KeptOutWork>& works, const TermWeights& fitted,
                           const Model& model, const Blend& parts, BlendCoefficients* c,
                           Monitor& monitor) {
    if (!has_unseen_labels()) return {};
    const Interactions& y = data_.interactions;
    const double none = -portable_log(static_cast<double>(y.nnz() + y.n_subjects));
    const double score = c->scale * double{bias_of_no_works(model, y)} + c->popularity * none;
    SUBJREC_ASSIGN(const std::vector<Choice> choices,
                   choices_of_unseen(works, {fitted, static_cast<float>(score)}, model, parts,
                                     data_, team_, monitor));
    TermWeights prior = {};
    prior[0] = 1;
    prior[7] = kUnseenWholeLabel;
    TermWeights precision;
    precision.fill(1e9);  // of what is not to be fitted
    for (const size_t t : {5, 6, 7, 8}) precision[t] = 10;
    SUBJREC_ASSIGN(const TermWeights w,
                   fit_conditional_logit(choices, prior, precision, team_, monitor));
    const double commonness = none + portable_log(static_cast<double>(y.n_subjects));
    c->unseen_label_weight = w[5];
    c->unseen_label_share = w[6];
    c->unseen_whole_label = w[7] + w[8] * commonness;
    return {};
  }

  Status calibrate(const std::vector<KeptOutWork>& warm, const std::vector<KeptOutWork>& cold,
                   Model* model, Monitor& monitor) {
    SUBJREC_ASSIGN(const Blend blend, Blend::build(*model, inner_, monitor));
    const BatchProducts products(*model, data_);
    const auto collect = [&](const std::vector<KeptOutWork>& works) {
      return collect_bins(
          works.size(), model->n_subjects(),
          [&](size_t begin, size_t end, CalibrationBins* bins, Monitor& asked) {
            return add_scores(std::span(works).subspan(begin, end - begin), blend, products, bins,
                              asked);
          },
          team_, monitor);
    };
    SUBJREC_ASSIGN(const CalibrationBins of_warm, collect(warm));
    model->cold_curve.reset();
    set_calibration(of_warm.fit(), model);
    if (cold.size() < CalibrationSet::kLeastColdWorks) return {};
    SUBJREC_ASSIGN(const CalibrationBins of_cold, collect(cold));
    model->cold_curve = of_cold.fit().curve;
    return {};
  }

  Status add_scores(std::span<const KeptOutWork> works, const Blend& blend,
                    const BatchProducts& products, CalibrationBins* bins, Monitor& monitor) const {
    constexpr size_t kAtATime = 8;
    const size_t n = data_.interactions.n_subjects;
    BoostScratch scratch;
    std::vector<float> rows;
    for (; !works.empty(); works = works.subspan(std::min(kAtATime, works.size()))) {
      const auto some = works.first(std::min(kAtATime, works.size()));
      const auto scale = static_cast<float>(blend.coefficients(some[0].shown.empty()).scale);
      SUBJREC_TRY(products.multiply(some, scale, &rows, monitor));
      for (size_t i = 0; i < some.size(); ++i) {
        if (monitor.stop()) return Status::interrupted();
        const KeptOutWork& work = some[i];
        const std::span<float> scores = std::span(rows).subspan(i * n, n);
        const std::vector<WeightedFeature> features = features_of(data_, work.work);
        blend.complete({{}, work.known(), features, work.work}, &scratch, scores);
        auto hidden = work.hidden.begin();
        auto shown = work.shown.begin();
        for (uint32_t s = 0; s < n; ++s) {
          const bool is_hidden = hidden != work.hidden.end() && *hidden == s;
          const bool is_shown = shown != work.shown.end() && *shown == s;
          hidden += is_hidden ? 1 : 0;
          shown += is_shown ? 1 : 0;
          if (!is_shown) bins->add(scores[s], is_hidden);
        }
      }
    }
    return {};
  }

  void summarize(const BlendedCoefficients& blend, size_t n_warm, size_t n_cold) {
    const auto set = [this](const BlendCoefficients& c) {
      JsonWriter json;
      TermWeights weights = weights_of(c);
      const size_t count = weights.size() - (data_.labels ? 0 : kLabelTerms);
      for (size_t t = 0; t < count; ++t) {
        json.add_element(json_number(std::round(weights[t] * 1e4) / 1e4));
      }
      if (has_unseen_labels()) {
        for (const double weight :
             {c.unseen_label_share, c.unseen_whole_label, c.unseen_label_weight}) {
          json.add_element(json_number(std::round(weight * 1e4) / 1e4));
        }
      }
      return json.array();
    };
    JsonWriter json;
    json.add("pairs", n_warm).add("pairs_of_works_without_subjects", n_cold);
    json.add_raw("warm", set(blend.warm)).add_raw("cold", set(blend.cold));
    if (of_warm_) json.add_raw("warm_loss", losses_json(*of_warm_));
    if (of_cold_) json.add_raw("cold_loss", losses_json(*of_cold_));
    if (n_warm == 0) {
      json.add("note",
               "too few pairs to keep any out of training: the coefficients are the usual ones");
    }
    if (!left_out_.empty()) json.add("left_out", left_out_);
    summary_ = JsonWriter().add_raw("blend", json.object()).members();
  }

  /// Nats a pair, and which of them is used.
  static std::string losses_json(const VoiceLosses& losses) {
    const auto rounded = [](double loss) { return json_number(std::round(loss * 1e4) / 1e4); };
    JsonWriter json;
    json.add_raw("blend", rounded(losses.blend));
    for (size_t v = 0; v < kVoices.size(); ++v) {
      json.add_raw(kVoices[v].name, rounded(losses.alone[v]));
    }
    json.add("chosen", losses.best ? kVoices[*losses.best].name : kBlend.name());
    return json.object();
  }

  const TrainData& data_;
  TrainOptions options_;
  ThreadTeam team_;
  CalibrationSet kept_out_;
  TrainData inner_;                // without what is kept out
  bool has_item_weights_ = false;  // or what keeps them from being made
  SparseRows weights_;
  std::unique_ptr<Trainer> composed_;
  std::optional<VoiceLosses> of_warm_;  // where there is a choice
  std::optional<VoiceLosses> of_cold_;
  std::string left_out_;
  std::string summary_;
};

/// "composed", its data without what is kept out, and inverted lists of works and of labels. The
/// item weights are made when "composed" is trained, and left out where they do not fit.
uint64_t bytes(const TrainData& data, const TrainOptions& options) {
  const TrainingSize s(data, options);
  const uint64_t label_words = data.labels ? data.labels->labels.numbers.size() : 0;
  return kComposed.bytes(data, options) + 48 * s.entries() + 16 * label_words;
}

/// Columns of a subject: features say little each, and where there are some more columns are worth
/// their time, which is that of 300 for 4,800 subjects.
int neighborhood(const TrainData& data) {
  int columns = TrainOptions().neighborhood;
  if (data.work_features.empty()) return columns;
  constexpr uint64_t kMostTime = 130'000'000'000;  // subjects x columns^3
  const auto time = [&](uint64_t n) { return data.interactions.n_subjects * n * n * n; };
  while (columns < 300 && time(static_cast<uint64_t>(columns) + 1) <= kMostTime) ++columns;
  return columns;
}

/// A made-up catalogue of 15,000 subjects finds the same by neighbourhoods, for a third of the time
/// and an eighth of the memory.
void choose_options(const TrainData& data, TrainOptions* options) {
  kComposed.choose_options(data, options);
  options->choose("max_columns", &TrainOptions::max_columns, static_cast<int>(kQuickColumns));
  options->choose("neighborhood", &TrainOptions::neighborhood, neighborhood(data));
}

}  // namespace

TrainOptions item_weight_options(const TrainData& data, const TrainOptions& options) {
  TrainOptions ease;
  ease.algorithm = "ease";
  // A subject's neighbours in a huge catalogue are many and their pairs few.
  ease.regularization = is_huge(data) ? 100 : 10;
  ease.feature_weight = options.feature_weight;
  ease.max_columns = options.max_columns;
  ease.max_weights = options.max_weights;
  ease.neighborhood = options.neighborhood;
  ease.min_feature_works = options.min_feature_works;
  ease.embedding_dim = 1;
  ease.threads = options.threads;
  return ease;
}

Result<std::unique_ptr<Trainer>> make_blend_trainer(const TrainData& data,
                                                    const TrainOptions& options) {
  const auto make = [options](const TrainData& given) -> Result<std::unique_ptr<Trainer>> {
    return std::unique_ptr<Trainer>(std::make_unique<BlendTrainer>(given, options));
  };
  if (data.unseen_subjects.empty()) return make(data);
  return make_trainer_with_unseen_subjects(data, make);
}

constinit const Algorithm kBlend = {
    .model = {.name = "blend",
              .score = ModelKind::Score::kBlend,
              .stored_weights = ModelKind::StoredWeights::kBoth,
              .works_are_encoded = true,
              .works_are_composed = true,
              .weighs_subjects = true,
              .encoder = composed_encoder},
    .options = kOptions,
    .part = &kComposed,
    .choose_options = choose_options,
    .bytes = bytes,
    .weights = "composed draws by them, and ease and similar works take them as values",
    .make_trainer = make_blend_trainer,
};

}  // namespace subjrec
