#include "sqlite/store/model_handle.h"

#include <algorithm>
#include <cmath>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/composed_encoder.h"
#include "core/options/json_list.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"
#include "sqlite/store/label_hint.h"
#include "sqlite/store/packed_subjects.h"
#include "sqlite/store/stored_lists.h"
#include "sqlite/store/stored_subjects.h"

namespace subjrec {
namespace {

constexpr std::string_view kWorkColumns = "embedding, subjects, features, feature_weights, n";

std::span<const WeightedFeature> known_features(const Model& model, const WorkRow& work) {
  if (model.feature_inputs.empty()) return {};
  return work.features;
}

}  // namespace

ModelHandle::ModelHandle(Connection& connection, ModelName name)
    : connection_(connection),
      name_(std::move(name)),
      integrity_(connection.db(), name_),
      packed_(std::make_shared<PackedRows>(connection.db(), name_)),
      inputs_(connection.db(), name_) {}

/// A statement that stands on a row keeps SQLite's read transaction open.
struct ModelHandle::Reading {
  explicit Reading(std::shared_ptr<ModelHandle> model) : handle(std::move(model)) {
    ++handle->readers_;
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    if (--handle->readers_ == 0) handle->digest_query_.reset();
  }
  std::shared_ptr<ModelHandle> handle;
};

Result<std::shared_ptr<ModelHandle>> ModelHandle::open(Connection& connection, std::string_view who,
                                                       std::string_view text, Need need) {
  const auto reading = [](std::shared_ptr<ModelHandle> handle) {
    const auto held = std::make_shared<Reading>(std::move(handle));
    return std::shared_ptr<ModelHandle>(held, held->handle.get());
  };
  TableCache& models = connection.models();
  if (const auto cached = std::static_pointer_cast<ModelHandle>(models.find_named(text))) {
    std::shared_ptr<ModelHandle> handle = reading(cached);
    const Status status = handle->refresh(who, need);
    if (status.ok()) return handle;
    // The table may have gone, or be another one now: look the name up afresh, for the right error.
    models.forget(cached->name_.key());
    if (status.code() != Code::kSql) return status;
  }
  std::vector<ModelName> before;
  SUBJREC_ASSIGN(const ModelName name, find_model(connection.db(), who, text, &before));
  auto handle = std::static_pointer_cast<ModelHandle>(models.find(name.key()));
  if (!handle) {
    handle = std::make_shared<ModelHandle>(connection, name);
    SUBJREC_TRY(check_shadow_tables(connection.db(), who, name));
  }
  std::shared_ptr<ModelHandle> opened = reading(handle);
  if (const Status status = opened->refresh(who, need); !status.ok()) {
    models.forget(name.key());
    return status;
  }
  std::vector<TableCache::Table> earlier;
  for (const ModelName& other : before) earlier.push_back(other.key());
  models.keep(text, name.key(), std::move(earlier), handle);
  return opened;
}

Status ModelHandle::refresh(std::string_view who, Need need) {
  sqlite3* db = connection_.db();
  packed_->set_who(who);
  if (!digest_query_) {
    SUBJREC_ASSIGN(
        digest_query_,
        Statement::prepare(db, who,
                           "SELECT value FROM " + shadow(name_, "config") + " WHERE key = 'digest'",
                           SQLITE_PREPARE_PERSISTENT));
  }
  digest_query_.reset();
  SUBJREC_ASSIGN(const bool row, digest_query_.step(who));
  if (row && loaded_ && digest_query_.text(0) == loaded_->stored.config.find("digest")->second) {
    if (need == Need::kAll && loaded_->stored.for_lists) return load(who, need);
    if (!integrity_.due()) return {};
    SqliteMonitor monitor(db);
    const Status status = integrity_.check_again(who, loaded_->stored, monitor);
    if (status.ok() || status.code() == Code::kInterrupted) return status;
    // Loading says what everybody else is told.
  }
  return load(who, need);
}

Status ModelHandle::load(std::string_view who, Need need) {
  SUBJREC_TRY(check_shadow_tables(connection_.db(), who, name_));
  SqliteMonitor monitor(connection_.db());
  auto loaded = std::make_shared<ServedModel>();
  if (need == Need::kLists) {
    SUBJREC_ASSIGN(loaded->stored,
                   read_model_for_lists(connection_.db(), who, name_, &*packed_, monitor));
  } else {
    SUBJREC_ASSIGN(loaded->stored, read_model(connection_.db(), who, name_, monitor));
  }
  const Model& model = loaded->stored.model;
  SUBJREC_ASSIGN(loaded->work_norm, median_work_norm(who, loaded->stored));
  if (loaded->indexed()) {
    SUBJREC_ASSIGN(loaded->subjects, TopKIndex::build(model.subjects, model.dim, model.subject_bias,
                                                      loaded->work_norm, monitor));
  }
  loaded->curve = model.probabilities();
  loaded->cold_curve = model.probabilities(true);
  loaded_ = std::move(loaded);
  integrity_.start(loaded_->stored);
  return model.needs_catalogue() ? need_blend(who) : Status();
}

Status ModelHandle::need_blend(std::string_view who) {
  SqliteMonitor monitor(connection_.db());
  if (has_packed_rows(loaded_->stored.config)) {
    const StoredModel& stored = loaded_->stored;
    SUBJREC_ASSIGN(WorkNeighbors neighbors, stored_neighbors(packed_, stored));
    SUBJREC_ASSIGN(auto weights, stored_weight_rows(packed_, stored));
    SUBJREC_ASSIGN(loaded_->blend,
                   Blend::over(stored.model, std::move(neighbors), std::move(weights), monitor));
    return {};
  }
  SUBJREC_ASSIGN(loaded_->catalogue,
                 read_catalogue(connection_.db(), who, name_, loaded_->stored, monitor));
  integrity_.works_are_checked();
  SUBJREC_ASSIGN(loaded_->blend, Blend::build(loaded_->stored.model, loaded_->catalogue, monitor));
  return {};
}

/// Of the first works, with which a model is opened without reading them all. It says where search
/// is fast, not what it finds: rows that are not embeddings are left to those who ask for them.
Result<double> ModelHandle::median_work_norm(std::string_view who,
                                             const StoredModel& stored) const {
  if (stored.computed && stored.for_lists) return 1.0;
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(connection_.db(), who,
                                    "SELECT " + std::string(kWorkColumns) + " FROM " +
                                        shadow(name_, "works") + " LIMIT 101"));
  std::vector<double> norms;
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    WorkRow work;
    if (!read_work(who, stored, query, "", &work).ok()) continue;
    if (stored.computed) {
      compose_row(stored.model, work.subjects, known_features(stored.model, work), {},
                  work.embedding.data());
    }
    norms.push_back(mean_norm(work.embedding, stored.model.dim));
  }
  if (norms.empty()) return 1.0;
  const auto middle = norms.begin() + static_cast<ptrdiff_t>(norms.size() / 2);
  std::nth_element(norms.begin(), middle, norms.end());
  return *middle;
}

Result<std::optional<WorkRow>> ModelHandle::find_work(std::string_view who, const IdView& id) {
  if (!work_query_) {
    SUBJREC_ASSIGN(work_query_,
                   Statement::prepare(connection_.db(), who,
                                      "SELECT " + std::string(kWorkColumns) + " FROM " +
                                          shadow(name_, "works") + " WHERE work_id = ?1",
                                      SQLITE_PREPARE_PERSISTENT));
  }
  SqliteMonitor monitor(connection_.db(), SqliteMonitor::First::kLater);
  work_query_.bind(1, id);
  SUBJREC_ASSIGN(const bool row, work_query_.step(who));
  if (!row) {
    if (Integrity::can_check(loaded_->stored)) {
      SUBJREC_TRY(integrity_.check_absent(who, loaded_->stored, id, monitor));
    } else {
      SUBJREC_TRY(check_row_count(who));
    }
    return std::optional<WorkRow>();
  }
  const StoredModel& stored = loaded_->stored;
  WorkRow work;
  Status status = read_work(who, stored, work_query_, "", &work);
  if (!status.ok()) {  // words cost more than the reading
    status = read_work(who, stored, work_query_, "work " + id_text(id), &work);
  }
  if (status.ok()) {
    status =
        integrity_.check_work(who, stored, static_cast<size_t>(work_query_.integer(4)), monitor);
  }
  if (status.ok()) {
    SUBJREC_ASSIGN(const bool doubled, work_query_.step(who));
    if (doubled) status = corrupt(who, name_, "works", "work " + id_text(id) + " is doubled");
  }
  work_query_.reset();
  if (status.ok() && stored.computed) status = embed(who, &work, monitor);
  if (!status.ok()) return status;
  return std::optional<WorkRow>(std::move(work));
}

/// A work that is not found may be one that was lost. Asked once for what is loaded, where there
/// are no checksums.
Status ModelHandle::check_row_count(std::string_view who) {
  if (loaded_->works_counted) return {};
  SUBJREC_ASSIGN(
      Statement query,
      Statement::prepare(connection_.db(), who, "SELECT count(*) FROM " + shadow(name_, "works")));
  SUBJREC_ASSIGN([[maybe_unused]] const bool row, query.step(who));
  const auto count = static_cast<size_t>(query.integer(0));
  if (count != loaded_->stored.n_works) {
    return corrupt(who, name_, "works",
                   "it has " + std::to_string(count) + " rows, and " + name_.shown() +
                       "_config says " + std::to_string(loaded_->stored.n_works));
  }
  loaded_->works_counted = true;
  return {};
}

/// The row that `query` of kWorkColumns stands on; where embeddings are computed, zeros.
Status ModelHandle::read_work(std::string_view who, const StoredModel& stored,
                              const Statement& query, const std::string& shown,
                              WorkRow* work) const {
  work->position = static_cast<uint32_t>(query.integer(4));
  work->embedding.assign(stored.computed ? 0 : stored.model.dim, 0.0f);
  SUBJREC_TRY(read_floats(who, name_, "works", shown, query.blob(0), work->embedding));
  work->embedding.resize(stored.model.dim);
  SUBJREC_TRY(read_subjects(who, name_, shown, query.blob(1), stored.subjects.size(),
                            stored.weighted, &work->subjects, &work->subject_weights));
  std::vector<uint32_t> positions;
  SUBJREC_TRY(
      read_positions(who, name_, "works", shown, query.blob(2), stored.n_features, &positions));
  std::vector<float> weights(positions.size(), 1.0f);
  if (!query.is_null(3)) {
    SUBJREC_TRY(read_floats(who, name_, "works", shown, query.blob(3), weights));
  }
  work->features.clear();
  for (size_t i = 0; i < positions.size(); ++i) {
    work->features.push_back({positions[i], weights[i]});
  }
  return {};
}

/// Computes the embedding of a work that was found.
Status ModelHandle::embed(std::string_view who, WorkRow* work, Monitor& monitor) {
  const StoredModel& stored = loaded_->stored;
  if (stored.for_lists) {
    return inputs_.compose(who, stored, work->subjects, work->features, &integrity_, monitor,
                           work->embedding);
  }
  compose_row(stored.model, work->subjects, known_features(stored.model, *work), {},
              work->embedding.data());
  return {};
}

std::optional<uint32_t> ModelHandle::find_subject(const IdView& id) const {
  return loaded_->stored.subjects.find(id);
}

void ModelHandle::finalize_statements() {
  digest_query_ = Statement();
  work_query_ = Statement();
  integrity_.finalize_statements();
  packed_->finalize_statements();
  inputs_.finalize_statements();
}

Status ModelHandle::check_listed(std::string_view who, std::span<const ScoredItem> hits) {
  for (const ScoredItem& hit : hits) {
    SUBJREC_TRY(integrity_.check_listed(who, loaded_->stored, hit.item));
  }
  return {};
}

Status ModelHandle::need_embeddings(std::string_view who) const {
  const ModelKind& kind = *loaded_->stored.model.kind;
  if (kind.score != ModelKind::Score::kBias && kind.score != ModelKind::Score::kVotes) return {};
  return {Code::kInvalid, std::string(who) + ": model \"" + name_.shown() +
                              "\" was trained with \"" + std::string(kind.name) +
                              "\", which has no embeddings to compare; train one that has, like "
                              "SELECT subjrec_train('" +
                              name_.shown() + "', source, '{\"algorithm\": \"composed\"}')"};
}

Status ModelHandle::need_subject_cosines() {
  if (loaded_->subject_cosines) return {};
  SqliteMonitor monitor(connection_.db());
  const Model& model = loaded_->stored.model;
  SUBJREC_ASSIGN(loaded_->subject_cosines, CosineIndex::build(model.subjects, model.dim, monitor));
  return {};
}

Status ModelHandle::need_works(std::string_view who) {
  if (loaded_->works && integrity_.knows_works()) return {};
  SqliteMonitor monitor(connection_.db());
  if (loaded_->works) {
    const Status status = integrity_.check_works(who, loaded_->stored, monitor);
    if (status.ok() || status.code() == Code::kInterrupted) return status;
    StoredModel again = loaded_->stored;
    SUBJREC_ASSIGN([[maybe_unused]] const StoredWorks works,
                   read_works(connection_.db(), who, name_, &again, monitor));
    return {};
  }
  SUBJREC_ASSIGN(loaded_->works,
                 read_works(connection_.db(), who, name_, &loaded_->stored, monitor));
  integrity_.works_are_checked();
  return {};
}

Status ModelHandle::need_work_embeddings(std::string_view who) {
  SUBJREC_TRY(need_works(who));
  if (!loaded_->stored.model.computes_works()) return {};
  SqliteMonitor monitor(connection_.db());
  ThreadTeam team(resolve_threads(0));
  return fold_in_works(loaded_->works->data, team, monitor, &loaded_->stored.model);
}

Status ModelHandle::need_whole_catalogue(std::string_view who) {
  SUBJREC_TRY(need_works(who));
  if (!loaded_->blend || loaded_->blend->has_catalogue()) return {};
  SqliteMonitor monitor(connection_.db());
  SUBJREC_ASSIGN(loaded_->blend,
                 Blend::build(loaded_->stored.model, loaded_->works->data, monitor));
  return {};
}

Status ModelHandle::need_work_scores(std::string_view who) {
  SUBJREC_TRY(need_work_embeddings(who));
  if (loaded_->work_scores) return {};
  SqliteMonitor monitor(connection_.db());
  SUBJREC_ASSIGN(loaded_->work_scores, TopKIndex::build(loaded_->stored.model.works,
                                                        loaded_->stored.model.dim, {}, 0, monitor));
  return {};
}

Status ModelHandle::need_work_cosines(std::string_view who) {
  SUBJREC_TRY(need_work_embeddings(who));
  if (loaded_->work_cosines) return {};
  SqliteMonitor monitor(connection_.db());
  SUBJREC_ASSIGN(loaded_->work_cosines, CosineIndex::build(loaded_->stored.model.works,
                                                           loaded_->stored.model.dim, monitor));
  return {};
}

Status ModelHandle::need_works_of_subject(std::string_view who) {
  SUBJREC_TRY(need_works(who));
  if (loaded_->works_of_subject) return {};
  loaded_->works_of_subject = loaded_->works->data.interactions.transposed();
  return {};
}

Status ModelHandle::need_fold_in() {
  if (loaded_->fold_in) return {};
  SqliteMonitor monitor(connection_.db());
  SUBJREC_ASSIGN(loaded_->fold_in, FoldIn::build(loaded_->stored.model, monitor,
                                                 loaded_->blend ? &*loaded_->blend : nullptr));
  return {};
}

Status ModelHandle::unknown_id(std::string_view who, Kind kind, const IdView& id) const {
  const std::string message = std::string(who) + ": model \"" + name_.shown() + "\" knows no " +
                              (kind == Kind::kWork ? "work " : "subject ") + id_text(id);
  if (kind == Kind::kWork) {
    return {Code::kNotFound,
            message +
                "; it was not in the training data, or has no subjects there; for a work that was "
                "never trained use subjrec_suggest('" +
                name_.shown() + "', '[subject ids]', k)"};
  }
  SUBJREC_ASSIGN(const std::string hint,
                 label_hint(connection_.db(), who, name_, loaded_->stored.subjects, id));
  return {Code::kNotFound, message + hint};
}

Status ModelHandle::known_subjects(const Arguments& arguments, size_t at,
                                   GivenSubjects* out) const {
  const IdTable& subjects = loaded_->stored.subjects;
  const Status status = known_weighted_ids(arguments, at, subjects, out);
  if (status.code() != Code::kNotFound) return status;
  IdTable given;
  if (!read_id_list(text_of(arguments[at]), &given).ok()) return status;
  SUBJREC_ASSIGN(const std::string hint,
                 label_hint(connection_.db(), arguments.who(), name_, subjects, given[0]));
  return {status.code(), status.message() + hint};
}

}  // namespace subjrec
