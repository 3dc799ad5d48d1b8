#include "core/train/composed/example_source.h"

#include "core/linalg/columns.h"

namespace subjrec {

ExampleSource::ExampleSource(const TrainData& data, const TrainOptions& options)
    : data_(data), options_(options) {
  find_used_features(column_counts(data.work_features));
  const auto seed = static_cast<uint64_t>(options.seed);
  if (options.shards > 0) {
    const SparseRows& f = data.work_features;
    const auto has_any = [&](uint32_t w) { return !f.empty() && f.offsets[w] < f.offsets[w + 1]; };
    calibration_ = hold_out_by_key(
        find_calibration_candidates(data.interactions, data.work_keys, seed, has_any),
        data.interactions.subject_counts());
  } else {
    calibration_ = hold_out_for_calibration(data.interactions, seed,
                                            [&](uint32_t w) { return known_without(w); });
  }
  find_works();
}

ExampleSource::ExampleSource(const TrainData& data, const TrainOptions& options,
                             CalibrationSet kept_out, std::span<const uint64_t> feature_works)
    : data_(data), options_(options), calibration_(std::move(kept_out)) {
  find_used_features(feature_works);
  find_works();
}

void ExampleSource::find_works() {
  const size_t n = data_.interactions.n_works;
  auto cold = calibration_.cold_works.begin();
  for (uint32_t w = 0; w < n; ++w) {
    const bool kept_out = cold != calibration_.cold_works.end() && *cold == w;
    cold += kept_out ? 1 : 0;
    const size_t subjects = data_.interactions.row(w).size();
    if (!kept_out && (subjects > 1 || (subjects == 1 && known_without(w)))) works_.push_back(w);
  }
  calibration_subject_.assign(n, kNone);
  for (const auto& [work, subject] : calibration_.pairs) calibration_subject_[work] = subject;
}

template <class Counts>
void ExampleSource::find_used_features(const Counts& works) {
  for (const auto count : works) {
    used_.push_back(count >= static_cast<decltype(count)>(options_.min_feature_works));
  }
  for (size_t w = 0; w < data_.interactions.n_works; ++w) {
    has_vector_.push_back(data_.work_vectors.has(w));
  }
}

bool ExampleSource::used(size_t input) const {
  const size_t n_subjects = data_.interactions.n_subjects;
  return input < n_subjects || used_[input - n_subjects];
}

bool ExampleSource::has_features(size_t work) const {
  const SparseRows& features = data_.work_features;
  if (features.empty()) return false;
  for (size_t e = features.offsets[work]; e < features.offsets[work + 1]; ++e) {
    if (used_[features.columns[e]]) return true;
  }
  return false;
}

size_t ExampleSource::n_inputs() const {
  return data_.interactions.n_subjects + data_.work_features.n_columns;
}

void ExampleSource::end_inputs(bool vector, EncoderInputs* work_inputs) {
  const float weight = vector ? kVectorWeight : 0.0f;
  const float scale = end_normalized_row(work_inputs, double{weight} * double{weight});
  work_inputs->vector_coefficient.push_back(weight * scale);
}

/// One of the subjects that are not kept out of training.
uint32_t ExampleSource::draw_hidden(uint32_t work, Random* random) const {
  const SubjectRow row = data_.interactions.weighted_row(work);
  const uint32_t reserved = calibration_subject_[work];
  uint32_t hidden = reserved;
  if (row.weights.empty()) {
    while (hidden == reserved) hidden = row[random->below(row.size())];
    return hidden;
  }
  double left = 0;
  for (size_t i = 0; i < row.size(); ++i) left += row[i] == reserved ? 0 : double{row.weights[i]};
  left *= random->uniform();
  for (size_t i = 0; i < row.size() && left >= 0; ++i) {
    if (row[i] == reserved) continue;
    hidden = row[i];
    left -= double{row.weights[i]};
  }
  return hidden;
}

uint32_t ExampleSource::draw(uint32_t work, int epoch, EncoderInputs* work_inputs) const {
  const std::span<const uint32_t> subjects = data_.interactions.row(work);
  const uint64_t key = options_.shards > 0 ? data_.key(work) : work;
  Random random(static_cast<uint64_t>(options_.seed),
                splitmix64(static_cast<uint64_t>(epoch)) + key);
  const uint32_t reserved = calibration_subject_[work];
  const uint32_t hidden = draw_hidden(work, &random);
  const bool bare = options_.bare > 0 && (has_vector_[work] || has_features(work)) &&
                    random.uniform() < options_.bare;
  for (const uint32_t s : subjects) {
    if (bare) break;
    if (s != hidden && s != reserved && random.uniform() >= options_.dropout)
      work_inputs->add(s, 1.0f);
  }
  add_features(work, work_inputs, [&] { return random.uniform() >= options_.feature_dropout; });
  end_inputs(has_vector_[work] && random.uniform() >= options_.feature_dropout, work_inputs);
  return hidden;
}

void ExampleSource::bare_inputs(uint32_t work, EncoderInputs* work_inputs) const {
  add_features(work, work_inputs, [] { return true; });
  end_inputs(has_vector_[work], work_inputs);
}

void ExampleSource::inputs_without(uint32_t work, uint32_t hidden,
                                   EncoderInputs* work_inputs) const {
  for (const uint32_t s : data_.interactions.row(work)) {
    if (s != hidden) work_inputs->add(s, 1.0f);
  }
  add_features(work, work_inputs, [] { return true; });
  end_inputs(has_vector_[work], work_inputs);
}

}  // namespace subjrec
