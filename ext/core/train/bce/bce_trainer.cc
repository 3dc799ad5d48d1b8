#include "core/train/bce/bce_trainer.h"

#include <algorithm>
#include <numeric>

#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/train/bce/bce_training.h"

namespace subjrec {
namespace {

constexpr uint64_t kShuffleStream = 1000;

class BceTrainer : public Trainer {
 public:
  BceTrainer(const TrainData& data, const TrainOptions& options)
      : options_(options),
        team_(resolve_threads(options.threads)),
        training_(data.interactions, static_cast<size_t>(options.embedding_dim),
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
    return model;
  }

 private:
  uint64_t seed() const { return static_cast<uint64_t>(options_.seed); }

  Status draw_once(Monitor& monitor) {
    if (drawn_) return {};
    drawn_ = true;
    return training_.draw(static_cast<float>(options_.init_stddev), seed(), monitor);
  }

  TrainOptions options_;
  ThreadTeam team_;
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
