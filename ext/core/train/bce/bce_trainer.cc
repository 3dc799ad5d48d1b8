#include "core/train/bce/bce_trainer.h"

#include <algorithm>
#include <numeric>

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/linalg/gemm.h"
#include "core/model/fold_in.h"
#include "core/model/item_weights.h"
#include "core/train/bce/bce_training.h"
#include "core/train/calibration_set.h"

namespace subjrec {
namespace {

constexpr uint64_t kShuffleStream = 1000;

class BceTrainer : public Trainer {
 public:
  BceTrainer(const TrainData& data, const TrainOptions& options)
      : options_(options),
        team_(resolve_threads(options.threads)),
        data_(data),
        calibration_set_(hold_out_for_calibration(
            data.interactions, seed(), [&data](uint32_t w) { return known_without(data, w); })),
        training_part_(calibration_set_.training_part(data.interactions)),
        training_(training_part_, data, static_cast<size_t>(options.embedding_dim),
                  {options.learning_rate, options.beta1, options.beta2, options.epsilon}, team_) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    SUBJREC_TRY(draw_once(monitor));
    ++epoch_;
    list_works();
    Random(seed(), kShuffleStream + static_cast<uint64_t>(epoch_)).shuffle(std::span(works_));
    const size_t n_batches =
        std::max<size_t>(works_.size() / static_cast<size_t>(options_.batch_size), 1);
    losses_.clear();
    auto step = static_cast<int64_t>(training_.steps());
    SUBJREC_TRY(training_.train(works_, n_batches, &losses_, monitor));
    for (const double loss : losses_) history->push_back({++step, epoch_, "batch_loss", loss});
    const double mean =
        std::accumulate(losses_.begin(), losses_.end(), 0.0) / static_cast<double>(n_batches);
    history->push_back({step, epoch_, "loss", mean});
    return mean;
  }

  Result<Model> model(Monitor& monitor) override {
    SUBJREC_TRY(draw_once(monitor));
    Model model;
    model.kind = &kBce.model;
    model.dim = static_cast<size_t>(options_.embedding_dim);
    SUBJREC_TRY(training_.embeddings(&model.works, &model.subjects, monitor));
    training_.work_features(&model.feature_inputs, &model.work_projection);
    SUBJREC_TRY(calibrate(&model, monitor));
    SUBJREC_TRY(calibrate_cold(&model, monitor));
    return model;
  }

 private:
  uint64_t seed() const { return static_cast<uint64_t>(options_.seed); }

  static bool known_without(const TrainData& data, uint32_t w) {
    const SparseRows& f = data.work_features;
    return (!f.empty() && f.offsets[w] < f.offsets[w + 1]) || data.work_vectors.has(w);
  }

  /// Those that an epoch shows: not the ones that are to be calibrated without their subjects, of
  /// which it would learn that no subject belongs to their features.
  void list_works() {
    works_.clear();
    auto cold = calibration_set_.cold_works.begin();
    for (uint32_t w = 0; w < data_.interactions.n_works; ++w) {
      if (cold != calibration_set_.cold_works.end() && *cold == w) {
        ++cold;
      } else {
        works_.push_back(w);
      }
    }
  }

  /// Scores of all subjects by one row of embeddings, with the outcomes of a work.
  struct Example {
    const float* embedding;
    uint32_t work;
    uint32_t hidden;
  };
  Result<CalibrationBins> outcomes(std::span<const Example> examples, const Model& model,
                                   Monitor& monitor) {
    const size_t dim = model.dim;
    const size_t n = model.n_subjects();
    const PackedMatrix subjects(row_major(model.subjects.data(), n, dim).transposed());
    const auto add = [&](size_t first, size_t end, CalibrationBins* bins,
                         Monitor& asked) -> Status {
      std::vector<float> scores;
      for (size_t i = first; i < end; ++i) {
        if (asked.stop()) return Status::interrupted();
        scores.assign(n, 0.0f);
        multiply_add(1, row_major(examples[i].embedding, 1, dim), subjects, scores.data(), n);
        add_outcomes(data_.interactions.row(examples[i].work), examples[i].hidden, scores, bins);
      }
      return {};
    };
    return collect_bins(examples.size(), n, add, team_, monitor);
  }

  /// From scores to the chance of "s is the subject of w that was kept out"; where none was, the
  /// probability is the one that training speaks of.
  Status calibrate(Model* model, Monitor& monitor) {
    std::vector<Example> examples;
    for (const auto& [w, hidden] : calibration_set_.pairs) {
      examples.push_back({model->works.data() + w * model->dim, w, hidden});
    }
    model->calibration_pairs = examples.size();
    if (examples.empty()) return {};
    SUBJREC_ASSIGN(const CalibrationBins bins, outcomes(examples, *model, monitor));
    set_calibration(bins.fit(), model);
    return {};
  }

  /// The curve of works of which no subject is known, scored as fold-in would. Then these are
  /// folded in by all that is known of them, as others are that training has not seen.
  Status calibrate_cold(Model* model, Monitor& monitor) {
    const std::vector<uint32_t>& cold = calibration_set_.cold_works;
    if (cold.empty()) return {};
    SUBJREC_ASSIGN(const FoldIn fold, FoldIn::build(*model, monitor));
    std::vector<std::vector<float>> rows;
    std::vector<Example> examples;
    for (const uint32_t w : cold) {
      std::span<const float> vector;
      if (data_.work_vectors.has(w)) vector = {data_.work_vectors.row(w), data_.work_vectors.dim};
      SUBJREC_ASSIGN(std::vector<float> row,
                     fold.vector({}, features_of(data_, w), monitor, vector));
      rows.push_back(std::move(row));
      examples.push_back({rows.back().data(), w, kAllHidden});
    }
    model->calibration_works = cold.size();
    if (cold.size() >= CalibrationSet::kLeastColdWorks) {
      SUBJREC_ASSIGN(const CalibrationBins bins, outcomes(examples, *model, monitor));
      model->cold_curve = bins.fit().curve;
    }
    return fold.vectors(data_, cold, team_, monitor, model->works);
  }

  Status draw_once(Monitor& monitor) {
    if (drawn_) return {};
    drawn_ = true;
    return training_.draw(static_cast<float>(options_.init_stddev), seed(), monitor);
  }

  TrainOptions options_;
  ThreadTeam team_;
  const TrainData& data_;
  CalibrationSet calibration_set_;
  Interactions training_part_;
  BceTraining<float> training_;
  std::vector<uint32_t> works_;
  std::vector<double> losses_;
  int64_t epoch_ = 0;
  bool drawn_ = false;
};

}  // namespace

Result<std::unique_ptr<Trainer>> make_bce_trainer(const TrainData& data,
                                                  const TrainOptions& options) {
  return std::unique_ptr<Trainer>(std::make_unique<BceTrainer>(data, options));
}

}  // namespace subjrec
