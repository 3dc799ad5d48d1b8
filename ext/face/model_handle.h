// A model as one connection sees it: loaded once, and loaded again when its digest changes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/serve/cosine.h"
#include "core/serve/fold_in.h"
#include "core/serve/ranking.h"
#include "core/serve/topk_index.h"
#include "face/connection.h"
#include "face/storage.h"

namespace subjrec {

/// One row of rec_works.
struct WorkRow {
  std::vector<float> embedding;
  std::vector<uint32_t> subjects;  // positions of the subjects it carries, ascending
  std::vector<WeightedFeature> features;
};

/// Everything that is computed from one digest of a model. What is big or rarely asked for is made
/// when first needed.
struct LoadedModel {
  StoredModel stored;
  TopKIndex subjects;  // by score
  std::optional<CosineIndex> subject_cosines;
  std::optional<StoredWorks> works;
  std::optional<TopKIndex> work_scores;  // inner products with works
  std::optional<CosineIndex> work_cosines;
  std::optional<Interactions> carriers;  // subjects x works
  std::optional<FoldIn> fold_in;
  bool works_counted = false;  // there are as many rows as rec_config says

  /// The scores are sums of weights, not inner products of embeddings (algorithm "ease").
  bool weighted() const { return !stored.model.weights.offsets.empty(); }
  /// The k best subjects for a work, without those of `exclude`.
  Status top_k(const WorkRow& work, size_t k, std::span<const uint32_t> exclude, Monitor& monitor,
               TopKScratch* scratch, std::vector<Hit>* hits) const;
  float score(const WorkRow& work, uint32_t subject) const;
  /// Ranks every subject for a work.
  void rank(const WorkRow& work, Ranking* ranking, size_t first = 64) const;
  /// The k best new subjects for a work that is known by this alone.
  Status suggest(std::span<const uint32_t> subjects, std::span<const WeightedFeature> features,
                 std::span<const float> prior, size_t k, Monitor& monitor, std::vector<Hit>* hits);
  double probability(float score) const;
  std::span<const float> subject(uint32_t position) const;
};

class ModelHandle {
 public:
  /// The model that `text` names, as it is stored at this moment. Whoever holds the pointer reads
  /// one state of it, even where each statement is a transaction of its own: let go of it before
  /// computing for long, since a reader keeps writers of a rollback journal from committing.
  static Result<std::shared_ptr<ModelHandle>> open(Connection& connection, std::string_view who,
                                                   std::string_view text);

  ModelHandle(Connection& connection, ModelName name, std::vector<ModelName> before);

  const ModelName& name() const { return name_; }
  /// Shared, so that a cursor can keep what it walks over when the model is trained again.
  std::shared_ptr<LoadedModel> loaded() const { return loaded_; }

  /// The row of a work, or nothing where the model does not know it.
  Result<std::optional<WorkRow>> find_work(std::string_view who, const IdView& id);
  /// Position of a subject.
  std::optional<uint32_t> find_subject(const IdView& id) const;

  void finalize_statements();

  /// Make what is made on demand, in loaded().
  Status need_subject_cosines();
  Status need_works(std::string_view who);
  Status need_work_scores(std::string_view who);
  Status need_work_cosines(std::string_view who);
  Status need_carriers(std::string_view who);

 private:
  struct Reading;

  bool still_named() const;
  Status refresh(std::string_view who);
  Status read_features(std::string_view who, const IdView& id, WorkRow* work) const;
  Status load(std::string_view who);
  Status check_row_count(std::string_view who);

  Connection& connection_;
  ModelName name_;
  std::vector<ModelName> before_;  // tables that the name would mean first, if they were there
  std::shared_ptr<LoadedModel> loaded_;
  Statement digest_query_;  // stands on its row while anyone reads
  int readers_ = 0;
  Statement work_query_;
};

/// The error for a work or subject that the model does not know.
Status unknown_id(std::string_view who, const ModelName& name, std::string_view kind,
                  const IdView& id);

}  // namespace subjrec
