// Why a subject is suggested: the score, taken apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/blend.h"
#include "core/model/model.h"
#include "core/model/train_data.h"

namespace subjrec {

/// What one part of the score comes from.
enum class Cause {
  kSubject,  // a subject that the work carries
  kFeature,  // a feature of the work
  kLabel,    // a feature of the work that is a word of a label of the suggested subject
  kVector,   // its prior vector
  kWork,     // a similar work that carries the suggested subject
  kBias,     // how common the suggested subject is
  kRest,     // what no single subject or feature accounts for
};

struct Contribution {
  Cause cause = Cause::kRest;
  uint32_t position = 0;  // of the subject, feature or work
  double value = 0;
};

/// The contributions to the score of `subject` for a work with this embedding and these inputs;
/// they add up to the score (to rounding). The subject itself, where the work carries it, is one of
/// them.
///
/// - composed: each part's input . the subject's embedding, times its coefficient; exact.
/// - ease: each part's weight for the subject, times its own weight in the work; exact.
/// - popularity: the bias alone; exact.
/// - neighbours: each similar work that carries the subject, by its share of the similarities;
///   exact.
/// - blend: what "composed" says times its coefficient, to which a subject or feature adds its
///   share of the item weights' logarithm, a similar work its share of the votes', and a word of a
///   label its share of what the label adds; exact.
/// - others: the embedding is projected on the embeddings of the work's subjects (the least
///   squares solution of least length), and each gets its term of the projection; what is left is
///   the rest.
///
/// `blend` and `self`, the work's number, are for the two that need the catalogue.
///
/// Subjects and features first, in their order, then the prior vector where the work has one, then
/// the bias where the model has one, then the rest where there can be one.
Result<std::vector<Contribution>> explain(const Model& model, std::span<const float> work,
                                          const SubjectRow& subjects,
                                          std::span<const WeightedFeature> features,
                                          uint32_t subject, Monitor& monitor,
                                          const Blend* blend = nullptr,
                                          uint32_t self = WorkNeighbors::kNone);

}  // namespace subjrec
