#include "core/train/composed/composed_trainer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/portable_math.h"
#include "core/base/release.h"
#include "core/data/shard.h"
#include "core/train/composed/calibration_evaluator.h"
#include "core/train/composed/composed_batches.h"
#include "core/train/composed/composed_model.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/composed_rounds.h"
#include "core/train/composed/negative_sampler.h"

namespace subjrec {
namespace {

constexpr double kLog4 = 1.3862943611198906;

class ComposedTrainer : public Trainer {
 public:
  ComposedTrainer(const TrainData& data, const TrainOptions& options, bool is_part)
      : data_(data),
        options_(options),
        is_part_(is_part),
        examples_(data, options),
        sampler_(data.interactions.subject_counts(), negative_count(options)),
        network_(data, examples_.n_inputs(), data.interactions.log_popularity(), options),
        team_(resolve_threads(options.threads)),
        calibration_evaluator_(data, examples_, network_, team_) {
    batches_ = batch_count(examples_.works().size(), options);
  }

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    if (epoch_ == 0) {
      SUBJREC_TRY(network_.initialise([this](size_t input) { return examples_.used(input); }, team_,
                                      monitor));
    }
    ++epoch_;
    if (options_.shards > 0) return run_rounds(history, monitor);
    std::vector<uint32_t> order = examples_.works();
    Random random(static_cast<uint64_t>(options_.seed), splitmix64(~static_cast<uint64_t>(epoch_)));
    random.shuffle(std::span(order));
    double total = 0;
    for (size_t b = 0; b < batches_; ++b) {
      const size_t begin = order.size() * b / batches_;
      const size_t end = order.size() * (b + 1) / batches_;
      SUBJREC_ASSIGN(
          const ComposedBatch batch,
          draw_batch(data_.interactions, examples_, std::span(order).subspan(begin, end - begin),
                     epoch_, &pieces_, team_, monitor));
      const SampledClasses& sampled = sampler_.draw(&random);
      SUBJREC_ASSIGN(const double loss,
                     network_.step(batch, sampled, rate(), random.next(), team_, monitor));
      ++step_;
      monitor.progress(static_cast<double>(b + 1), static_cast<double>(batches_));
      total += loss * static_cast<double>(end - begin);
      history->push_back({step_, epoch_, "batch_loss", loss});
    }
    const double mean = order.empty() ? 0 : total / static_cast<double>(order.size());
    history->push_back({step_, epoch_, "loss", mean});
    SUBJREC_TRY(settle(history, monitor));
    return mean;
  }

  Result<Model> model(Monitor& monitor) override {
    SUBJREC_ASSIGN(Model model, without_works(monitor));
    SUBJREC_ASSIGN(model.works,
                   compose_works(network_, examples_, data_.interactions.n_works, team_, monitor));
    return model;
  }

  Result<Model> finish(Monitor& monitor) override {
    for (SparseAdam* table : {&network_.subjects().own(), &network_.inputs().own()}) {
      release(&table->first);
      release(&table->second);
    }
    // A sum of rows is made when it is asked for; a product with a matrix is rounded otherwise.
    return data_.work_vectors.empty() ? without_works(monitor) : model(monitor);
  }

 private:
  Result<Model> without_works(Monitor& monitor) {
    SUBJREC_ASSIGN(Model model, composed_model(&network_, examples_, team_, monitor));
    if (!is_part_) SUBJREC_TRY(calibrate(calibration_evaluator_, &model, monitor));
    return model;
  }

  double rate() const {
    return scheduled_rate(options_, static_cast<double>(step_ + 1),
                          static_cast<double>(batches_) * options_.epochs);
  }

  Status settle(std::vector<HistoryRow>* history, Monitor& monitor) {
    return settle_regularization(options_, step_, epoch_, examples_, calibration_evaluator_,
                                 &network_, history, team_, monitor);
  }

  /// An epoch of what shards would do on their own, one after the other.
  Result<double> run_rounds(std::vector<HistoryRow>* history, Monitor& monitor) {
    const auto shards = static_cast<uint32_t>(options_.shards);
    std::vector<std::vector<uint32_t>> works(shards);
    for (const uint32_t w : examples_.works()) works[shard_of(data_.key(w), shards)].push_back(w);
    const ShardTraining training{data_.interactions, examples_, options_, sampler_};
    SparseAdam subjects = network_.subjects().own();
    SparseAdam inputs = network_.inputs().own();
    const RoundStart start{subjects, inputs};
    RowMerge merged_subjects;
    RowMerge merged_inputs;
    RoundResult result;
    double loss = 0;
    uint64_t examples = 0;
    for (int64_t round = 0; round < options_.rounds; ++round) {
      for (uint32_t k = 0; k < shards; ++k) {
        SUBJREC_TRY(train_round({epoch_, round, k}, works[k], training, start, &network_, team_,
                                monitor, &result));
        SUBJREC_TRY(merged_subjects.add(result.subjects, subjects, monitor));
        SUBJREC_TRY(merged_inputs.add(result.inputs, inputs, monitor));
        loss += result.loss;
        examples += result.examples;
      }
      SUBJREC_TRY(merged_subjects.apply(&subjects, &network_.subjects().own(), monitor));
      SUBJREC_TRY(merged_inputs.apply(&inputs, &network_.inputs().own(), monitor));
      ++step_;
      monitor.progress(static_cast<double>(round + 1), static_cast<double>(options_.rounds));
    }
    const double mean = examples == 0 ? 0 : loss / static_cast<double>(examples);
    history->push_back({step_, epoch_, "loss", mean});
    SUBJREC_TRY(settle(history, monitor));
    return mean;
  }

  const TrainData& data_;
  TrainOptions options_;
  bool is_part_;
  ExampleSource examples_;
  NegativeSampler sampler_;
  ComposedNetwork network_;
  ThreadTeam team_;
  CalibrationEvaluator calibration_evaluator_;
  std::vector<EncoderInputs> pieces_;  // of the batch that is drawn
  size_t batches_ = 0;
  int64_t epoch_ = 0;
  int64_t step_ = 0;
};

Result<std::unique_ptr<Trainer>> make_trainer(const TrainData& data, const TrainOptions& options,
                                              bool is_part) {
  if (options.shards > 0 && !(data.subject_features.empty() && data.work_vectors.empty() &&
                              data.subject_vectors.empty())) {
    return Status(Code::kInvalid,
                  "option \"shards\" is for trainings without \"subject_features\", "
                  "\"work_vectors\" and \"subject_vectors\", whose maps all shards would change");
  }
  if (options.work_embeddings == "computed" && !data.work_vectors.empty()) {
    return Status(Code::kInvalid,
                  "option \"work_embeddings\" is \"computed\", and embeddings of works with "
                  "\"work_vectors\" cannot be: their vectors are not stored; say "
                  "{\"work_embeddings\": \"stored\"}, or leave \"work_vectors\" out");
  }
  return std::unique_ptr<Trainer>(std::make_unique<ComposedTrainer>(data, options, is_part));
}

}  // namespace

double raised_regularization(double regularization, double overconfidence) {
  constexpr double kTooSure = 0.35;
  constexpr double kMost = 1;
  if (!(overconfidence > kTooSure) || regularization >= kMost) return regularization;
  return std::min(kMost, regularization * portable_exp(std::min(overconfidence, 8.0) * kLog4));
}

Result<std::unique_ptr<Trainer>> make_composed_trainer(const TrainData& data,
                                                       const TrainOptions& options) {
  return make_trainer(data, options, false);
}

Result<std::unique_ptr<Trainer>> make_composed_part(const TrainData& data,
                                                    const TrainOptions& options) {
  return make_trainer(data, options, true);
}

}  // namespace subjrec
