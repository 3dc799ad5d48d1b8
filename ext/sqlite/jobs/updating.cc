#include "sqlite/jobs/updating.h"

#include <numeric>

#include "core/base/json_writer.h"
#include "core/base/parallel.h"
#include "core/train/options.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/source/side_information.h"
#include "sqlite/store/stored_subjects.h"

namespace subjrec {

Result<std::unique_ptr<Job>> Updating::begin(Connection& connection, std::string_view who,
                                             const std::string& model) {
  std::unique_ptr<Updating> updating(new Updating(connection, who));
  Updating& u = *updating;
  // (The handle is let go of at the end: it keeps a read transaction open.)
  SUBJREC_ASSIGN(auto handle, ModelHandle::open(connection, who, model, Need::kLists));
  u.name_ = handle->name();
  SUBJREC_TRY(check_writable(u.db(), who, u.name_, "updating"));
  SUBJREC_TRY(check_shadow_owner(u.db(), who, u.name_));
  SUBJREC_TRY(u.read_sources());
  u.loaded_ = handle->loaded();
  SUBJREC_ASSIGN(u.unchanged_, u.has_all_as_it_is());
  if (u.unchanged_) return std::unique_ptr<Job>(std::move(updating));
  SUBJREC_ASSIGN(handle, ModelHandle::open(connection, who, model));
  SUBJREC_TRY(handle->need_works(who));
  SUBJREC_TRY(handle->need_fold_in());
  u.loaded_ = handle->loaded();
  return std::unique_ptr<Job>(std::move(updating));
}

Status Updating::read_sources() {
  // As it stands now: a training from the same data under another name has the same digest.
  SUBJREC_ASSIGN(const Config config, read_config(db(), who_, name_));
  const auto source = config.find("source");
  if (source == config.end() || source->second.empty()) {
    return {Code::kInvalid, who_ + ": model \"" + name_.shown() +
                                "\" remembers no source to read new works from: it was not "
                                "trained here"};
  }
  SUBJREC_ASSIGN(sources_.pairs, read_pairs(db(), who_,
                                            {.text = source->second,
                                             .argument = "the source that the model remembers",
                                             .columns = "work and subject",
                                             .remembered = true},
                                            monitor_));
  const auto complete = config.find(kFingerprintOf);
  if (complete != config.end() && complete->second == config.find("digest")->second) {
    fingerprint_ = config.find("source_fingerprint")->second;
  }
  TrainOptions options;
  const auto given = config.find("given_options");
  SUBJREC_TRY(train_option_table().read_json(
      who_, given == config.end() ? std::string() : given->second, &options));
  if (!options.work_vectors.empty()) {
    return {Code::kInvalid,
            who_ + ": model \"" + name_.shown() +
                "\" was trained with work_vectors, which an update does not read; train it "
                "again with SELECT subjrec_train('" +
                name_.shown() + "')"};
  }
  if (options.work_features.empty() && options.work_text.empty()) return {};
  fingerprint_.clear();  // which says nothing of features
  const OptionNames nothing_said;
  SUBJREC_ASSIGN(sources_.features, read_features_of_works(db(), who_, options, &nothing_said,
                                                           false, sources_.pairs.works, monitor_));
  return {};
}

/// Whether the source is the one that the model was trained from or brought to last: then the works
/// of the model need not be read to see that they are its. Counts what it has.
Result<bool> Updating::has_all_as_it_is() {
  const StoredModel& stored = loaded_->stored;
  if (fingerprint_.empty() || fingerprint_ != sources_.pairs.fingerprint ||
      stored.subjects.aliases() != nullptr) {
    return false;
  }
  SUBJREC_ASSIGN(counts_, count_catalogue(stored.subjects, sources_.pairs, monitor_));
  return counts_.works == stored.n_works;
}

Status Updating::step() {
  digest_ = loaded_->stored.config.find("digest")->second;
  if (!unchanged_) {
    SUBJREC_ASSIGN(works_, compare_catalogue(*loaded_, sources_, monitor_));
    counts_ = {works_.ids.size(), works_.data.interactions.nnz(), works_.without_known_subjects,
               works_.unknown_subjects, works_.unknown_interactions};
    if (!works_.same()) SUBJREC_TRY(store());
  }
  seconds_ = seconds();
  done_ = true;
  return {};
}

/// How many works carry each subject, where those of other shards count as well.
std::vector<uint64_t> Updating::works_of_all_shards() const {
  const std::vector<int64_t>& counted = loaded_->stored.subject_works;
  std::vector<uint64_t> works(counted.begin(), counted.end());
  const std::vector<uint32_t> before = loaded_->works->data.interactions.subject_counts();
  const std::vector<uint32_t> now = works_.data.interactions.subject_counts();
  for (size_t s = 0; s < works.size(); ++s) works[s] += now[s] - uint64_t{before[s]};
  return works;
}

/// Makes the rows of works, in one savepoint, what works_ has.
Status Updating::store() {
  const StoredModel& stored = loaded_->stored;
  const size_t dim = stored.model.dim;
  const TrainData folded = works_to_fold(works_);
  std::vector<uint32_t> all(works_.to_fold.size());
  std::iota(all.begin(), all.end(), 0u);
  std::vector<float> embeddings(all.size() * dim);  // of works_.to_fold
  ThreadTeam team(resolve_threads(0));
  SUBJREC_TRY(loaded_->fold_in->vectors(folded, all, team, monitor_, embeddings));
  size_t next = 0;  // of to_fold
  const auto embedding = [&](size_t w) -> std::span<const float> {
    const uint32_t old = works_.unchanged[w];
    if (old != CatalogueDiff::kChanged) return {stored.model.works.data() + old * dim, dim};
    return {embeddings.data() + next++ * dim, dim};
  };
  const std::vector<HistoryRow> kept;
  Config config;
  config["source_fingerprint"] = sources_.pairs.fingerprint;
  std::vector<uint64_t> subject_works;
  if (stored.config.count("n_works_of_all_shards") != 0) {
    subject_works = works_of_all_shards();
    config["n_works_of_all_shards"] =
        std::to_string(stored.n_works_counted + works_.ids.size() - stored.n_works);
  }
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db(), who_, name_.schema));
  // Nobody can train from here on.
  SUBJREC_TRY(check_unchanged(db(), who_, name_, stored.config, "its new works were read"));
  // Rows without checksums may have been edited to numbers that are read as others; those of the
  // other format are not what is to be stored.
  const bool exact = Integrity::can_check(stored);
  const bool as_before = stores_weights(stored.model, works_.data.interactions) == stored.weighted;
  const StoredRun run{
      .model = stored.model,
      .data = works_.data,
      .works = works_.ids,
      .subjects = stored.subjects,
      .features = stored.features,
      .history = kept,
      .config = std::move(config),
      .subject_works = subject_works.empty() ? nullptr : &subject_works,
      .work_embedding = embedding,
      .stored_works = exact && as_before ? &works_.stored : nullptr,
      .has_whole_source = true,
  };
  SUBJREC_ASSIGN(digest_, write_model(db(), who_, name_, run, monitor_,
                                      exact ? Keep::kItsTraining : Keep::kItsHistory));
  SUBJREC_TRY(execute(db(), who_,
                      "DELETE FROM " + shadow(name_, "map") +
                          " WHERE kind = 'work' AND id NOT IN (SELECT work_id FROM " +
                          shadow(name_, "works") + ")"));
  return savepoint.release(who_);
}

std::string Updating::summary() const {
  JsonWriter json;
  const size_t n = counts_.works;
  json.add("model", name_.shown());
  json.add("works", n);
  json.add("works_added", works_.added);
  json.add("works_changed", works_.changed);
  json.add("works_removed", works_.removed);
  json.add("works_unchanged", n - works_.added - works_.changed);
  json.add("works_without_known_subjects", counts_.without_known_subjects);
  json.add("interactions", counts_.interactions);
  json.add("unknown_subjects", counts_.unknown_subjects);
  json.add("unknown_interactions", counts_.unknown_interactions);
  json.add("unknown_features", works_.unknown_features);
  sources_.pairs.add_counts(&json);
  return json.add_seconds("seconds", seconds_).add("digest", digest_).object();
}

}  // namespace subjrec
