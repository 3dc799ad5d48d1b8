#include <algorithm>
#include <chrono>

#include "core/base/json_writer.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/item_weights.h"
#include "core/train/options.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/side_information.h"
#include "sqlite/source/source.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_update";

/// What the sources hold now, in the ids of the sources.
struct Sources {
  SourcePairs pairs;
  WorkFeatures features;
};

/// The works as they are to be stored, in the numbers of the model's subjects and features.
struct Works {
  IdTable ids;
  TrainData data;
  std::vector<float> embeddings;  // rows of `to_fold` are still to be filled
  std::vector<uint32_t> to_fold;
  size_t added = 0;
  size_t changed = 0;
  size_t removed = 0;
  size_t without_known_subjects = 0;
  size_t unknown_subjects = 0;
  size_t unknown_interactions = 0;
  size_t unknown_features = 0;

  bool same() const { return added + changed + removed == 0; }
};

/// For each id of `from` its position in `to`; `unknown` counts those that have none.
std::vector<std::optional<uint32_t>> translate(const IdTable& from, const IdTable& to,
                                               size_t* unknown) {
  std::vector<std::optional<uint32_t>> positions(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    positions[i] = to.find(from[i]);
    if (!positions[i]) ++*unknown;
  }
  return positions;
}

/// Puts the works of the sources beside those of the model.
class Comparison {
 public:
  Comparison(const ServedModel& model, const Sources& sources) : model_(model), sources_(sources) {
    subjects_ = translate(sources.pairs.subjects, model.stored.subjects, &works_.unknown_subjects);
    features_ =
        translate(sources.features.features, model.stored.features, &works_.unknown_features);
    Interactions& y = works_.data.interactions;
    y.n_subjects = model.stored.subjects.size();
    y.offsets.push_back(0);
    SparseRows& f = works_.data.work_features;
    f.n_columns = model.stored.features.size();
    f.offsets.push_back(0);
  }

  Result<Works> compare(Monitor& monitor) {
    Poll poll(monitor, 1 << 10);
    size_t kept = 0;
    for (size_t w = 0; w < sources_.pairs.works.size(); ++w) {
      if (poll.stop()) return Status::interrupted();
      if (add(w)) ++kept;
    }
    works_.removed = model_.works->ids.size() - kept;
    if (works_.data.work_features.n_columns == 0) works_.data.work_features = SparseRows();
    return std::move(works_);
  }

 private:
  /// Appends work w of the source. True: the model has it already.
  bool add(size_t w) {
    const IdView id = sources_.pairs.works[w];
    const auto old = model_.works->ids.find(id);
    std::vector<uint32_t> subjects;
    for (const uint32_t s : sources_.pairs.interactions.row(w)) {
      if (subjects_[s]) {
        subjects.push_back(*subjects_[s]);
      } else {
        ++works_.unknown_interactions;
      }
    }
    if (subjects.empty()) {
      ++works_.without_known_subjects;
      return false;
    }
    std::sort(subjects.begin(), subjects.end());
    subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());  // twins
    append(id, subjects, features_of_source(w));
    const size_t dim = model_.stored.model.dim;
    const size_t at = works_.ids.size() - 1;
    works_.embeddings.resize((at + 1) * dim);
    if (old && same(*old, at)) {
      const auto from = model_.stored.model.works.begin() + static_cast<ptrdiff_t>(*old * dim);
      std::copy_n(from, dim, works_.embeddings.begin() + static_cast<ptrdiff_t>(at * dim));
    } else {
      works_.to_fold.push_back(static_cast<uint32_t>(at));
      ++(old ? works_.changed : works_.added);
    }
    return old.has_value();
  }

  std::vector<WeightedFeature> features_of_source(size_t w) const {
    std::vector<WeightedFeature> known;
    const SparseRows& rows = sources_.features.rows;
    if (rows.n_rows == 0) return known;
    for (size_t e = rows.offsets[w]; e < rows.offsets[w + 1]; ++e) {
      if (const auto f = features_[rows.columns[e]]) known.push_back({*f, rows.weights[e]});
    }
    std::sort(known.begin(), known.end(), [](const WeightedFeature& a, const WeightedFeature& b) {
      return a.feature < b.feature;
    });
    return known;
  }

  void append(const IdView& id, const std::vector<uint32_t>& subjects,
              const std::vector<WeightedFeature>& features) {
    works_.ids.intern(id);
    Interactions& y = works_.data.interactions;
    y.subjects.insert(y.subjects.end(), subjects.begin(), subjects.end());
    y.offsets.push_back(y.subjects.size());
    ++y.n_works;
    SparseRows& f = works_.data.work_features;
    for (const WeightedFeature& feature : features) {
      f.columns.push_back(feature.feature);
      f.weights.push_back(feature.weight);
    }
    f.offsets.push_back(f.columns.size());
    ++f.n_rows;
  }

  /// Work `old` of the model carries what work `at` of the new ones does.
  bool same(uint32_t old, size_t at) const {
    const auto before = model_.works->data.interactions.row(old);
    const auto now = works_.data.interactions.row(at);
    const auto features_before = features_of(model_.works->data, old);
    const auto features_now = features_of(works_.data, at);
    return std::equal(before.begin(), before.end(), now.begin(), now.end()) &&
           std::equal(features_before.begin(), features_before.end(), features_now.begin(),
                      features_now.end(), [](const WeightedFeature& a, const WeightedFeature& b) {
                        return a.feature == b.feature && a.weight == b.weight;
                      });
  }

  const ServedModel& model_;
  const Sources& sources_;
  std::vector<std::optional<uint32_t>> subjects_;
  std::vector<std::optional<uint32_t>> features_;
  Works works_;
};

Result<Sources> read_sources(sqlite3* db, const ModelHandle& model, Monitor& monitor) {
  // As it stands now: a training from the same data under another name has the same digest.
  SUBJREC_ASSIGN(const Config config, read_config(db, kName, model.name()));
  const auto source = config.find("source");
  if (source == config.end() || source->second.empty()) {
    return Status(Code::kInvalid, std::string(kName) + ": model \"" + model.name().shown() +
                                      "\" remembers no source to read new works from: it was not "
                                      "trained here");
  }
  Sources sources;
  SUBJREC_ASSIGN(sources.pairs, read_pairs(db, kName,
                                           {.text = source->second,
                                            .argument = "the source that the model remembers",
                                            .columns = "work and subject",
                                            .remembered = true},
                                           monitor));
  TrainOptions options;
  const auto given = config.find("given_options");
  SUBJREC_TRY(train_option_table().read_json(
      kName, given == config.end() ? std::string() : given->second, &options));
  if (!options.work_vectors.empty()) {
    return Status(Code::kInvalid,
                  std::string(kName) + ": model \"" + model.name().shown() +
                      "\" was trained with work_vectors, which an update does not read; train it "
                      "again with SELECT subjrec_train('" +
                      model.name().shown() + "')");
  }
  if (options.work_features.empty() && options.work_text.empty()) return sources;
  const OptionNames nothing_said;
  SUBJREC_ASSIGN(sources.features, read_features_of_works(db, kName, options, &nothing_said, false,
                                                          sources.pairs.works, monitor));
  return sources;
}

/// Replaces the rows of works, in one savepoint, with what `works` has. Returns the digest.
Result<std::string> store(sqlite3* db, const ModelName& name, const ServedModel& loaded,
                          const Sources& sources, Works& works, Monitor& monitor) {
  Model model = loaded.stored.model;
  model.works = std::move(works.embeddings);
  const std::vector<HistoryRow> kept;
  Config config;
  config["source_fingerprint"] = sources.pairs.fingerprint;
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db, kName, name.schema));
  // Nobody can train from here on.
  SUBJREC_TRY(check_unchanged(db, kName, name, loaded.stored.config, "its new works were read"));
  SUBJREC_ASSIGN(const std::string digest,
                 write_model(db, kName, name,
                             {model, works.data, works.ids, loaded.stored.subjects,
                              loaded.stored.features, kept, config},
                             monitor, Keep::kItsTraining));
  SUBJREC_TRY(execute(db, kName,
                      "DELETE FROM " + shadow(name, "map") +
                          " WHERE kind = 'work' AND id NOT IN (SELECT work_id FROM " +
                          shadow(name, "works") + ")"));
  SUBJREC_TRY(savepoint.release(kName));
  return digest;
}

std::string summary(const ModelName& name, const Sources& sources, const Works& works,
                    double seconds, const std::string& digest) {
  JsonWriter json;
  const size_t n = works.ids.size();
  json.add("model", name.shown());
  json.add("works", n);
  json.add("works_added", works.added);
  json.add("works_changed", works.changed);
  json.add("works_removed", works.removed);
  json.add("works_unchanged", n - works.added - works.changed);
  json.add("works_without_known_subjects", works.without_known_subjects);
  json.add("interactions", works.data.interactions.nnz());
  json.add("unknown_subjects", works.unknown_subjects);
  json.add("unknown_interactions", works.unknown_interactions);
  json.add("unknown_features", works.unknown_features);
  sources.pairs.add_counts(&json);
  return json.add_seconds("seconds", seconds).add("digest", digest).object();
}

/// subjrec_update(model)
Status update(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  const auto started = std::chrono::steady_clock::now();
  SUBJREC_ASSIGN(const std::string text, arguments.model(0));
  sqlite3* db = connection.db();
  SUBJREC_TRY(check_may_write(db, kName));
  SUBJREC_ASSIGN(auto model, ModelHandle::open(connection, kName, text));
  const ModelName name = model->name();
  SUBJREC_TRY(check_writable(db, kName, name, "updating"));
  SUBJREC_TRY(check_shadow_owner(db, kName, name));
  SqliteMonitor monitor(db);
  SUBJREC_ASSIGN(const Sources sources, read_sources(db, *model, monitor));
  SUBJREC_TRY(model->need_works(kName));
  SUBJREC_TRY(model->need_fold_in());
  const auto loaded = model->loaded();
  model.reset();  // it keeps a read transaction open
  SUBJREC_ASSIGN(Works works, Comparison(*loaded, sources).compare(monitor));
  ThreadTeam team(resolve_threads(0));
  SUBJREC_TRY(loaded->fold_in->vectors(works.data, works.to_fold, team, monitor, works.embeddings));
  std::string digest = loaded->stored.config.find("digest")->second;
  if (!works.same()) {
    SUBJREC_ASSIGN(digest, store(db, name, *loaded, sources, works, monitor));
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  result_text(context, summary(name, sources, works, seconds.count(), digest));
  return {};
}

}  // namespace

int register_update(const std::shared_ptr<Connection>& connection) {
  return register_function(connection, {kName, {"model"}, 1, SQLITE_DIRECTONLY}, update);
}

}  // namespace subjrec
