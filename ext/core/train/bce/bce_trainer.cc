#include "core/train/bce/bce_trainer.h"

#include <algorithm>
#include <numeric>

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/linalg/gemm.h"
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
        interactions_(data.interactions),
        calibration_set_(
            hold_out_for_calibration(data.interactions, seed(), [](uint32_t) { return false; })),
        training_part_(calibration_set_.training_part(data.interactions)),
        training_(training_part_, static_cast<size_t>(options.embedding_dim),
                  {options.learning_rate, options.beta1, options.beta2, options.epsilon}, team_),
        works_(data.interactions.n_works) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    SUBJREC_TRY(draw_once(monitor));
    ++epoch_;
    std::iota(works_.begin(), works_.end(), 0);
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
    SUBJREC_TRY(calibrate(&model, monitor));
    return model;
  }

 private:
  uint64_t seed() const { return static_cast<uint64_t>(options_.seed); }

  /// From scores to the chance of "s is the subject of w that was kept out"; where none was, the
  /// probability is the one that training speaks of.
  Status calibrate(Model* model, Monitor& monitor) {
    const std::vector<CalibrationPair>& pairs = calibration_set_.pairs;
    model->calibration_pairs = pairs.size();
    if (pairs.empty()) return {};
    const size_t dim = model->dim;
    const size_t n = model->n_subjects();
    const PackedMatrix subjects(row_major(model->subjects.data(), n, dim).transposed());
    const auto add = [&](size_t first, size_t end, CalibrationBins* bins,
                         Monitor& asked) -> Status {
      std::vector<float> scores;
      for (size_t i = first; i < end; ++i) {
        if (asked.stop()) return Status::interrupted();
        const auto [w, hidden] = pairs[i];
        scores.assign(n, 0.0f);
        multiply_add(1, row_major(model->works.data() + w * dim, 1, dim), subjects, scores.data(),
                     n);
        add_outcomes(interactions_.row(w), hidden, scores, bins);
      }
      return {};
    };
    SUBJREC_ASSIGN(const CalibrationBins bins, collect_bins(pairs.size(), n, add, team_, monitor));
    set_calibration(bins.fit(), model);
    return {};
  }

  Status draw_once(Monitor& monitor) {
    if (drawn_) return {};
    drawn_ = true;
    return training_.draw(static_cast<float>(options_.init_stddev), seed(), monitor);
  }

  TrainOptions options_;
  ThreadTeam team_;
  const Interactions& interactions_;
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
