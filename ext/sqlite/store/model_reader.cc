#include <algorithm>
#include <cmath>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/train/algorithm.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/packed_subjects.h"
#include "sqlite/store/row_reader.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/stored_blend.h"
#include "sqlite/store/stored_columns.h"
#include "sqlite/store/stored_curve.h"
#include "sqlite/store/stored_labels.h"
#include "sqlite/store/stored_same_as.h"

namespace subjrec {
namespace {

/// Reads all of a model but its works.
class ModelReader : public RowReader {
 public:
  using RowReader::RowReader;

  Status config(StoredModel* stored) {
    SUBJREC_ASSIGN(stored->config, read_config(db_, who_, name_));
    const Config& c = stored->config;
    if (c.count("digest") == 0) {
      return {Code::kNotFound, std::string(who_) + ": model \"" + name_.shown() +
                                   "\" has not been trained yet; train it with SELECT "
                                   "subjrec_train('" +
                                   name_.shown() + "')"};
    }
    int64_t dim = 0;
    int64_t works = 0;
    int64_t subjects = 0;
    int64_t features = 0;
    SUBJREC_TRY(number<int64_t>(c, "embedding_dim", 1, &dim));
    SUBJREC_TRY(number<int64_t>(c, "n_works", 0, &works));
    SUBJREC_TRY(number<int64_t>(c, "n_subjects", 0, &subjects));
    SUBJREC_TRY(number<int64_t>(c, "n_features", 0, &features));
    for (const auto& [key, field] : kModelNumbers) {
      SUBJREC_TRY(number(c, key, -1e30, &(stored->model.*field)));
    }
    if (!(stored->model.probability_slope > 0)) {
      return corrupt(who_, name_, "config",
                     "the value of \"probability_slope\" is '" +
                         printable(c.at("probability_slope")) + "', and not above 0");
    }
    for (const auto& [key, field] : kModelCurves) {
      const auto at = c.find(key);
      if (at == c.end()) continue;
      stored->model.*field = read_curve(at->second);
      if (stored->model.*field) continue;
      return corrupt(
          who_, name_, "config",
          "the value of \"" + std::string(key) + "\" is '" + printable(at->second) + "'");
    }
    if (dim > 65536 || works >= 4294967295 || subjects >= 4294967295 || features >= 4294967295) {
      return corrupt(who_, name_, "config", "its sizes are out of range");
    }
    const WorksFormat format = *read_works_format(c.at("format_version"));
    stored->weighted = format.weighted;
    stored->computed = format.computed;
    int64_t interactions = 0;
    SUBJREC_TRY(number<int64_t>(c, "n_interactions", 0, &interactions));
    stored->n_interactions = static_cast<size_t>(interactions);
    const std::string algorithm = c.count("algorithm") != 0 ? c.at("algorithm") : "";
    stored->model.kind = find_model_kind(algorithm);
    if (stored->model.kind == nullptr) {
      return corrupt(who_, name_, "config", "its algorithm is '" + printable(algorithm) + "'");
    }
    if (stored->computed && !stored->model.kind->works_are_composed) {
      return corrupt(who_, name_, "config",
                     "works of \"" + algorithm + "\" have embeddings, and its format version is " +
                         c.at("format_version"));
    }
    if (stored->model.needs_catalogue()) SUBJREC_TRY(blend(c, &stored->model));
    stored->model.dim = static_cast<size_t>(dim);
    stored->n_works = static_cast<size_t>(works);
    if (c.count("n_works_of_all_shards") != 0) {
      SUBJREC_TRY(number<int64_t>(c, "n_works_of_all_shards", works, &works));
    }
    stored->n_works_counted = static_cast<size_t>(works);
    n_subjects_ = static_cast<size_t>(subjects);
    stored->n_subjects = n_subjects_;
    stored->n_features = static_cast<size_t>(features);
    n_features_ = static_cast<size_t>(features);
    return checks_ == Checks::kChecksums ? check_config(who_, name_, c) : Status();
  }

  /// What a model has whose scores need the catalogue.
  Status blend(const Config& config, Model* model) const {
    int64_t neighbors = 0;
    SUBJREC_TRY(number<int64_t>(config, "neighbors", 1, &neighbors));
    model->neighbors = static_cast<size_t>(std::min<int64_t>(neighbors, 1 << 20));
    if (model->kind->score != ModelKind::Score::kBlend) return {};
    const auto text = config.find("blend");
    if (text != config.end()) model->blend = read_blend(text->second);
    if (model->blend) return {};
    return corrupt(who_, name_, "config",
                   text == config.end()
                       ? std::string("\"blend\" is missing")
                       : "the value of \"blend\" is '" + printable(text->second) + "'");
  }

  Status subjects(StoredModel* stored) {
    SUBJREC_ASSIGN(Statement query, Statement::prepare(db_, who_, select("subjects")));
    RowChecksums sums(n_subjects_);
    Model& model = stored->model;
    stored->subjects.reserve(std::min(n_subjects_, size_t{1} << 24), 0);
    reserve(n_subjects_ * model.dim, &model.subjects);
    for (size_t s = 0;; ++s) {
      if (s % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const bool row, query.step(who_));
      if (!row) break;
      const std::string shown = "subject n = " + std::to_string(query.integer(0));
      SUBJREC_TRY(next_id(query, s, "subjects", shown, &stored->subjects));
      SUBJREC_TRY(append(query.blob(2), model.dim, "subjects", shown, &model.subjects));
      const auto bias = static_cast<float>(query.real(3));
      if (!is_number(query, 3) || !std::isfinite(bias))
        return corrupt(who_, name_, "subjects", "the bias of " + shown);
      model.subject_bias.push_back(bias);
      if (!is_count(query, 4)) {
        return corrupt(who_, name_, "subjects", "the number of works of " + shown);
      }
      stored->subject_works.push_back(query.integer(4));
      add_columns(query, checked_column_count("subjects"), sums.next_row());
      if (query.is_null(5)) continue;
      if (s == 0) reserve(n_subjects_ * model.dim, &model.subject_inputs);
      SUBJREC_TRY(append(query.blob(5), model.dim, "subjects", shown, &model.subject_inputs));
    }
    if (!model.subject_inputs.empty() && model.subject_inputs.size() != model.subjects.size()) {
      return corrupt(who_, name_, "subjects", "some subjects lack their input");
    }
    bool any_bias = false;
    for (const float bias : model.subject_bias) any_bias = any_bias || bias != 0;
    if (!any_bias) model.subject_bias.clear();
    return full(stored->subjects.size(), n_subjects_, "subjects", stored->config, sums);
  }

  Status features(StoredModel* stored) {
    SUBJREC_ASSIGN(Statement query, Statement::prepare(db_, who_, select("features")));
    RowChecksums sums(n_features_);
    Model& model = stored->model;
    for (size_t f = 0;; ++f) {
      if (f % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const bool row, query.step(who_));
      if (!row) break;
      const std::string shown = "feature n = " + std::to_string(query.integer(0));
      SUBJREC_TRY(next_id(query, f, "features", shown, &stored->features));
      add_columns(query, checked_column_count("features"), sums.next_row());
      if (query.is_null(2)) continue;
      SUBJREC_TRY(append(query.blob(2), model.dim, "features", shown, &model.feature_inputs));
    }
    if (!model.feature_inputs.empty() &&
        model.feature_inputs.size() != stored->features.size() * model.dim) {
      return corrupt(who_, name_, "features", "some features lack their input");
    }
    return full(stored->features.size(), n_features_, "features", stored->config, sums);
  }

  Result<size_t> projection_rows(const Config& config) const {
    int64_t dim = 0;
    if (config.count("work_vector_dim") != 0) {
      SUBJREC_TRY(number<int64_t>(config, "work_vector_dim", 1, &dim));
    }
    return static_cast<size_t>(dim);
  }

  /// Composed works keep the rows of their projection where "ease" keeps its weights; those of a
  /// blend come after its weights, from `first` on. Their checksums go on from `sums`.
  Status projection(StoredModel* stored, size_t first, RowChecksums* sums) {
    SUBJREC_ASSIGN(const size_t dim, projection_rows(stored->config));
    SUBJREC_ASSIGN(
        Statement query,
        Statement::prepare(db_, who_,
                           "SELECT " + std::string(checked_columns("weights")) + " FROM " +
                               shadow(name_, "weights") + " WHERE n >= ?1 ORDER BY n"));
    query.bind(1, static_cast<int64_t>(first));
    size_t v = 0;
    for (;; ++v) {
      if (v % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const bool row, query.step(who_));
      if (!row) break;
      const std::string shown = "row n = " + std::to_string(first + v);
      if (query.integer(0) != static_cast<int64_t>(first + v)) {
        return corrupt(who_, name_, "weights", shown + " is missing");
      }
      SUBJREC_TRY(append(query.blob(2), stored->model.dim, "weights", shown,
                         &stored->model.work_projection));
      add_columns(query, checked_column_count("weights"), sums->next_row());
    }
    return full(first + v, first + dim, "weights", stored->config, *sums);
  }

  /// A blend may have left its item weights out: then the rows of the projection are all.
  Result<size_t> item_weight_rows(const Config& config) {
    SUBJREC_ASSIGN(const size_t dim, projection_rows(config));
    SUBJREC_ASSIGN(
        Statement query,
        Statement::prepare(db_, who_, "SELECT count(*) FROM " + shadow(name_, "weights")));
    SUBJREC_ASSIGN([[maybe_unused]] const bool row, query.step(who_));
    return query.integer(0) == static_cast<int64_t>(dim) ? size_t{0} : n_subjects_ + n_features_;
  }

  Status weights(StoredModel* stored) {
    using Holds = ModelKind::StoredWeights;
    const Holds holds = stored->model.kind->stored_weights;
    if (holds == Holds::kWorkProjection) {
      SUBJREC_ASSIGN(const size_t rows, projection_rows(stored->config));
      RowChecksums sums(rows);
      return projection(stored, 0, &sums);
    }
    size_t wanted = holds == Holds::kNone ? 0 : n_subjects_ + n_features_;
    if (holds == Holds::kBoth) {
      SUBJREC_ASSIGN(wanted, item_weight_rows(stored->config));
    }
    SUBJREC_ASSIGN(const size_t dim, projection_rows(stored->config));
    RowChecksums sums(wanted + (holds == Holds::kBoth ? dim : 0));
    if (holds == Holds::kBoth && wanted == 0) return projection(stored, 0, &sums);
    SUBJREC_ASSIGN(Statement query, Statement::prepare(db_, who_, select("weights") + " LIMIT ?1"));
    query.bind(1, holds == Holds::kBoth ? static_cast<int64_t>(wanted) : int64_t{-1});
    SparseRows& rows = stored->model.weights;
    for (size_t r = 0;; ++r) {
      if (r % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const bool row, query.step(who_));
      if (!row) break;
      const std::string shown = "row n = " + std::to_string(query.integer(0));
      if (query.integer(0) != static_cast<int64_t>(r)) {
        return corrupt(who_, name_, "weights", "row n = " + std::to_string(r) + " is missing");
      }
      SUBJREC_TRY(
          read_positions(who_, name_, "weights", shown, query.blob(1), n_subjects_, &positions_));
      if (rows.offsets.empty()) rows.offsets.push_back(0);
      rows.columns.insert(rows.columns.end(), positions_.begin(), positions_.end());
      SUBJREC_TRY(append(query.blob(2), positions_.size(), "weights", shown, &rows.weights));
      rows.offsets.push_back(rows.columns.size());
      add_columns(query, checked_column_count("weights"), sums.next_row());
    }
    rows.n_rows = rows.offsets.empty() ? 0 : rows.offsets.size() - 1;
    if (holds != Holds::kNone) rows.n_columns = n_subjects_;
    if (holds == Holds::kBoth) {
      if (rows.n_rows != wanted)
        return corrupt(who_, name_, "weights", "some of its rows are missing");
      return projection(stored, wanted, &sums);
    }
    return full(rows.n_rows, wanted, "weights", stored->config, sums);
  }

 private:
  size_t n_subjects_ = 0;
  size_t n_features_ = 0;
};

Status read_rest(ModelReader* reader, std::string_view who, const ModelName& name,
                 StoredModel* stored) {
  SUBJREC_TRY(reader->subjects(stored));
  SUBJREC_TRY(read_stored_same_as(who, name, stored));
  SUBJREC_TRY(reader->features(stored));
  SUBJREC_TRY(read_stored_labels(who, name, stored));
  return reader->weights(stored);
}

}  // namespace

Result<StoredModel> read_model_config(sqlite3* db, std::string_view who, const ModelName& name,
                                      Monitor& monitor) {
  ModelReader reader(db, who, name, Checks::kChecksums, monitor);
  StoredModel stored;
  SUBJREC_TRY(reader.config(&stored));
  return stored;
}

Result<StoredModel> read_model(sqlite3* db, std::string_view who, const ModelName& name,
                               Monitor& monitor, Checks checks) {
  ModelReader reader(db, who, name, checks, monitor);
  StoredModel stored;
  SUBJREC_TRY(reader.config(&stored));
  SUBJREC_TRY(read_rest(&reader, who, name, &stored));
  return stored;
}

Result<StoredModel> read_model_for_lists(sqlite3* db, std::string_view who, const ModelName& name,
                                         PackedRows* rows, Monitor& monitor) {
  ModelReader reader(db, who, name, Checks::kChecksums, monitor);
  StoredModel stored;
  SUBJREC_TRY(reader.config(&stored));
  if (!has_packed_rows(stored.config)) {
    SUBJREC_TRY(read_rest(&reader, who, name, &stored));
    return stored;
  }
  stored.for_lists = true;
  SUBJREC_TRY(read_packed_subjects(rows, &stored, monitor));
  SUBJREC_TRY(read_stored_same_as(who, name, &stored));
  SUBJREC_TRY(read_stored_labels(who, name, &stored));
  return stored;
}

}  // namespace subjrec
