#include "core/linalg/sparse_terms.h"

#include <cmath>

namespace subjrec {

void Terms::end_unit_row() {
  double squares = 0;
  for (size_t e = offsets.back(); e < index.size(); ++e) {
    squares += double{coefficient[e]} * double{coefficient[e]};
  }
  const double length = squares > 0 ? std::sqrt(squares) : 1;
  for (size_t e = offsets.back(); e < index.size(); ++e) {
    coefficient[e] = static_cast<float>(double{coefficient[e]} / length);
  }
  end_row();
}

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

}  // namespace subjrec
