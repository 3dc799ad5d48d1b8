#include "core/train/neighbours/neighbours_trainer.h"

#include <algorithm>
#include <numeric>

#include "core/base/parallel.h"
#include "core/model/blend.h"
#include "core/model/calibration.h"
#include "core/model/encoders.h"
#include "core/model/item_weights.h"
#include "core/train/calibration_set.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

constexpr std::string_view kOptions[] = {"neighbors",     "feature_weight", "work_features",
                                         "work_text",     "tokenizer",      "stop_words",
                                         "max_word_share"};

/// How many pairs calibrate, or works without subjects: enough for the few suggestions that many
/// neighbours carry, and fewer where each is scored for very many subjects.
size_t calibration_works(size_t n_subjects, size_t least) {
  constexpr size_t kMostScores = size_t{1} << 28;
  return std::clamp(kMostScores / std::max<size_t>(n_subjects, 1), least, 4 * least);
}

class NeighboursTrainer : public Trainer {
 public:
  NeighboursTrainer(const TrainData& data, const TrainOptions& options)
      : data_(data), options_(options), team_(resolve_threads(options.threads)) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    SUBJREC_TRY(calibrate(monitor));
    history->push_back({1, 1, "loss", loss_});
    return loss_;
  }

  bool finished() const override { return trained_; }

  Result<Model> model(Monitor& monitor) override {
    if (!trained_) SUBJREC_TRY(calibrate(monitor));
    return model_;
  }

 private:
  /// By pairs that are left out one at a time: nothing is trained that could know them.
  Status calibrate(Monitor& monitor) {
    const Interactions& y = data_.interactions;
    model_ = Model();
    model_.kind = &kNeighbours.model;
    model_.dim = 1;
    model_.works.assign(y.n_works, 0.0f);
    model_.subjects.assign(y.n_subjects, 0.0f);
    model_.neighbors = static_cast<size_t>(options_.neighbors);
    model_.feature_weight = options_.feature_weight;
    const auto has_features = [&](uint32_t w) {
      const SparseRows& f = data_.work_features;
      return !f.empty() && f.offsets[w] < f.offsets[w + 1];
    };
    const CalibrationSet set = draw_leave_one_out_set(
        y, static_cast<uint64_t>(options_.seed), has_features,
        calibration_works(y.n_subjects, 1024), calibration_works(y.n_subjects, 256));
    SUBJREC_ASSIGN(const Blend blend, Blend::build(model_, data_, monitor));
    std::vector<double> losses;
    SUBJREC_ASSIGN(const CalibrationBins warm, collect(set.pairs, blend, &losses, monitor));
    const double loss = std::accumulate(losses.begin(), losses.end(), 0.0);
    loss_ = losses.empty() ? 0 : loss / static_cast<double>(losses.size());
    set_calibration(warm.fit(), &model_);
    model_.calibration_pairs = set.pairs.size();
    model_.calibration_works = set.cold_works.size();
    if (model_.calibration_works >= CalibrationSet::kLeastColdWorks) {
      std::vector<CalibrationPair> bare;
      for (const uint32_t w : set.cold_works) bare.push_back({w, kAllHidden});
      SUBJREC_ASSIGN(const CalibrationBins cold, collect(bare, blend, nullptr, monitor));
      model_.cold_curve = cold.fit().curve;
    }
    trained_ = true;
    return {};
  }

  /// What the work is without the subject, and without the work itself in the index.
  struct LeftOut {
    LeftOut(const TrainData& data, const CalibrationPair& pair)
        : row(shown_of(data.interactions.weighted_row(pair.work), pair.subject)),
          features(features_of(data, pair.work)),
          work{{}, row.row(), features, pair.work} {}
    RowWithout row;
    std::vector<WeightedFeature> features;
    BlendedWork work;
  };

  /// The scores that works have for all subjects without those of the pairs; losses are by how much
  /// those of the pairs' own subjects are below 1.
  Result<CalibrationBins> collect(const std::vector<CalibrationPair>& pairs, const Blend& blend,
                                  std::vector<double>* losses, Monitor& monitor) {
    const Interactions& y = data_.interactions;
    if (losses != nullptr) losses->resize(pairs.size());
    const auto add = [&](size_t begin, size_t end, CalibrationBins* bins,
                         Monitor& asked) -> Status {
      BoostScratch scratch;
      std::vector<float> scores(y.n_subjects);
      for (size_t i = begin; i < end; ++i) {
        const auto& [work, subject] = pairs[i];
        SUBJREC_TRY(blend.scores(LeftOut(data_, pairs[i]).work, &scratch, scores, asked));
        if (asked.stop()) return Status::interrupted();
        add_outcomes(y.row(work), subject, scores, bins);
        if (losses != nullptr) (*losses)[i] = 1 - double{scores[subject]};
      }
      return {};
    };
    return collect_bins(pairs.size(), y.n_subjects, add, team_, monitor);
  }

  const TrainData& data_;
  TrainOptions options_;
  ThreadTeam team_;
  Model model_;
  double loss_ = 0;
  bool trained_ = false;
};

void choose_options(const TrainData& /*data*/, TrainOptions* options) {
  options->embedding_dim = 1;
  options->choose("epochs", &TrainOptions::epochs, 1);
  options->choose("feature_weight", &TrainOptions::feature_weight, 1.0);
}

/// The matrix by works and by terms.
uint64_t bytes(const TrainData& data, const TrainOptions& options) {
  const TrainingSize s(data, options);
  return 48 * s.entries() + 16 * (s.works + s.columns());
}

}  // namespace

Result<std::unique_ptr<Trainer>> make_neighbours_trainer(const TrainData& data,
                                                         const TrainOptions& options) {
  return std::unique_ptr<Trainer>(std::make_unique<NeighboursTrainer>(data, options));
}

constinit const Algorithm kNeighbours = {
    .model = {.name = "neighbours",
              .score = ModelKind::Score::kVotes,
              .weighs_subjects = true,
              .encoder = zero_encoder},
    .options = kOptions,
    .choose_options = choose_options,
    .bytes = bytes,
    .memory_advice = "train on fewer works or features",
    .weights = "they are the values of a work's terms",
    .make_trainer = make_neighbours_trainer,
};

}  // namespace subjrec
