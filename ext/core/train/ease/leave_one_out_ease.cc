#include "core/train/ease/leave_one_out_ease.h"

#include <algorithm>

namespace subjrec {

void LeaveOneOutEase::start(size_t row, double feature_norm) {
  row_ = row;
  of_subjects_.assign(n_subjects_, 0.0);
  of_features_.assign(n_subjects_, 0.0);
  const size_t n_features = rows_.n_columns - n_subjects_;
  const auto add = [&](size_t place, double weight, std::vector<double>* sum) {
    const float* from = weights_.data() + place * n_subjects_;
    for (size_t s = 0; s < n_subjects_; ++s) (*sum)[s] += weight * double{from[s]};
  };
  const size_t begin = rows_.offsets[row];
  const size_t end = rows_.offsets[row + 1];
  for (size_t e = begin; e < end; ++e) {
    const size_t column = rows_.columns[e];
    const double weight{rows_.weights[e]};
    if (column < n_subjects_) {
      add(n_features + column, weight, &of_subjects_);
    } else {
      add(column - n_subjects_, weight, &of_features_);
    }
  }
  for (size_t s = 0; s < n_subjects_; ++s) {
    of_subjects_[s] /= double{scale_[s]};
    of_features_[s] /= double{scale_[s]};
  }
  double subjects = 0;
  double both = 0;
  for (size_t e = begin; e < end && rows_.columns[e] < n_subjects_; ++e) {
    of_subjects_[rows_.columns[e]] -= double{rows_.weights[e]} / double{scale_[rows_.columns[e]]};
  }
  for (size_t e = begin; e < end && rows_.columns[e] < n_subjects_; ++e) {
    subjects += double{rows_.weights[e]} * of_subjects_[rows_.columns[e]];
    both += double{rows_.weights[e]} * of_features_[rows_.columns[e]];
  }
  all_ = feature_norm + 2 * both + subjects;
  features_and_all_ = feature_norm + both;
}

double LeaveOneOutEase::value_of(uint32_t subject) const {
  const auto begin = rows_.columns.begin() + static_cast<ptrdiff_t>(rows_.offsets[row_]);
  const auto end = rows_.columns.begin() + static_cast<ptrdiff_t>(rows_.offsets[row_ + 1]);
  const auto found = std::lower_bound(begin, end, subject);
  return double{rows_.weights[static_cast<size_t>(found - rows_.columns.begin())]};
}

void LeaveOneOutEase::without_pair(uint32_t hidden, std::span<double> change) const {
  const double left = 1 - all_;
  const double value = value_of(hidden);
  const double of_hidden = value * (of_subjects_[hidden] + of_features_[hidden]);
  const double shown_and_all = all_ - of_hidden;
  const double shown = all_ - 2 * of_hidden + value * value * inverse(hidden, hidden) +
                       shown_and_all * shown_and_all / left;  // z'P'z
  for (size_t s = 0; s < change.size(); ++s) {
    const double diagonal = -1 / double{scale_[s]};
    const double of_all = of_subjects_[s] + of_features_[s];
    const double of_shown = of_all - value * inverse(hidden, s);
    const double without = diagonal + of_all * of_all / left;
    const double product = of_shown + of_all * shown_and_all / left;
    const double leverage = shown - product * product / without;
    change[s] = -product / without / (1 + leverage) + of_shown / diagonal;
  }
}

void LeaveOneOutEase::without_subjects(std::span<double> change) const {
  const double left = 1 - all_;
  for (size_t s = 0; s < change.size(); ++s) {
    const double diagonal = -1 / double{scale_[s]};
    const double of_all = of_subjects_[s] + of_features_[s];
    const double without = diagonal + of_all * of_all / left;
    const double product = of_features_[s] + of_all * features_and_all_ / left;
    change[s] = -product / without + of_features_[s] / diagonal;
  }
}

}  // namespace subjrec
