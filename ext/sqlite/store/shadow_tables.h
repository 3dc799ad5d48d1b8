// A model's shadow tables: how their rows are written and read. STORAGE.md describes the format,
// and shadow_schema.h makes the tables.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/store/model_name.h"
#include "sqlite/store/shadow_schema.h"

namespace subjrec {

/// What rec_works of a model has; format_version is 1, 1 more with weights of pairs
/// (sqlite/store/stored_subjects.h), and 2 more without embeddings, which are computed.
struct WorksFormat {
  bool weighted = false;
  bool computed = false;

  int version() const { return 1 + (weighted ? 1 : 0) + (computed ? 2 : 0); }
};
constexpr int kLastFormatVersion = 4;
/// Nothing for a version that this subjrec does not know.
std::optional<WorksFormat> read_works_format(std::string_view version);

/// The suffixes of the shadow tables: rec_works, rec_subjects, ...
constexpr std::array<std::string_view, 8> kShadowSuffixes = {
    "works", "subjects", "features", "weights", "history", "config", "map", "packed"};

/// Numbers of a model that rec_config holds under their own names.
constexpr std::pair<const char*, double Model::*> kModelNumbers[] = {
    {"probability_slope", &Model::probability_slope},
    {"probability_intercept", &Model::probability_intercept},
    {"unobserved_weight", &Model::unobserved_weight},
    {"regularization", &Model::regularization},
    {"regularization_exponent", &Model::regularization_exponent},
    {"feature_weight", &Model::feature_weight},
};

/// Its calibration curves, where it has them (sqlite/store/stored_curve.h).
constexpr std::pair<const char*, std::optional<ProbabilityCurve> Model::*> kModelCurves[] = {
    {"probability_curve", &Model::curve},
    {"cold_probability_curve", &Model::cold_curve},
};

/// The digest of the model whose works are all of the source of "source_fingerprint".
constexpr const char* kFingerprintOf = "fingerprint_of";

/// What rec_config holds, key by key.
using Config = std::map<std::string, std::string, std::less<>>;

/// Refuses a model of which this table is missing, or any.
Status check_shadow_table(sqlite3* db, std::string_view who, const ModelName& name,
                          std::string_view suffix);
Status check_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name);
/// A stored text as a message shows it: its beginning (core/base/one_line.h).
std::string printable(std::string_view text);

Result<Config> read_config(sqlite3* db, std::string_view who, const ModelName& name);
/// Writes these keys and leaves the others.
Status write_config(sqlite3* db, std::string_view who, const ModelName& name, const Config& config);

/// Refuses where the model is not the one of `config` any more; `meanwhile` says what was done with
/// that one ("its map was made").
Status check_unchanged(sqlite3* db, std::string_view who, const ModelName& name,
                       const Config& config, std::string_view meanwhile);

/// What a training writes. Ids are in order, and positions in them are the model's rows.
struct StoredRun {
  const Model& model;
  const TrainData& data;
  const IdTable& works;
  const IdTable& subjects;
  const IdTable& features;
  const std::vector<HistoryRow>& history;
  Config config;  // source, options and counts; format, library and digest are added
  /// How many works carry each subject, where these are not all of them.
  const std::vector<uint64_t>* subject_works = nullptr;
  /// The embedding of a work where they are not those of the model, by the work's row.
  std::function<std::span<const float>(size_t)> work_embedding = {};
  /// Embeddings of works are not stored: whoever asks for one computes it.
  bool computed_works = false;
  int threads = 0;  // that make embeddings as they are stored; 0: all
  /// Of a model whose training is kept: 1 for each work whose row is stored already, as it is.
  const std::vector<uint8_t>* stored_works = nullptr;
  /// The works are all of the source whose fingerprint `config` has.
  bool has_whole_source = false;
};

/// What stays of a model that is written anew.
enum class Keep {
  kNothing,      // it was trained
  kItsHistory,   // it was edited: history, maps, and the keys of rec_config that are not given
  kItsTraining,  // its works changed: these, and all but rec_works and how many works carry a
                 // subject
};
/// Replaces the model's rows, in the caller's savepoint. Returns the digest.
Result<std::string> write_model(sqlite3* db, std::string_view who, const ModelName& name,
                                const StoredRun& run, Monitor& monitor, Keep keep = Keep::kNothing);

/// A model as it is served: everything but the works, which stay in their table until they are
/// asked for.
struct StoredModel {
  Config config;
  Model model;            // model.works is empty until read_works(), or for ever where computed
  bool weighted = false;  // rec_works has the weights of subjects
  bool computed = false;  // and no embeddings: model.computes_works()
  size_t n_works = 0;
  size_t n_works_counted = 0;  // in subject_works: of all shards where this is one
  IdTable subjects;
  std::vector<int64_t> subject_works;  // how many works carry each subject
  IdTable features;
  size_t n_subjects = 0;
  size_t n_features = 0;
  size_t n_interactions = 0;
  /// Of what is stored no part but that which lists of trained works need was read: neither
  /// features, nor inputs, nor the rows of rec_weights.
  bool for_lists = false;
  size_t weight_rows = 0;  // of item weights, where for_lists
};

/// What is asked of rows that are read.
enum class Checks {
  kChecksums,  // that they are what was stored (sqlite/store/checksums.h)
  kShape,      // that they can be read
};
/// Reads and checks rec_config alone: what a model is, and its sizes.
Result<StoredModel> read_model_config(sqlite3* db, std::string_view who, const ModelName& name,
                                      Monitor& monitor);
/// Reads and checks rec_config, rec_subjects and rec_features. Every defect is an error that names
/// the table, the row and the repair.
Result<StoredModel> read_model(sqlite3* db, std::string_view who, const ModelName& name,
                               Monitor& monitor, Checks checks = Checks::kChecksums);

class PackedRows;
/// The same for lists of trained works, read from rec_packed where the model has it.
Result<StoredModel> read_model_for_lists(sqlite3* db, std::string_view who, const ModelName& name,
                                         PackedRows* rows, Monitor& monitor);

/// All works: their ids, and the subjects and features that they carry.
struct StoredWorks {
  IdTable ids;
  TrainData data;
};
/// Reads and checks rec_works. The embeddings go to model->model.works, unless they are computed.
Result<StoredWorks> read_works(sqlite3* db, std::string_view who, const ModelName& name,
                               StoredModel* model, Monitor& monitor,
                               Checks checks = Checks::kChecksums);

/// The same check of rec_works for what works carry alone, without ids and embeddings.
Result<TrainData> read_catalogue(sqlite3* db, std::string_view who, const ModelName& name,
                                 const StoredModel& model, Monitor& monitor);

/// `blob` as float32, or an error that says what it should have been.
Status read_floats(std::string_view who, const ModelName& name, std::string_view table,
                   const std::string& row, std::string_view blob, std::span<float> out);
/// `blob` as ascending positions below `below`.
Status read_positions(std::string_view who, const ModelName& name, std::string_view table,
                      const std::string& row, std::string_view blob, size_t below,
                      std::vector<uint32_t>* out);
/// The error for a stored row that is not as it should be.
Status corrupt(std::string_view who, const ModelName& name, std::string_view table,
               const std::string& what);

}  // namespace subjrec
