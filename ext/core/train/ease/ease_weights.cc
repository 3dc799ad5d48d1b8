#include "core/train/ease/ease_weights.h"

#include <utility>

#include "core/linalg/columns.h"
#include "core/train/ease/local_ease_weights.h"

namespace subjrec {

Result<DenseEaseWeights> dense_ease_weights(const SparseRows& by_work, size_t n_subjects,
                                            double regularization, const SparseRows& asked,
                                            ThreadTeam& team, Monitor& monitor) {
  DenseEaseWeights weights;
  {
    SUBJREC_ASSIGN(const SparseRows by_column, transposed(by_work, monitor));
    SUBJREC_ASSIGN(SquareMatrix gram,
                   gram_matrix(by_work, by_column, n_subjects, regularization, team, monitor));
    SUBJREC_ASSIGN(Inverse inverse, invert(std::move(gram), n_subjects, asked, team, monitor));
    weights.columns = std::move(inverse.columns);
    weights.norms = std::move(inverse.norms);
  }
  SUBJREC_ASSIGN(weights.scale, weights_in_place(&weights.columns, by_work.n_columns - n_subjects,
                                                 n_subjects, team, monitor));
  return weights;
}

void weigh_features(double feature_weight, SparseRows* weights) {
  const auto of_feature = static_cast<float>(feature_weight);
  for (size_t e = weights->offsets[weights->n_columns]; e < weights->weights.size(); ++e) {
    weights->weights[e] *= of_feature;
  }
}

Result<SparseRows> ease_weights(const TrainData& data, const TrainOptions& options,
                                ThreadTeam& team, Monitor& monitor) {
  const size_t n_subjects = data.interactions.n_subjects;
  const size_t n_features = data.work_features.n_columns;
  SUBJREC_ASSIGN(const ColumnChoice used,
                 frequent_columns(data.work_features, options.min_feature_works, monitor));
  SUBJREC_ASSIGN(
      const SparseRows by_work,
      subject_and_feature_columns(data.interactions, used.rows, options.feature_weight, monitor));
  SparseRows weights;
  if (by_work.n_columns <= static_cast<size_t>(options.max_columns)) {
    SUBJREC_ASSIGN(const DenseEaseWeights dense,
                   dense_ease_weights(by_work, n_subjects, options.regularization, SparseRows(),
                                      team, monitor));
    const size_t kept = by_work.n_columns * static_cast<size_t>(options.max_weights);
    SUBJREC_ASSIGN(
        weights, keep_greatest(dense.columns, used.columns, n_features, n_subjects, kept, monitor));
  } else {
    SUBJREC_ASSIGN(const SparseRows local,
                   local_ease_weights(by_work, n_subjects, options.regularization,
                                      static_cast<size_t>(options.neighborhood), team, monitor));
    weights = spread_rows(local, used.columns, n_features, n_subjects);
  }
  weigh_features(options.feature_weight, &weights);
  return weights;
}

}  // namespace subjrec
