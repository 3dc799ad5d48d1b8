// How a model is served: what its scores are sums of, how a work outside of training is embedded,
// and which of its parts are stored. One ModelKind for each algorithm, made beside its trainer
// (core/train/algorithm.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

struct Model;
struct SubjectRow;
struct WeightedFeature;

/// Out-of-sample transform (fold-in): the embedding of a work from what is known of it. Made once
/// for a model, which must outlive it, and used by any number of threads.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// dim values. Positions are those of the model's subjects and features, at least one of which is
  /// given or a vector; features are empty where the model knows none. `vector` is the work's
  /// pretrained vector (model.vector_dim() values), or empty.
  virtual Result<std::vector<float>> embed(const SubjectRow& subjects,
                                           std::span<const WeightedFeature> features,
                                           std::span<const float> vector,
                                           Monitor& monitor) const = 0;
};

struct ModelKind {
  /// rec_config's "algorithm".
  std::string_view name;

  enum class Score {
    kEmbeddings,   // work . subject + bias
    kItemWeights,  // the sum of Model::weights over what the work carries
    kBias,         // the subject's bias alone: embeddings are zeros and mean nothing
    kVotes,        // what the nearest works carry (core/model/blend.h): no embeddings either
    kBlend,        // embeddings, item weights and votes (core/model/blend.h)
  };
  Score score = Score::kEmbeddings;

  /// What the table of weights holds.
  enum class StoredWeights { kNone, kItemWeights, kWorkProjection, kBoth };
  StoredWeights stored_weights = StoredWeights::kNone;

  /// A trained work's embedding is what the encoder makes of what the work has, too.
  bool works_are_encoded = false;

  /// And that is a sum of inputs (core/model/composed_encoder.h), which is made when it is asked
  /// for: a model may leave its works out.
  bool works_are_composed = false;

  /// An embedding is a row of its own plus those of its features and of its prior vector, which are
  /// Model::feature_inputs and work_projection as they stand.
  bool features_are_added = false;

  /// Serving reads the weights of a work's subjects, which are therefore stored.
  bool weighs_subjects = false;

  std::unique_ptr<Encoder> (*encoder)(const Model& model) = nullptr;
};

/// A model whose embeddings come from elsewhere (subjrec_load).
extern const ModelKind kLoadedModel;

}  // namespace subjrec
