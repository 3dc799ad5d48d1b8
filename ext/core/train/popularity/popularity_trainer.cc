#include "core/train/popularity/popularity_trainer.h"

#include <algorithm>

#include "core/base/portable_math.h"
#include "core/model/encoders.h"
#include "core/train/memory.h"

namespace subjrec {
namespace {

class PopularityTrainer : public Trainer {
 public:
  explicit PopularityTrainer(const TrainData& data) : data_(data) {}

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    if (monitor.stop()) return Status::interrupted();
    trained_ = true;
    const Interactions& y = data_.interactions;
    const auto all = static_cast<double>(y.n_works) + 1;
    double loss = 0;
    for (const uint32_t count : y.subject_counts()) {
      const double c = counted(count);
      // (One that no work carries is counted as on one, and is still on none.)
      loss -= static_cast<double>(count) * portable_log(c / all);
      loss -= (static_cast<double>(y.n_works) - count) * portable_log((all - c) / all);
    }
    loss /= static_cast<double>(y.n_works) * static_cast<double>(y.n_subjects);
    history->push_back({1, 1, "loss", loss});
    return loss;
  }

  bool finished() const override { return trained_; }

  Result<Model> model(Monitor& monitor) override {
    if (monitor.stop()) return Status::interrupted();
    const Interactions& y = data_.interactions;
    const auto all = static_cast<double>(y.n_works) + 1;
    Model model;
    model.kind = &kPopularity.model;
    model.dim = 1;
    model.works.assign(y.n_works, 0.0f);
    model.subjects.assign(y.n_subjects, 0.0f);
    for (const uint32_t count : y.subject_counts()) {
      const double c = counted(count);
      model.subject_bias.push_back(static_cast<float>(portable_log(c / (all - c))));
    }
    return model;
  }

 private:
  static double counted(uint32_t works) { return std::max<uint32_t>(works, 1); }

  const TrainData& data_;
  bool trained_ = false;
};

void choose_options(const TrainData& /*data*/, TrainOptions* options) {
  options->embedding_dim = 1;
  options->choose("epochs", &TrainOptions::epochs, 1);
}

/// The model, and how many works carry each subject.
uint64_t bytes(const TrainData& data, const TrainOptions& options) {
  const TrainingSize s(data, options);
  return 4 * (s.works + s.subjects) + 8 * s.subjects;
}

}  // namespace

Result<std::unique_ptr<Trainer>> make_popularity_trainer(const TrainData& data,
                                                         const TrainOptions& /*options*/) {
  return std::unique_ptr<Trainer>(std::make_unique<PopularityTrainer>(data));
}

constinit const Algorithm kPopularity = {
    .model = {.name = "popularity",
              .score = ModelKind::Score::kBias,
              .works_are_encoded = true,
              .encoder = zero_encoder},
    .options = {},
    .choose_options = choose_options,
    .bytes = bytes,
    .memory_advice = "train on fewer works",
    .weights = "not used: works are counted",
    .make_trainer = make_popularity_trainer,
};

}  // namespace subjrec
