// How good a model's recommendations are, evaluated on (work, subject) rows that it was not shown.
//
// Every subject but the work's own in training is a candidate for every held-out row: the ranking
// is full, never sampled (Krichene and Rendle, "On Sampled Metrics for Item Recommendation", KDD
// 2020). Equal scores count as in random order, and every figure is the exact expectation over it;
// NaN counts as the lowest score. Sums run in the order of works: the number of threads changes
// nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/data/interactions.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

struct EvaluateOptions {
  std::vector<int> k = {10};   // lengths of the list, at least one, each 1..1000; see Evaluation
  uint64_t unknown_rows = 0;   // held-out rows whose work or subject the model lacks: misses
  uint64_t unknown_works = 0;  // works all of whose held-out rows are among those: misses, too
  /// Of each work of the data how many of its held-out rows name a subject that the model lacks; or
  /// none at all.
  std::vector<uint32_t> unknown_subjects;
  bool thresholds = false;   // evaluate lists that are cut at a probability, too
  uint32_t rare_below = 10;  // a subject on fewer works than this in training is rare
  std::vector<float> shift;  // added to each subject's scores for the ranking, or none
};

/// How one subject fares in the lists of length k[0] of the works with held-out rows.
struct SubjectOutcome {
  uint32_t subject = 0;
  uint32_t support = 0;         // held-out rows
  uint32_t true_positives = 0;  // listed and held out for the work
  uint32_t false_positives = 0;
  uint32_t false_negatives = 0;
  double precision() const;  // 0 where the subject is never listed
  double recall() const;     // 0 without support
};

/// The metrics, in this order:
///
///   rows, works                held-out rows and the works that have any, unknown ones included
///   unknown_rows, trained_on   of the rows: unknown to the model; also in training (such a row's
///                              subject stays a candidate)
/// and for every k, means over the rows, each a question of its own whose one right answer is its
/// subject (an unknown row scores 0):
///   recall@k                   1 where rank <= k
///   ndcg@k                     1 / log2(rank + 1) where rank <= k
///   mrr@k                      1 / rank where rank <= k
/// and means over the works, whose right answers are all of their held-out subjects H together,
/// those unknown to the model included (an unknown work scores 0); the same three with the prefix
/// work_, and
///   precision@k                held-out ones among the first k, over k
///   map@k                      sum over held-out ones of the precision at their rank, where
///                              rank <= k, over min(k, |H|)
///   f1@k                       2 |list and H| / (|list| + |H|), as Annif
/// and over the lists of length k:
///   coverage@k                 share of all subjects that are in any list
///   gini@k                     Gini coefficient of how often each subject is listed
///   popularity@k               mean number of training works of a listed subject
/// and once:
///   f1@5                       as Annif's F1@5, unless 5 is among the k
///   ndcg                       means over works of the whole ranking's nDCG, as Annif's NDCG
///   auc                        share of (held-out row, candidate not held out) pairs in order,
///                              mean over the known rows
///   loss                       binary cross-entropy of the model's probability over all
///                              candidates of all known works
///   median_rank                of the rows; infinite where half are unknown
///   heldout_top10_share        of the known rows: those of the ten subjects held out most
///   warning: few subjects      the same again, where these ten are more than half of the known
///   rows
///                              and hold more than twice the share that they have of all pairs,
///                              held out and trained on: whatever finds them looks good
///   rare_rows                  rows with a rare subject, and for every k rare_recall@k,
///                              rare_ndcg@k, rare_mrr@k over these
/// and with `thresholds`, for the first k[0] as limits l = 1, 2 ..., and t = 0, 0.05 ... 0.95, what
/// lists of the best l subjects with a probability of at least t reach, means over the works:
///   precision@l,p>=t           held-out ones listed, over those listed; 0 for an empty list
///   recall@l,p>=t              held-out ones listed, over |H|
///   f1@l,p>=t                  2 |list and H| / (|list| + |H|)
///   best_limit, best_threshold, best_f1   the pair of the greatest f1, the first one of equals
struct Evaluation {
  std::vector<std::pair<std::string, double>> metrics;
  std::vector<SubjectOutcome> subjects;  // those held out or listed, ascending

  /// The value of a metric by name, or null.
  const double* find(std::string_view name) const;
};

/// Evaluates `model` on `heldout`, whose works and subjects have the numbers of `data`, what the
/// model was trained on. Rows of `heldout` may be empty.
Result<Evaluation> evaluate(const Model& model, const TrainData& data, const Interactions& heldout,
                            const EvaluateOptions& options, ThreadTeam& team, Monitor& monitor);

}  // namespace subjrec
