// A model as one connection sees it: loaded once, and loaded again when its digest changes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/blend.h"
#include "core/model/fold_in.h"
#include "core/retrieval/blend_topk.h"
#include "core/retrieval/cosine.h"
#include "core/retrieval/popularity.h"
#include "core/retrieval/ranking.h"
#include "core/retrieval/topk_index.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/source/id_arguments.h"
#include "sqlite/source/kind_argument.h"
#include "sqlite/store/integrity.h"
#include "sqlite/store/packed_rows.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/stored_inputs.h"

namespace subjrec {

/// One row of rec_works.
struct WorkRow {
  uint32_t position = 0;
  std::vector<float> embedding;
  std::vector<uint32_t> subjects;  // positions of the subjects it carries, ascending
  std::vector<WeightedFeature> features;
  std::vector<float> subject_weights;  // as many as subjects, or none

  SubjectRow carried() const { return {subjects, subject_weights}; }
  BlendedWork asked() const { return {embedding, carried(), features, position}; }
};

/// What a list of subjects is to hold.
struct ListRequest {
  size_t k = 0;
  std::vector<uint32_t> exclude = {};                    // ascending
  std::optional<std::vector<uint32_t>> candidates = {};  // ascending; nothing: all subjects
  double popularity = 0;                                 // core/retrieval/popularity.h
  double threshold = 0;                                  // the least probability
  double diversity = 0;                                  // core/retrieval/diversify.h
  std::vector<uint32_t> carried = {};  // subjects of the work: none makes it a cold one
};

/// The best subjects. With a popularity their scores are discounted, and beside them are those
/// without the discount.
struct RecommendationList {
  std::vector<ScoredItem> hits;
  std::vector<float> raw_scores;  // as long as hits, or empty where nothing is discounted

  float raw_score(size_t at) const { return raw_scores.empty() ? hits[at].score : raw_scores[at]; }
};

/// Everything that is computed from one digest of a model. What is big or rarely asked for is made
/// when first needed.
struct ServedModel {
  StoredModel stored;
  TopKIndex subjects;    // by score; empty where scores are not products
  double work_norm = 1;  // of the embeddings of some works, the median
  std::optional<CosineIndex> subject_cosines;
  std::optional<StoredWorks> works;
  std::optional<TopKIndex> work_scores;  // inner products with works
  std::optional<CosineIndex> work_cosines;
  std::optional<Interactions> works_of_subject;  // subjects x works
  std::optional<FoldIn> fold_in;
  TrainData catalogue;          // what works carry, for such models without rec_packed
  std::optional<Blend> blend;   // for those models
  BlendTopK blend_lists;        // of a blend with coefficients
  ProbabilityCurve curve;       // of works of which subjects are known
  ProbabilityCurve cold_curve;  // of those of which none is
  bool works_counted = false;   // there are as many rows as rec_config says
  LogitAdjustmentCache discounts;

  /// The scores are sums of weights, not inner products of embeddings (algorithm "ease").
  bool weighted() const { return stored.model.scored_by_weights(); }
  /// The scores come from indexes of embeddings.
  bool indexed() const { return !weighted() && !stored.model.needs_catalogue(); }
  /// The best subjects for a work.
  Status top_k(const WorkRow& work, ListRequest request, Monitor& monitor, TopKScratch* scratch,
               RecommendationList* list);
  Result<float> score(const WorkRow& work, uint32_t subject) const;
  /// Ranks every subject for a work, or, where all scores are at hand, those of `least` and more.
  Status rank(const WorkRow& work, Ranking* ranking, Monitor& monitor, size_t first,
              double least) const;
  /// The best subjects for a work that is known by this alone; after need_fold_in().
  Status suggest(const SubjectRow& subjects, std::span<const WeightedFeature> features,
                 std::span<const float> prior, ListRequest request, Monitor& monitor,
                 RecommendationList* list);
  /// What `popularity` adds to each subject's score; empty for 0.
  std::vector<float> shift(double popularity) const;
  /// `cold` for a work of which no subject is known.
  double probability(float score, bool cold) const;
  std::span<const float> subject(uint32_t position) const;

 private:
  /// What ListRequest is widened to before, and cut to after the best are taken.
  ListRequest widened(ListRequest request) const;
  void cut(const ListRequest& request, RecommendationList* list) const;
  Status best_for(std::span<const float> query, ListRequest request, Monitor& monitor,
                  TopKScratch* scratch, RecommendationList* list);
  Status best_of(std::vector<float> scores, ListRequest request, Monitor& monitor,
                 RecommendationList* list);
  /// For models without an index of all that a score is.
  Status best_by_scores(const WorkRow& work, ListRequest request, Monitor& monitor,
                        RecommendationList* list);
  Status commonest(const ListRequest& request, Monitor& monitor, RecommendationList* list);
  /// Every subject's score, for models whose scores are not inner products of embeddings.
  Result<std::vector<float>> all_scores(const WorkRow& work, Monitor& monitor) const;
  Result<std::shared_ptr<const AdjustedSubjects>> discounted(double popularity, Monitor& monitor);
};

/// What of a model is asked for.
enum class Need {
  kLists,  // lists and scores of trained works: loaded() may be StoredModel::for_lists
  kAll,
};

class ModelHandle : public CachedObject {
 public:
  /// The model that `text` names, as it is stored at this moment. Whoever holds the pointer reads
  /// one state of it, even where each statement is a transaction of its own: let go of it before
  /// computing for long, since a reader keeps writers of a rollback journal from committing.
  static Result<std::shared_ptr<ModelHandle>> open(Connection& connection, std::string_view who,
                                                   std::string_view text, Need need = Need::kAll);

  ModelHandle(Connection& connection, ModelName name);

  const ModelName& name() const { return name_; }
  /// Shared, so that a cursor can keep what it walks over when the model is trained again.
  std::shared_ptr<ServedModel> loaded() const { return loaded_; }

  /// The row of a work, or nothing where the model does not know it.
  Result<std::optional<WorkRow>> find_work(std::string_view who, const IdView& id);
  /// Position of a subject; of a twin, that of its canonical one.
  std::optional<uint32_t> find_subject(const IdView& id) const;
  /// That rows of subjects that a list shows are what it was made of.
  Status check_listed(std::string_view who, std::span<const ScoredItem> hits);
  /// The error for a work or subject that the model does not know; for a subject's label in place
  /// of its id, with a hint.
  Status unknown_id(std::string_view who, Kind kind, const IdView& id) const;
  /// known_weighted_ids() (sqlite/source/id_arguments.h) among the model's subjects, with the same
  /// hint.
  Status known_subjects(const Arguments& arguments, size_t at, GivenSubjects* out) const;

  void finalize_statements() override;

  /// Refuses a model whose works and subjects have no embeddings to compare ("popularity").
  Status need_embeddings(std::string_view who) const;
  /// Make what is made on demand, in loaded().
  Status need_subject_cosines();
  Status need_works(std::string_view who);
  /// need_works(), and that stored.model.works has embeddings where they are computed, too.
  Status need_work_embeddings(std::string_view who);
  Status need_work_scores(std::string_view who);
  Status need_work_cosines(std::string_view who);
  Status need_works_of_subject(std::string_view who);
  Status need_fold_in();
  /// Of models whose scores need the catalogue all of it in memory, which any number of threads may
  /// ask, and which stays as it is whatever is trained; makes need_works() too.
  Status need_whole_catalogue(std::string_view who);

 private:
  struct Reading;

  Status need_blend(std::string_view who);
  Status refresh(std::string_view who, Need need);
  Status read_work(std::string_view who, const StoredModel& stored, const Statement& query,
                   const std::string& shown, WorkRow* work) const;
  Status embed(std::string_view who, WorkRow* work, Monitor& monitor);
  Status load(std::string_view who, Need need);
  Result<double> median_work_norm(std::string_view who, const StoredModel& stored) const;
  Status check_row_count(std::string_view who);

  Connection& connection_;
  ModelName name_;
  Integrity integrity_;
  std::shared_ptr<ServedModel> loaded_;
  Statement digest_query_;  // stands on its row while anyone reads
  int readers_ = 0;
  Statement work_query_;
  std::shared_ptr<PackedRows> packed_;
  StoredInputs inputs_;
};

}  // namespace subjrec
