#include "core/model/inverted_works.h"

#include <algorithm>
#include <cmath>

#include "core/base/by_count.h"
#include "core/base/portable_math.h"
#include "core/linalg/columns.h"

namespace subjrec {
namespace {

constexpr size_t kAlwaysListed = 2000;  // works with a term
constexpr size_t kMostShare = 20;       // or one in so many of all works

/// The columns of works that have subjects; the rows of the others are empty.
Result<SparseRows> voting_columns(const TrainData& data, double feature_weight, Monitor& monitor) {
  SUBJREC_ASSIGN(SparseRows x, subject_and_feature_columns(data.interactions, data.work_features,
                                                           feature_weight, monitor));
  size_t kept = 0;
  size_t begin = 0;
  for (size_t w = 0; w < x.n_rows; ++w) {
    const size_t end = x.offsets[w + 1];
    for (size_t e = begin; e < end && !data.interactions.row(w).empty(); ++e, ++kept) {
      x.columns[kept] = x.columns[e];
      x.weights[kept] = x.weights[e];
    }
    begin = end;
    x.offsets[w + 1] = kept;
  }
  x.columns.resize(kept);
  x.weights.resize(kept);
  return x;
}

}  // namespace

std::vector<float> inverse_frequencies(const TermCounts& terms) {
  const size_t most = std::max(kAlwaysListed, terms.voters / kMostShare);
  ByCount log_ratio([&](uint32_t count) {
    return static_cast<float>(portable_log(static_cast<double>(terms.voters) / count));
  });
  std::vector<float> idf;
  idf.reserve(terms.counts.size());
  for (const uint32_t count : terms.counts) {
    idf.push_back(count == 0 || count > most ? 0.0f : log_ratio(count));
  }
  return idf;
}

Result<InvertedWorks> invert_works(const TrainData& data, double feature_weight, Monitor& monitor) {
  SUBJREC_ASSIGN(const SparseRows x, voting_columns(data, feature_weight, monitor));
  InvertedWorks index;
  TermCounts& terms = index.terms;
  terms.n_works = x.n_rows;
  terms.n_subjects = data.interactions.n_subjects;
  const std::vector<int> counts = column_counts(x);
  terms.counts.assign(counts.begin(), counts.end());
  for (size_t w = 0; w < x.n_rows; ++w) terms.voters += x.offsets[w + 1] > x.offsets[w];
  const std::vector<float> idf = inverse_frequencies(terms);
  Poll poll(monitor, 1 << 14);
  index.scales.reserve(x.n_rows);
  for (size_t w = 0; w < x.n_rows; ++w) {
    if (poll.stop()) return Status::interrupted();
    double squares = 0;
    for (size_t e = x.offsets[w]; e < x.offsets[w + 1]; ++e) {
      const float weight = x.weights[e] * idf[x.columns[e]];
      squares += double{weight} * double{weight};
    }
    index.scales.push_back(static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0));
  }
  SUBJREC_ASSIGN(index.works, transposed(x, monitor));
  return index;
}

void add_postings(std::span<const uint32_t> works, std::span<const float> values, float idf,
                  std::span<const float> scales, std::vector<Posting>* out) {
  for (size_t i = 0; i < works.size(); ++i) {
    float weight = values[i] * idf;
    weight *= scales[works[i]];
    if (weight > 0) out->push_back({works[i], weight});
  }
}

}  // namespace subjrec
