#include "core/train/composed_bag.h"

#include <algorithm>
#include <cmath>

#include "core/train/columns.h"

namespace subjrec {

void Terms::clear() {
  offsets.resize(1);
  index.clear();
  coefficient.clear();
}

const ColumnTerms& Transposer::transpose(std::span<const Terms> blocks, bool all) {
  ColumnTerms& t = result_;
  t.columns.clear();
  if (all) {
    for (size_t c = 0; c < place_.size(); ++c) t.columns.push_back(static_cast<uint32_t>(c));
  }
  size_t n_terms = 0;
  for (const Terms& block : blocks) {
    for (const uint32_t c : block.index) {
      if (place_[c]++ == 0 && !all) t.columns.push_back(c);
    }
    n_terms += block.index.size();
  }
  t.offsets.assign(1, 0);
  for (const uint32_t c : t.columns) {
    const size_t begin = t.offsets.back();
    t.offsets.push_back(begin + place_[c]);
    place_[c] = begin;
  }
  t.row.resize(n_terms);
  t.coefficient.resize(n_terms);
  uint32_t row = 0;
  for (const Terms& block : blocks) {
    for (size_t r = 0; r < block.rows(); ++r, ++row) {
      for (size_t e = block.offsets[r]; e < block.offsets[r + 1]; ++e) {
        const size_t at = place_[block.index[e]]++;
        t.row[at] = row;
        t.coefficient[at] = block.coefficient[e];
      }
    }
  }
  for (const uint32_t c : t.columns) place_[c] = 0;
  return t;
}

float end_normalized_row(Terms* terms, double more) {
  double squares = more;
  for (size_t e = terms->offsets.back(); e < terms->index.size(); ++e) {
    squares += double{terms->coefficient[e]} * terms->coefficient[e];
  }
  const auto scale = static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0);
  for (size_t e = terms->offsets.back(); e < terms->index.size(); ++e) {
    terms->coefficient[e] *= scale;
  }
  terms->end_row();
  return scale;
}

ExampleSource::ExampleSource(const TrainData& data, const TrainOptions& options)
    : data_(data), options_(options), reserved_of_(data.interactions.n_works, kNone) {
  find_used_features();
  for (size_t w = 0; w < data.interactions.n_works; ++w) {
    has_vector_.push_back(data.work_vectors.has(w));
    const size_t subjects = data.interactions.row(w).size();
    if (subjects > 1 || (subjects == 1 && (has_vector_[w] || has_features(w)))) {
      works_.push_back(static_cast<uint32_t>(w));
    }
  }
  reserved_ = reserve_pairs(data.interactions, static_cast<uint64_t>(options.seed));
  for (const auto& [work, subject] : reserved_) reserved_of_[work] = subject;
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

void ExampleSource::end_bag(bool vector, Bags* bags) {
  const float weight = vector ? kVectorWeight : 0.0f;
  const float scale = end_normalized_row(bags, double{weight} * double{weight});
  bags->vector_coefficient.push_back(weight * scale);
}

uint32_t ExampleSource::draw(uint32_t work, int epoch, Bags* bags) const {
  const std::span<const uint32_t> subjects = data_.interactions.row(work);
  Random random(static_cast<uint64_t>(options_.seed),
                splitmix64(static_cast<uint64_t>(epoch)) + work);
  const uint32_t reserved = reserved_of_[work];
  uint32_t hidden = reserved;
  while (hidden == reserved) hidden = subjects[random.below(subjects.size())];
  for (const uint32_t s : subjects) {
    if (s != hidden && s != reserved && random.uniform() >= options_.dropout) bags->add(s, 1.0f);
  }
  add_features(work, bags, [&] { return random.uniform() >= options_.feature_dropout; });
  end_bag(has_vector_[work] && random.uniform() >= options_.feature_dropout, bags);
  return hidden;
}

void ExampleSource::bag_without(uint32_t work, uint32_t hidden, Bags* bags) const {
  for (const uint32_t s : data_.interactions.row(work)) {
    if (s != hidden) bags->add(s, 1.0f);
  }
  add_features(work, bags, [] { return true; });
  end_bag(has_vector_[work], bags);
}

}  // namespace subjrec
