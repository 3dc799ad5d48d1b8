#include "core/train/composed/side_embeddings.h"

#include <algorithm>
#include <cmath>

#include "core/linalg/sum_rows.h"

namespace subjrec {
namespace {

constexpr uint64_t kFeatureStream = 16;  // beside those of the tables
constexpr uint64_t kProjectionStream = 32;

}  // namespace

SparseRows shared_features(const SparseRows& features) {
  std::vector<size_t> count(features.n_columns, 0);
  for (const uint32_t f : features.columns) ++count[f];
  SparseRows shared;
  shared.n_rows = features.n_rows;
  shared.n_columns = features.n_columns;
  shared.offsets.push_back(0);
  for (size_t s = 0; s < features.n_rows; ++s) {
    double squares = 0;
    for (size_t e = features.offsets[s]; e < features.offsets[s + 1]; ++e) {
      if (count[features.columns[e]] < 2) continue;
      shared.columns.push_back(features.columns[e]);
      shared.weights.push_back(features.weights[e]);
      squares += double{features.weights[e]} * double{features.weights[e]};
    }
    const auto scale = static_cast<float>(squares > 0 ? 1 / std::sqrt(squares) : 0);
    for (size_t e = shared.offsets.back(); e < shared.weights.size(); ++e) {
      shared.weights[e] *= scale;
    }
    shared.offsets.push_back(shared.columns.size());
  }
  return shared;
}

SideEmbeddings::SideEmbeddings(const SparseRows& features, const PretrainedVectors& vectors,
                               size_t n_subjects, size_t stride)
    : features_(features),
      n_subjects_(n_subjects),
      table_(features.n_columns, stride),
      projection_(vectors, stride),
      transposer_(features.n_columns) {}

Status SideEmbeddings::initialise(Start start, ThreadTeam& team, Monitor& monitor) {
  const uint64_t stream = start.stream;
  start.stream = stream + kFeatureStream;
  SUBJREC_TRY(draw_rows(
      start, [](size_t) { return true; }, &table_, team, monitor));
  start.stream = stream + kProjectionStream;
  return projection_.initialise(start, team, monitor);
}

void SideEmbeddings::compose(const SparseAdam& own, std::span<const uint32_t> rows,
                             float* target) const {
  const size_t stride = own.stride;
  std::vector<float> row(stride);
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t r = rows[i];
    float* to = target + i * stride;
    std::copy_n(own.value.data() + r * stride, stride, to);
    if (r >= n_subjects_ || features_.empty()) continue;
    const size_t first = features_.offsets[r];
    sum_rows(table_.value.data(), stride, features_.columns.data() + first,
             features_.weights.data() + first, features_.offsets[r + 1] - first, row.data());
    for (size_t k = 0; k < stride; ++k) to[k] += row[k];
  }
  if (projection_.empty()) return;
  const std::vector<float> ones(rows.size(), 1.0f);
  for (size_t begin = 0; begin < rows.size(); ++begin) {  // runs of rows that are subjects
    size_t end = begin;
    while (end < rows.size() && rows[end] < n_subjects_) ++end;
    projection_.add_to(rows.subspan(begin, end - begin), {ones.data(), end - begin},
                       target + begin * stride);
    begin = end;
  }
}

Status SideEmbeddings::update(std::span<const uint32_t> rows, const std::vector<float>& gradients,
                              const RowStep& step, ThreadTeam& team, Monitor& monitor) {
  Terms terms;
  std::vector<uint32_t> subjects;
  std::vector<float> chosen;
  const size_t stride = table_.stride;
  for (size_t i = 0; i < rows.size(); ++i) {
    const size_t r = rows[i];
    if (r < n_subjects_ && !features_.empty()) {
      for (size_t e = features_.offsets[r]; e < features_.offsets[r + 1]; ++e) {
        terms.add(features_.columns[e], features_.weights[e]);
      }
    }
    terms.end_row();
    if (r >= n_subjects_ || projection_.empty()) continue;
    subjects.push_back(rows[i]);
    const auto from = gradients.begin() + static_cast<ptrdiff_t>(i * stride);
    chosen.insert(chosen.end(), from, from + static_cast<ptrdiff_t>(stride));
  }
  SUBJREC_TRY(update_rows(transposer_.transpose({&terms, 1}, false), gradients, step, &table_,
                          nullptr, team, monitor));
  const std::vector<float> ones(subjects.size(), 1.0f);
  return projection_.update(subjects, ones, chosen.data(), step, team, monitor);
}

}  // namespace subjrec
