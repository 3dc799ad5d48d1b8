#include <limits>
#include <utility>

#include "core/base/digest.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/options/alias_list.h"
#include "core/options/option_table.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/version.h"
#include "sqlite/store/catalogue_patch.h"
#include "sqlite/store/checksums.h"
#include "sqlite/store/embeddings_to_store.h"
#include "sqlite/store/packed_rows.h"
#include "sqlite/store/packed_subjects.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/stored_blend.h"
#include "sqlite/store/stored_curve.h"
#include "sqlite/store/stored_labels.h"
#include "sqlite/store/stored_lists.h"
#include "sqlite/store/stored_same_as.h"
#include "sqlite/store/stored_subjects.h"
#include "sqlite/store/work_hashes.h"

namespace subjrec {
namespace {

constexpr size_t kPollEvery = 256;

/// Writes one run's rows, but for those that are stored, and digests all on the way.
class Writer {
 public:
  Writer(sqlite3* db, std::string_view who, const ModelName& name, const StoredRun& run,
         Monitor& monitor, Keep keep)
      : db_(db),
        who_(who),
        name_(name),
        run_(run),
        weighted_(stores_weights(run.model, run.data.interactions)),
        embeddings_(run),
        monitor_(monitor),
        keep_(keep) {}

  /// With a WHERE SQLite goes from row to row and can be stopped; without, it clears a table of a
  /// million embeddings in one breath of seconds.
  /// A table that was lost is made anew.
  Status clear() {
    SUBJREC_TRY(restore_shadow_tables(db_, who_, name_));
    if (!writes_training()) return clear_works();
    for (const std::string_view suffix : kShadowSuffixes) {
      const bool of_training = suffix == "history" || suffix == "config" || suffix == "map";
      if (keep_ == Keep::kItsHistory && of_training) continue;
      SUBJREC_TRY(execute(
          db_, who_, "DELETE FROM " + shadow(name_, suffix) + (of_training ? "" : " WHERE 1")));
    }
    return {};
  }

  Status works() {
    SUBJREC_ASSIGN(Statement insert,
                   prepare("works",
                           "(n, work_id, embedding, subjects, features, feature_weights) "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
    const SparseRows& features = run_.data.work_features;
    RowChecksums sums(run_.works.size());
    for (size_t w = 0; w < run_.works.size(); ++w) {
      if (w % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const auto embedding, embeddings_.row(w, monitor_));
      std::vector<uint32_t> words;  // with weights behind them
      if (weighted_) words = stored_subjects(run_.data.interactions.weighted_row(w));
      const auto subjects =
          weighted_ ? std::span(std::as_const(words)) : run_.data.interactions.row(w);
      insert.bind(1, static_cast<int64_t>(w)).bind(2, run_.works[w]);
      insert.bind(3, embedding).bind(4, subjects);
      add_id(run_.works[w], &digest_);
      add(embedding);
      add(subjects);
      Checksum* sum = begin_row(w, &sums);
      add_id(run_.works[w], sum);
      add_blob(bytes_of(embedding), sum);
      add_blob(bytes_of(subjects), sum);
      if (features.n_rows > 0) {
        bind_features(&insert, features, w, sum);
      } else {
        add_null(sum);
        add_null(sum);
      }
      if (!is_stored(w)) SUBJREC_TRY(insert.run(who_));
    }
    checksums_["checksums_works"] = sums.hex();
    return {};
  }

  Status subjects() {
    SUBJREC_ASSIGN(Statement insert, prepare("subjects",
                                             "(n, subject_id, embedding, bias, works, input) "
                                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
    SUBJREC_ASSIGN(Statement count,
                   Statement::prepare(db_, who_,
                                      "UPDATE " + shadow(name_, "subjects") +
                                          " SET works = ?2 WHERE n = ?1 AND works IS NOT ?2"));
    works_of_subjects_ = run_.data.interactions.subject_counts();
    const Model& model = run_.model;
    RowChecksums sums(run_.subjects.size());
    for (size_t s = 0; s < run_.subjects.size(); ++s) {
      if (s % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      const auto embedding = row(model.subjects, s);
      const float bias = model.subject_bias.empty() ? 0 : model.subject_bias[s];
      insert.bind(1, static_cast<int64_t>(s)).bind(2, run_.subjects[s]).bind(3, embedding);
      uint64_t works = works_of_subjects_[s];
      if (run_.subject_works) works = (*run_.subject_works)[s];
      works_of_subjects_[s] = static_cast<uint32_t>(works);
      insert.bind(4, double{bias}).bind(5, static_cast<int64_t>(works));
      add_id(run_.subjects[s], &digest_);
      add(embedding);
      digest_.add(&bias, sizeof bias);
      Checksum* sum = begin_row(s, &sums);
      add_id(run_.subjects[s], sum);
      add_blob(bytes_of(embedding), sum);
      add_real(double{bias}, sum);
      add_integer(static_cast<int64_t>(works), sum);
      bind_input(&insert, 6, model.subject_inputs, s, sum);
      count.bind(1, static_cast<int64_t>(s)).bind(2, static_cast<int64_t>(works));
      SUBJREC_TRY((writes_training() ? insert : count).run(who_));
    }
    checksums_["checksums_subjects"] = sums.hex();
    return {};
  }

  Status features() {
    SUBJREC_ASSIGN(Statement insert,
                   prepare("features", "(n, feature_id, input) VALUES (?1, ?2, ?3)"));
    RowChecksums sums(run_.features.size());
    for (size_t f = 0; f < run_.features.size(); ++f) {
      if (f % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      insert.bind(1, static_cast<int64_t>(f)).bind(2, run_.features[f]);
      add_id(run_.features[f], &digest_);
      Checksum* sum = begin_row(f, &sums);
      add_id(run_.features[f], sum);
      bind_input(&insert, 3, run_.model.feature_inputs, f, sum);
      if (writes_training()) SUBJREC_TRY(insert.run(who_));
    }
    checksums_["checksums_features"] = sums.hex();
    return {};
  }

  Status weights(RowChecksums* sums) {
    const SparseRows& rows = run_.model.weights;
    if (rows.offsets.empty()) return {};
    SUBJREC_ASSIGN(Statement insert,
                   prepare("weights", "(n, subjects, weights) VALUES (?1, ?2, ?3)"));
    for (size_t r = 0; r < rows.n_rows; ++r) {
      if (r % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      const size_t begin = rows.offsets[r];
      const size_t count = rows.offsets[r + 1] - begin;
      const std::span<const uint32_t> columns(rows.columns.data() + begin, count);
      const std::span<const float> values(rows.weights.data() + begin, count);
      insert.bind(1, static_cast<int64_t>(r)).bind(2, columns).bind(3, values);
      add(columns);
      add(values);
      Checksum* sum = begin_row(r, sums);
      add_blob(bytes_of(columns), sum);
      add_blob(bytes_of(values), sum);
      if (writes_training()) SUBJREC_TRY(insert.run(who_));
    }
    checksums_["checksums_weights"] = sums->hex();
    return {};
  }

  /// Composed works: what the dimensions of a prior vector add to a work, in the same table.
  Status projection(RowChecksums* sums) {
    const Model& model = run_.model;
    if (model.work_projection.empty()) return {};
    SUBJREC_ASSIGN(Statement insert,
                   prepare("weights", "(n, subjects, weights) VALUES (?1, ?2, ?3)"));
    for (size_t v = 0; v < model.vector_dim(); ++v) {
      const size_t n = model.weights.n_rows + v;  // a blend has item weights before
      insert.bind(1, static_cast<int64_t>(n)).bind(2, std::span<const uint32_t>());
      insert.bind(3, row(model.work_projection, v));
      add(row(model.work_projection, v));
      Checksum* sum = begin_row(n, sums);
      add_blob({}, sum);
      add_blob(bytes_of(row(model.work_projection, v)), sum);
      if (writes_training()) SUBJREC_TRY(insert.run(who_));
    }
    checksums_["checksums_weights"] = sums->hex();
    return {};
  }

  Status history() {
    if (keep_ != Keep::kNothing) return {};
    SUBJREC_ASSIGN(Statement insert,
                   prepare("history", "(step, epoch, metric, value) VALUES (?1, ?2, ?3, ?4)"));
    for (const HistoryRow& h : run_.history) {
      insert.bind(1, h.step).bind(2, h.epoch).bind(3, h.metric).bind(4, h.value);
      SUBJREC_TRY(insert.run(who_));
    }
    return {};
  }

  /// What a first list needs of models whose scores need the catalogue.
  Status packed() {
    if (!run_.model.needs_catalogue()) return {};
    PackedWriter rows(db_, who_, name_);
    SUBJREC_TRY(rows.begin());
    SUBJREC_TRY(write_packed_subjects(&rows, run_.model, run_.subjects, works_of_subjects_));
    SUBJREC_TRY(write_lists(&rows, run_.data, run_.model, weighted_, monitor_));
    SUBJREC_TRY(write_work_hashes(&rows, run_.works, run_.data.interactions, run_.subjects,
                                  weighted_, monitor_));
    return rows.finish(monitor_);
  }

  Result<std::string> config() {
    Config config = run_.config;
    config["format_version"] =
        std::to_string(WorksFormat{weighted_, run_.computed_works}.version());
    config["library_version"] = SUBJREC_VERSION;
    config["algorithm"] = run_.model.kind->name;
    config["embedding_dim"] = std::to_string(run_.model.dim);
    config["n_works"] = std::to_string(run_.works.size());
    config["n_subjects"] = std::to_string(run_.subjects.size());
    config["n_features"] = std::to_string(run_.features.size());
    config["n_interactions"] = std::to_string(run_.data.interactions.nnz());
    if (!run_.model.work_projection.empty()) {
      config["work_vector_dim"] = std::to_string(run_.model.vector_dim());
    }
    if (run_.model.needs_catalogue()) config["neighbors"] = std::to_string(run_.model.neighbors);
    if (run_.model.blend) {
      config["blend"] = blend_text(*run_.model.blend, run_.model.labels != nullptr);
      digest_.add(config["blend"]);
    }
    if (run_.model.labels) {
      for (auto& [key, text] : label_texts(*run_.model.labels)) {
        digest_.add(text);
        config[key] = std::move(text);
      }
    }
    for (const auto& [key, field] : kModelNumbers) {
      config[key] = option_detail::number_text(run_.model.*field);
      digest_.add(config[key]);
    }
    for (const auto& [key, field] : kModelCurves) {
      if (!(run_.model.*field)) continue;
      config[key] = curve_text(*(run_.model.*field));
      digest_.add(config[key]);
    }
    if (run_.subjects.aliases() != nullptr) {
      const std::vector<std::string> lists = alias_lists(*run_.subjects.aliases());
      for (size_t i = 0; i < lists.size(); ++i) {
        config[same_as_key(i)] = lists[i];
        digest_.add(lists[i]);
      }
    }
    config["digest"] = digest_.hex();
    if (run_.has_whole_source) config[kFingerprintOf] = config["digest"];
    if (run_.model.needs_catalogue()) config[kPackedKey] = config["digest"];
    config["checksums_weights"] = "";
    for (const auto& [key, hex] : checksums_) config[key] = hex;
    if (keep_ != Keep::kNothing) {
      SUBJREC_ASSIGN(Config before, read_config(db_, who_, name_));
      before.erase(kUnsortedKey);
      config.insert(before.begin(), before.end());
      SUBJREC_TRY(execute(
          db_, who_,
          "DELETE FROM " + shadow(name_, "config") + " WHERE key = '" + kUnsortedKey + "'"));
    }
    config["checksum_config"] = config_checksum(config);
    SUBJREC_TRY(write_config(db_, who_, name_, config));
    return config["digest"];
  }

 private:
  /// Or it is stored, and stays.
  bool writes_training() const { return keep_ != Keep::kItsTraining; }
  bool is_stored(size_t w) const {
    return run_.stored_works != nullptr && (*run_.stored_works)[w] != 0;
  }

  /// Deletes the rows of works that are to be written: run by run, and what lies beyond the last.
  Status clear_works() {
    SUBJREC_ASSIGN(Statement clear, Statement::prepare(db_, who_,
                                                       "DELETE FROM " + shadow(name_, "works") +
                                                           " WHERE n BETWEEN ?1 AND ?2"));
    const size_t n = run_.works.size();
    for (size_t w = 0; w < n; ++w) {
      const size_t first = w;
      while (w < n && !is_stored(w)) ++w;
      if (w == first) continue;
      clear.bind(1, static_cast<int64_t>(first)).bind(2, static_cast<int64_t>(w) - 1);
      SUBJREC_TRY(clear.run(who_));
    }
    clear.bind(1, static_cast<int64_t>(n)).bind(2, std::numeric_limits<int64_t>::max());
    return clear.run(who_);
  }

  Result<Statement> prepare(std::string_view suffix, std::string_view rest) {
    return Statement::prepare(db_, who_,
                              "INSERT INTO " + shadow(name_, suffix) + std::string(rest));
  }

  std::span<const float> row(const std::vector<float>& matrix, size_t at) const {
    return {matrix.data() + at * run_.model.dim, run_.model.dim};
  }

  /// Where the checksum of the next row goes, its n added.
  static Checksum* begin_row(size_t n, RowChecksums* sums) {
    Checksum* sum = sums->next_row();
    add_integer(static_cast<int64_t>(n), sum);
    return sum;
  }

  template <class T>
  static std::string_view bytes_of(std::span<const T> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
  }

  /// Row `at` of a matrix that the model may lack.
  void bind_input(Statement* insert, int parameter, const std::vector<float>& matrix, size_t at,
                  Checksum* sum) {
    if (matrix.empty()) return add_null(sum);
    insert->bind(parameter, row(matrix, at));
    add(row(matrix, at));
    add_blob(bytes_of(row(matrix, at)), sum);
  }

  template <class T>
  void add(std::span<const T> values) {
    digest_.add(values.data(), values.size_bytes());
  }

  void bind_features(Statement* insert, const SparseRows& features, size_t w, Checksum* sum) {
    const size_t begin = features.offsets[w];
    const size_t count = features.offsets[w + 1] - begin;
    const std::span<const uint32_t> columns(features.columns.data() + begin, count);
    const std::span<const float> weights(features.weights.data() + begin, count);
    insert->bind(5, columns);
    add(columns);
    add_blob(bytes_of(columns), sum);
    bool plain = true;
    for (const float weight : weights) plain = plain && weight == 1.0f;
    if (plain) {
      insert->bind_null(6);
      add_null(sum);
    } else {
      insert->bind(6, weights);
      add(weights);
      add_blob(bytes_of(weights), sum);
    }
  }

  sqlite3* db_;
  std::string_view who_;
  const ModelName& name_;
  const StoredRun& run_;
  bool weighted_;
  EmbeddingsToStore embeddings_;
  Monitor& monitor_;
  Keep keep_;
  Digest digest_;
  Config checksums_;
  std::vector<uint32_t> works_of_subjects_;
};

}  // namespace

Result<std::string> write_model(sqlite3* db, std::string_view who, const ModelName& name,
                                const StoredRun& run, Monitor& monitor, Keep keep) {
  Writer writer(db, who, name, run, monitor, keep);
  SUBJREC_TRY(writer.clear());
  SUBJREC_TRY(writer.works());
  SUBJREC_TRY(writer.subjects());
  SUBJREC_TRY(writer.features());
  RowChecksums weights(run.model.weights.n_rows + run.model.vector_dim());
  SUBJREC_TRY(writer.weights(&weights));
  SUBJREC_TRY(writer.projection(&weights));
  SUBJREC_TRY(writer.history());
  SUBJREC_TRY(writer.packed());
  return writer.config();
}

}  // namespace subjrec
