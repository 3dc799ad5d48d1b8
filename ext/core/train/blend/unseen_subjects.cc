#include "core/train/blend/unseen_subjects.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/portable_math.h"
#include "core/model/subject_labels.h"

namespace subjrec {
namespace {

/// Of each subject its number among those that are not unseen, or SubjectLabels::kNoSubject.
std::vector<uint32_t> numbers_without(const TrainData& data) {
  std::vector<uint32_t> numbers;
  auto unseen = data.unseen_subjects.begin();
  uint32_t next = 0;
  for (uint32_t s = 0; s < data.interactions.n_subjects; ++s) {
    const bool is_unseen = unseen != data.unseen_subjects.end() && *unseen == s;
    unseen += is_unseen ? 1 : 0;
    numbers.push_back(is_unseen ? SubjectLabels::kNoSubject : next++);
  }
  return numbers;
}

/// The other way round: of each subject that is not unseen its number among all.
std::vector<uint32_t> numbers_with(const TrainData& data) {
  std::vector<uint32_t> numbers;
  const std::vector<uint32_t> without = numbers_without(data);
  for (uint32_t s = 0; s < without.size(); ++s) {
    if (without[s] != SubjectLabels::kNoSubject) numbers.push_back(s);
  }
  return numbers;
}

/// Rows of `dim` values each, of `n` subjects of which `rows` are those with these numbers.
std::vector<float> spread(const std::vector<float>& rows, const std::vector<uint32_t>& numbers,
                          size_t n, size_t dim, float fill) {
  std::vector<float> all(n * dim, fill);
  for (size_t i = 0; i < numbers.size(); ++i) {
    std::copy_n(rows.data() + i * dim, dim, all.data() + numbers[i] * dim);
  }
  return all;
}

/// The rows with these numbers.
SparseRows rows_of(const SparseRows& all, const std::vector<uint32_t>& numbers) {
  if (all.n_rows == 0) return all;
  SparseRows some{numbers.size(), all.n_columns, {0}, {}, {}};
  for (const uint32_t n : numbers) {
    for (size_t e = all.offsets[n]; e < all.offsets[n + 1]; ++e) {
      some.columns.push_back(all.columns[e]);
      some.weights.push_back(all.weights[e]);
    }
    some.offsets.push_back(some.columns.size());
  }
  return some;
}

/// Item weights: rows of subjects and, behind them, of features; columns of subjects.
SparseRows spread_weights(const SparseRows& weights, const std::vector<uint32_t>& numbers,
                          size_t n) {
  if (weights.offsets.empty()) return weights;
  SparseRows all;
  all.n_rows = weights.n_rows - weights.n_columns + n;
  all.n_columns = n;
  all.columns = weights.columns;
  all.weights = weights.weights;
  for (uint32_t& column : all.columns) column = numbers[column];
  size_t next = 0;  // of `numbers`
  for (size_t s = 0; s < n; ++s) {
    all.offsets.push_back(weights.offsets[next]);
    if (next < numbers.size() && numbers[next] == s) ++next;
  }
  for (size_t r = weights.n_columns; r <= weights.n_rows; ++r) {
    all.offsets.push_back(weights.offsets[r]);
  }
  return all;
}

/// The curve of scores that have all become greater by `change`.
void shift(double change, ProbabilityCurve* curve) {
  curve->intercept -= curve->slope * change;
  for (CurveBend& bend : curve->bends) bend.score += change;
}

/// More subjects make each one's share of all pairs smaller, by the same factor.
void keep_scores(const Interactions& y, size_t n_before, Model* model) {
  const auto pairs = static_cast<double>(y.nnz());
  const auto before = static_cast<double>(n_before);
  const auto now = static_cast<double>(y.n_subjects);
  const double popularity = portable_log((pairs + before) / (pairs + now));
  const double commonness = popularity + portable_log(now / before);
  const double warm = model->blend->warm.popularity * popularity;
  if (model->curve) shift(warm, &*model->curve);
  model->probability_intercept -= model->probability_slope * warm;
  if (model->cold_curve) shift(model->blend->cold.popularity * popularity, &*model->cold_curve);
  for (BlendCoefficients* c : {&model->blend->warm, &model->blend->cold}) {
    c->whole_label -= c->common_label * commonness;
  }
}

class WithUnseenSubjects : public Trainer {
 public:
  explicit WithUnseenSubjects(const TrainData& data)
      : data_(data), without_(without_unseen_subjects(data)) {}

  Status begin(const TrainerFactory& make) {
    SUBJREC_ASSIGN(trainer_, make(without_));
    return {};
  }

  Result<double> run_epoch(std::vector<HistoryRow>* history, Monitor& monitor) override {
    return trainer_->run_epoch(history, monitor);
  }
  bool finished() const override { return trainer_->finished(); }
  std::string summary() const override { return trainer_->summary(); }

  Result<Model> model(Monitor& monitor) override { return whole(trainer_->model(monitor)); }
  Result<Model> finish(Monitor& monitor) override { return whole(trainer_->finish(monitor)); }

 private:
  Result<Model> whole(Result<Model> model) const {
    if (model.ok()) add_unseen_subjects(without_, data_, &*model);
    return model;
  }

  const TrainData& data_;
  TrainData without_;
  std::unique_ptr<Trainer> trainer_;
};

}  // namespace

TrainData without_unseen_subjects(const TrainData& data) {
  const std::vector<uint32_t> kept = numbers_with(data);
  const std::vector<uint32_t> numbers = numbers_without(data);
  TrainData without = data;
  without.unseen_subjects.clear();
  without.interactions.n_subjects = kept.size();
  for (uint32_t& s : without.interactions.subjects) s = numbers[s];
  without.subject_features = rows_of(data.subject_features, kept);
  std::vector<float>& values = without.subject_vectors.values;
  values.clear();
  for (const uint32_t s : data.subject_vectors.empty() ? std::vector<uint32_t>() : kept) {
    const float* row = data.subject_vectors.row(s);
    values.insert(values.end(), row, row + data.subject_vectors.dim);
  }
  if (!data.labels) return without;
  auto labels = std::make_shared<SubjectLabels>(*data.labels);
  for (uint32_t& s : labels->subjects) s = numbers[s];
  without.labels = std::move(labels);
  return without;
}

float bias_of_no_works(const Model& model, const Interactions& y) {
  const std::vector<uint32_t> works = y.subject_counts();
  double sum = 0;
  for (size_t s = 0; s < model.subject_bias.size(); ++s) {
    sum += double{model.subject_bias[s]} - portable_log(1.0 + works[s]);
  }
  return works.empty() ? 0 : static_cast<float>(sum / static_cast<double>(works.size()));
}

void add_unseen_subjects(const TrainData& seen, const TrainData& data, Model* model) {
  const std::vector<uint32_t> numbers = numbers_with(data);
  const size_t n = data.interactions.n_subjects;
  if (!model->subject_bias.empty()) {
    const float bias = bias_of_no_works(*model, seen.interactions);
    model->subject_bias = spread(model->subject_bias, numbers, n, 1, bias);
  }
  model->subjects = spread(model->subjects, numbers, n, model->dim, 0);
  model->subject_inputs = spread(model->subject_inputs, numbers, n, model->dim, 0);
  model->weights = spread_weights(model->weights, numbers, n);
  model->labels = data.labels;
  keep_scores(data.interactions, numbers.size(), model);
}

Result<std::unique_ptr<Trainer>> make_trainer_with_unseen_subjects(const TrainData& data,
                                                                   const TrainerFactory& make) {
  auto trainer = std::make_unique<WithUnseenSubjects>(data);
  SUBJREC_TRY(trainer->begin(make));
  return std::unique_ptr<Trainer>(std::move(trainer));
}

}  // namespace subjrec
