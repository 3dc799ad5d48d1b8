// Nearest neighbours of a work by TF-IDF over its subjects and features, and what they vote for
// (item-based k-NN with cosine similarity; Salton and Buckley 1988 for the weights).
//
// A term is a subject (of value 1, or its weight in the work) or a feature (of feature_weight times
// its own weight), and its weight in a work is value x log(works / works with the term). The
// similarity of two works is the cosine of their weights. Terms of more than a twentieth of the
// works (and of more than 2,000) say little and are left out; so are works without subjects, which
// have nothing to vote for.
//
// There is nothing to train: an index is built from the works as they stand, and a new work is a
// row more. It is in memory, or its lists are read as they are asked for (WorkLists).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/inverted_works.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

struct Neighbor {
  uint32_t work = 0;
  float similarity = 0;  // above 0, and 1 at the most but for rounding
};

/// A subject and the share of the neighbours' similarities that is of those which carry it.
struct Vote {
  uint32_t subject = 0;
  float share = 0;
};

/// What a search writes on; one for each thread, for any number of searches of one index.
struct NeighborScratch {
  std::vector<float> sums;  // a work each; zero between searches
  std::vector<uint32_t> touched;
  std::vector<float> shares;  // a subject each; zero between searches
  std::vector<Neighbor> neighbors;
  /// Why lists could not be read: what was found since it was last OK is not to be used. Those in
  /// memory always can.
  Status status;
};

class WorkNeighbors {
 public:
  /// Inverted lists of `data`, of which the interactions are referred to and must outlive the
  /// index. `k` is the number of neighbours, `feature_weight` the value of a feature of weight 1.
  static Result<WorkNeighbors> build(const TrainData& data, double feature_weight, size_t k,
                                     Monitor& monitor);
  /// The same index, of which the lists are read when they are needed; by one thread at a time.
  static WorkNeighbors over(std::shared_ptr<const WorkLists> lists, const TermCounts& terms,
                            double feature_weight, size_t k);

  /// How many works have each subject.
  std::span<const uint32_t> subject_counts() const { return terms_.of_subjects(); }
  /// Whether the work, which a search has just found, has the subject.
  bool carries(uint32_t work, uint32_t subject) const;
  size_t n_features() const { return terms_.n_features(); }

  static constexpr uint32_t kNone = ~uint32_t{0};

  /// The k works that are most similar to one that holds these, most similar first, of equal ones
  /// the lower first. `self` is left out: the work itself, where it is in the index.
  void find(const SubjectRow& subjects, std::span<const WeightedFeature> features, uint32_t self,
            NeighborScratch* scratch, std::vector<Neighbor>* out) const;

  /// What the neighbours carry, by ascending subject. Nothing where there are none.
  void vote(std::span<const Neighbor> neighbors, NeighborScratch* scratch,
            std::vector<Vote>* out) const;

  /// find(), then vote().
  void vote_for(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                uint32_t self, NeighborScratch* scratch, std::vector<Vote>* out) const;

 private:
  void add_term(size_t term, float value, NeighborScratch* scratch, double* squares) const;

  std::shared_ptr<const WorkLists> lists_;
  TermCounts terms_;
  size_t k_ = 0;
  float feature_weight_ = 1;
  std::vector<float> idf_;  // of subjects and then features; 0: left out
};

}  // namespace subjrec
