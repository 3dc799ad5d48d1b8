#include "core/train/neighbours/neighbours_trainer.h"

#include <algorithm>

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

constexpr size_t kPairs = 4096;  // that calibrate: enough for the few that many neighbours carry
constexpr size_t kColdWorks = 1024;

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
    const CalibrationSet set = draw_leave_one_out_set(y, static_cast<uint64_t>(options_.seed),
                                                      has_features, kPairs, kColdWorks);
    SUBJREC_ASSIGN(const Blend blend, Blend::build(model_, data_, monitor));
    SUBJREC_TRY(measure(set.pairs, blend, monitor));
    const auto collect = [&](size_t n, const auto& asked) {
      return collect_bins(
          n, y.n_subjects,
          [&](size_t begin, size_t end, CalibrationBins* bins, Monitor& watched) -> Status {
            BoostScratch scratch;
            for (size_t i = begin; i < end; ++i) {
              if (watched.stop()) return Status::interrupted();
              add_scores(asked(i), blend, &scratch, bins);
            }
            return {};
          },
          team_, monitor);
    };
    SUBJREC_ASSIGN(const CalibrationBins warm,
                   collect(set.pairs.size(), [&](size_t i) { return set.pairs[i]; }));
    set_calibration(warm.fit(), &model_);
    model_.calibration_pairs = set.pairs.size();
    model_.calibration_works = set.cold_works.size();
    if (model_.calibration_works >= CalibrationSet::kLeastColdWorks) {
      SUBJREC_ASSIGN(const CalibrationBins cold, collect(set.cold_works.size(), [&](size_t i) {
                       return CalibrationPair{set.cold_works[i], kAllHidden};
                     }));
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

  void add_scores(const CalibrationPair& pair, const Blend& blend, BoostScratch* scratch,
                  CalibrationBins* bins) const {
    std::vector<float> scores(data_.interactions.n_subjects);
    Monitor patient;
    (void)blend.scores(LeftOut(data_, pair).work, scratch, scores, patient);
    add_outcomes(data_.interactions.row(pair.work), pair.subject, scores, bins);
  }

  Status measure(const std::vector<CalibrationPair>& pairs, const Blend& blend, Monitor& monitor) {
    Poll poll(monitor, 8);
    BoostScratch scratch;
    double sum = 0;
    for (const CalibrationPair& pair : pairs) {
      if (poll.stop()) return Status::interrupted();
      sum += 1 - double{blend.score(LeftOut(data_, pair).work, pair.subject, &scratch)};
    }
    loss_ = pairs.empty() ? 0 : sum / static_cast<double>(pairs.size());
    return {};
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

/// The matrix by works and by terms, and the catalogue without what calibrates.
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
