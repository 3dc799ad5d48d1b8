// Training data: the interaction matrix and the side information of works and subjects.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/random.h"
#include "core/data/interactions.h"
#include "core/data/pretrained_vectors.h"

namespace subjrec {

struct SubjectLabels;  // core/model/subject_labels.h

/// Everything that training reads. A trainer keeps a reference: the data must outlive it.
struct TrainData {
  Interactions interactions;
  /// A hash of the id of each work, by which some are drawn: the same whatever other works there
  /// are. Empty: hashes of their positions.
  std::vector<uint64_t> work_keys;
  uint64_t key(size_t work) const {
    return work < work_keys.size() ? work_keys[work] : splitmix64(work);
  }
  SparseRows work_features;                     // n_works x n_features, or empty
  SparseRows subject_features;                  // n_subjects x n_subject_features, or empty
  std::shared_ptr<const SubjectLabels> labels;  // whose words are features of works, or null
  PretrainedVectors work_vectors;               // of n_works, or empty
  PretrainedVectors subject_vectors;            // of n_subjects, or empty
  /// Those that no work carries, and that are here for their labels; ascending. Of training by
  /// "blend" alone (core/train/blend/unseen_subjects.h).
  std::vector<uint32_t> unseen_subjects;
};

}  // namespace subjrec
