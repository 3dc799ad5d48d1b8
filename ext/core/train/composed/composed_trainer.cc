#include "core/train/composed/composed_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/portable_math.h"
#include "core/train/composed/calibration_evaluator.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/negative_sampler.h"

namespace subjrec {
namespace {

constexpr size_t kWorksPerPiece = 256;
constexpr double kLog4 = 1.3862943611198906;

double negative_count(const TrainOptions& options) {
  return options.loss == "sampled_softmax" ? options.negatives
                                           : std::numeric_limits<double>::infinity();
}

class ComposedTrainer : public Trainer {
 public:
  ComposedTrainer(const TrainData& data, const TrainOptions& options)
      : data_(data),
        options_(options),
        examples_(data, options),
        sampler_(data.interactions.subject_counts(), negative_count(options)),
        network_(data, examples_.n_inputs(), data.interactions.log_popularity(), options),
        team_(resolve_threads(options.threads)),
        calibration_evaluator_(data, examples_, network_, team_) {
    const size_t n = examples_.works().size();
    const auto batch = static_cast<size_t>(options.batch_size);
    batches_ = n == 0 ? 0 : std::max<size_t>(1, (n + batch / 2) / batch);
  }

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    if (epoch_ == 0) {
      SUBJREC_TRY(network_.initialise([this](size_t input) { return examples_.used(input); }, team_,
                                      monitor));
    }
    ++epoch_;
    std::vector<uint32_t> order = examples_.works();
    Random random(static_cast<uint64_t>(options_.seed), splitmix64(~static_cast<uint64_t>(epoch_)));
    random.shuffle(std::span(order));
    double total = 0;
    for (size_t b = 0; b < batches_; ++b) {
      const size_t begin = order.size() * b / batches_;
      const size_t end = order.size() * (b + 1) / batches_;
      SUBJREC_ASSIGN(const ComposedBatch batch,
                     draw_batch(std::span(order).subspan(begin, end - begin), monitor));
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
    SUBJREC_TRY(settle_regularization(history, monitor));
    return mean;
  }

  Result<Model> model(Monitor& monitor) override {
    Model model;
    model.kind = &kComposed.model;
    model.dim = network_.dim();
    const size_t n_subjects = network_.n_subjects();
    SUBJREC_TRY(network_.refresh(team_, monitor));
    SUBJREC_TRY(copy_rows(network_.subjects().rows(), 0, n_subjects, &model.subjects, monitor));
    SUBJREC_TRY(copy_rows(network_.inputs().rows(), 0, n_subjects, &model.subject_inputs, monitor));
    SUBJREC_TRY(copy_rows(network_.inputs().rows(), n_subjects, examples_.n_inputs(),
                          &model.feature_inputs, monitor));
    for (size_t s = 0; s < n_subjects; ++s) {
      model.subject_bias.push_back(network_.log_popularity()[s] +
                                   network_.subjects().row(s)[model.dim]);
    }
    const Projection& projection = network_.work_vectors();
    SUBJREC_TRY(copy_rows(projection.map().value, 0, projection.map().rows(),
                          &model.work_projection, monitor));
    for (float& x : model.work_projection) x *= projection.scale();
    SUBJREC_TRY(compose_works(&model.works, monitor));
    SUBJREC_ASSIGN(Calibration calibration, calibration_evaluator_.calibration(monitor));
    set_calibration(std::move(calibration), &model);
    model.calibration_pairs = examples_.calibration_pairs().size();
    model.calibration_works = examples_.cold_works().size();
    SUBJREC_ASSIGN(model.cold_curve, calibration_evaluator_.cold_curve(monitor));
    return model;
  }

 private:
  /// Each example is drawn by the work's own random numbers: pieces can be drawn side by side.
  Result<ComposedBatch> draw_batch(std::span<const uint32_t> works, Monitor& monitor) {
    constexpr size_t kExamplesPerPiece = 64;
    ComposedBatch batch;
    batch.works.assign(works.begin(), works.end());
    batch.hidden.resize(works.size());
    for (const uint32_t w : works) batch.own.push_back(data_.interactions.row(w));
    pieces_.resize((works.size() + kExamplesPerPiece - 1) / kExamplesPerPiece);
    SUBJREC_TRY(team_.run(
        pieces_.size(),
        [&](size_t p) {
          EncoderInputs& bags = pieces_[p];
          bags.clear();
          const size_t end = std::min(works.size(), (p + 1) * kExamplesPerPiece);
          for (size_t i = p * kExamplesPerPiece; i < end; ++i) {
            batch.hidden[i] = examples_.draw(works[i], static_cast<int>(epoch_), &bags);
          }
        },
        monitor));
    for (const EncoderInputs& piece : pieces_) batch.bags.append(piece);
    return batch;
  }

  /// Rises over the warm-up, then falls to zero in a straight line.
  double rate() const {
    const double all = static_cast<double>(batches_) * options_.epochs;
    const double warm = std::min<double>(options_.warmup_steps, all / 4);
    const auto now = static_cast<double>(step_ + 1);
    const double share = now <= warm ? now / warm : (all + 1 - now) / (all + 1 - warm);
    return options_.learning_rate * std::max(share, 0.0);
  }

  Status copy_rows(const std::vector<float>& from, size_t begin, size_t end,
                   std::vector<float>* rows, Monitor& monitor) const {
    Poll poll(monitor, 1 << 13);
    rows->reserve((end - begin) * network_.dim());
    for (size_t r = begin; r < end; ++r) {
      if (poll.stop()) return Status::interrupted();
      const float* row = from.data() + r * network_.stride();
      rows->insert(rows->end(), row, row + network_.dim());
    }
    return {};
  }

  Status compose_works(std::vector<float>* works, Monitor& monitor) {
    const size_t dim = network_.dim();
    const size_t n = data_.interactions.n_works;
    works->resize(n * dim);
    return team_.run((n + kWorksPerPiece - 1) / kWorksPerPiece,
                     [&](size_t piece) {
                       std::vector<float> row(network_.stride());
                       const size_t end = std::min(n, (piece + 1) * kWorksPerPiece);
                       for (size_t w = piece * kWorksPerPiece; w < end; ++w) {
                         const auto work = static_cast<uint32_t>(w);
                         EncoderInputs bag;
                         examples_.inputs_without(work, ExampleSource::kNone, &bag);
                         network_.embed(bag, 0, work, row.data());
                         std::copy_n(row.data(), dim, works->data() + w * dim);
                       }
                     },
                     monitor);
  }

  /// Raises the weight decay for the epochs that are left where scores are too sure.
  Status settle_regularization(std::vector<HistoryRow>* history, Monitor& monitor) {
    constexpr size_t kLeastPairs = 32;
    if (options_.given.count("regularization") != 0 ||
        examples_.calibration_pairs().size() < kLeastPairs || epoch_ >= options_.epochs) {
      return {};
    }
    SUBJREC_TRY(network_.refresh(team_, monitor));
    SUBJREC_ASSIGN(const double overconfidence, calibration_evaluator_.overconfidence(monitor));
    const double now = network_.regularization();
    network_.set_regularization(raised_regularization(now, overconfidence));
    history->push_back({step_, epoch_, "overconfidence", overconfidence});
    history->push_back({step_, epoch_, "regularization", now});
    return {};
  }

  const TrainData& data_;
  TrainOptions options_;
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

}  // namespace

double raised_regularization(double regularization, double overconfidence) {
  constexpr double kTooSure = 0.35;
  constexpr double kMost = 1;
  if (!(overconfidence > kTooSure) || regularization >= kMost) return regularization;
  return std::min(kMost, regularization * portable_exp(std::min(overconfidence, 8.0) * kLog4));
}

Result<std::unique_ptr<Trainer>> make_composed_trainer(const TrainData& data,
                                                       const TrainOptions& options) {
  return std::unique_ptr<Trainer>(std::make_unique<ComposedTrainer>(data, options));
}

}  // namespace subjrec
