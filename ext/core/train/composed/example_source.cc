#include "core/train/composed/example_source.h"

#include "core/linalg/columns.h"

namespace subjrec {

ExampleSource::ExampleSource(const TrainData& data, const TrainOptions& options)
    : data_(data), options_(options), calibration_subject_(data.interactions.n_works, kNone) {
  find_used_features();
  const size_t n = data.interactions.n_works;
  for (size_t w = 0; w < n; ++w) has_vector_.push_back(data.work_vectors.has(w));
  const auto known_without = [&](uint32_t w) { return has_vector_[w] || has_features(w); };
  calibration_ = hold_out_for_calibration(data.interactions, static_cast<uint64_t>(options.seed),
                                          known_without);
  auto cold = calibration_.cold_works.begin();
  for (uint32_t w = 0; w < n; ++w) {
    const bool kept_out = cold != calibration_.cold_works.end() && *cold == w;
    cold += kept_out ? 1 : 0;
    const size_t subjects = data.interactions.row(w).size();
    if (!kept_out && (subjects > 1 || (subjects == 1 && known_without(w)))) works_.push_back(w);
  }
  for (const auto& [work, subject] : calibration_.pairs) calibration_subject_[work] = subject;
}

void ExampleSource::find_used_features() {
  for (const int count : column_counts(data_.work_features))
    used_.push_back(count >= options_.min_feature_works);
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

void ExampleSource::end_inputs(bool vector, EncoderInputs* bags) {
  const float weight = vector ? kVectorWeight : 0.0f;
  const float scale = end_normalized_row(bags, double{weight} * double{weight});
  bags->vector_coefficient.push_back(weight * scale);
}

uint32_t ExampleSource::draw(uint32_t work, int epoch, EncoderInputs* bags) const {
  const std::span<const uint32_t> subjects = data_.interactions.row(work);
  Random random(static_cast<uint64_t>(options_.seed),
                splitmix64(static_cast<uint64_t>(epoch)) + work);
  const uint32_t reserved = calibration_subject_[work];
  uint32_t hidden = reserved;
  while (hidden == reserved) hidden = subjects[random.below(subjects.size())];
  const bool bare = options_.bare > 0 && (has_vector_[work] || has_features(work)) &&
                    random.uniform() < options_.bare;
  for (const uint32_t s : subjects) {
    if (bare) break;
    if (s != hidden && s != reserved && random.uniform() >= options_.dropout) bags->add(s, 1.0f);
  }
  add_features(work, bags, [&] { return random.uniform() >= options_.feature_dropout; });
  end_inputs(has_vector_[work] && random.uniform() >= options_.feature_dropout, bags);
  return hidden;
}

void ExampleSource::bare_inputs(uint32_t work, EncoderInputs* bags) const {
  add_features(work, bags, [] { return true; });
  end_inputs(has_vector_[work], bags);
}

void ExampleSource::inputs_without(uint32_t work, uint32_t hidden, EncoderInputs* bags) const {
  for (const uint32_t s : data_.interactions.row(work)) {
    if (s != hidden) bags->add(s, 1.0f);
  }
  add_features(work, bags, [] { return true; });
  end_inputs(has_vector_[work], bags);
}

}  // namespace subjrec
