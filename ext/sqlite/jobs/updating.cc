#include "sqlite/jobs/updating.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/json_writer.h"
#include "core/base/parallel.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"
#include "sqlite/source/side_information.h"
#include "sqlite/store/checksums.h"
#include "sqlite/store/packed_subjects.h"
#include "sqlite/store/stored_same_as.h"
#include "sqlite/store/stored_subjects.h"

namespace subjrec {
Result<std::unique_ptr<Job>> Updating::begin(Connection& connection, std::string_view who,
                                             const std::string& model) {
  std::unique_ptr<Updating> updating(new Updating(connection, who));
  updating->model_ = model;
  SUBJREC_TRY(updating->open());
  SUBJREC_TRY(updating->scan());
  if (!updating->changes_) SUBJREC_TRY(updating->read());
  return std::unique_ptr<Job>(std::move(updating));
}

/// What the model and its source are called, and whether the model can be written.
Status Updating::open() {
  SUBJREC_ASSIGN(name_, find_model(db(), who_, model_));
  SUBJREC_TRY(check_shadow_tables(db(), who_, name_));
  SUBJREC_ASSIGN(stored_, read_model_config(db(), who_, name_, monitor_));
  SUBJREC_TRY(check_writable(db(), who_, name_, "updating"));
  SUBJREC_TRY(check_shadow_owner(db(), who_, name_));
  const Config& config = stored_.config;
  const auto source = config.find("source");
  if (source == config.end() || source->second.empty()) {
    return {Code::kInvalid, who_ + ": model \"" + name_.shown() +
                                "\" remembers no source to read new works from: it was not "
                                "trained here"};
  }
  const auto given = config.find("given_options");
  SUBJREC_TRY(train_option_table().read_json(
      who_, given == config.end() ? std::string() : given->second, &options_));
  if (!options_.work_vectors.empty()) {
    return {Code::kInvalid,
            who_ + ": model \"" + name_.shown() +
                "\" was trained with work_vectors, which an update does not read; train it "
                "again with SELECT subjrec_train('" +
                name_.shown() + "')"};
  }
  return {};
}

SourceText Updating::source() const {
  return {.text = stored_.config.find("source")->second,
          .argument = "the source that the model remembers",
          .columns = "work and subject",
          .remembered = true};
}

bool Updating::has_features() const {
  return !options_.work_features.empty() || !options_.work_text.empty();
}

/// Compares the source with the hashes of the model's works, where it has them: no more is read
/// where nothing has changed.
Status Updating::scan() {
  const Config& config = stored_.config;
  if (!has_packed_rows(config) || has_features() || config.count(same_as_key(0)) != 0) return {};
  const std::string& digest = config.find("digest")->second;
  PackedRows rows(db(), name_);
  rows.set_who(who_);
  SUBJREC_ASSIGN(auto hashes, read_work_hashes(&rows, stored_.n_works, digest, monitor_));
  if (!hashes) return {};
  SUBJREC_TRY(read_packed_ids(&rows, &stored_));
  subject_hashes_ = hashes_of(stored_.subjects);
  const size_t most = stored_.n_works / kSortedShare;
  const auto row = [&](uint32_t n) { return read_stored_subjects(n, (*hashes)[n]); };
  SUBJREC_ASSIGN(changes_,
                 scan_source(db(), who_, source(), stored_, *hashes, row, most, monitor_));
  if (hashes) work_hashes_ = std::move(*hashes);
  return {};
}

/// The embeddings of the works that are changed and of those that are new, made of the rows of the
/// subjects that they carry.
Result<std::vector<float>> Updating::embed_changes() {
  std::vector<uint32_t> subjects = changes_->changed_rows.subjects;
  subjects.insert(subjects.end(), changes_->added_rows.subjects.begin(),
                  changes_->added_rows.subjects.end());
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  Model model;  // of these subjects alone
  model.kind = stored_.model.kind;
  model.dim = stored_.model.dim;
  model.subjects.resize(subjects.size() * model.dim);
  SUBJREC_ASSIGN(
      Statement query,
      Statement::prepare(db(), who_,
                         "SELECT input FROM " + shadow(name_, "subjects") + " WHERE n = ?1"));
  for (const uint32_t s : subjects) {
    SUBJREC_ASSIGN(const bool found, query.bind(1, int64_t{s}).step(who_));
    if (found && !query.is_null(0)) {
      model.subject_inputs.resize(model.subject_inputs.size() + model.dim);
      SUBJREC_TRY(read_floats(who_, name_, "subjects", "subject n = " + std::to_string(s),
                              query.blob(0), std::span(model.subject_inputs).last(model.dim)));
    }
    query.reset();
  }
  if (!model.subject_inputs.empty() && model.subject_inputs.size() != model.subjects.size()) {
    return corrupt(who_, name_, "subjects", "some subjects lack their input");
  }
  TrainData data;
  Interactions& y = data.interactions;
  y.n_subjects = subjects.size();
  y.offsets.push_back(0);
  for (const Interactions* rows : {&changes_->changed_rows, &changes_->added_rows}) {
    for (size_t w = 0; w < rows->n_works; ++w) {
      for (const uint32_t s : rows->row(w)) {
        const auto at = std::lower_bound(subjects.begin(), subjects.end(), s);
        y.subjects.push_back(static_cast<uint32_t>(at - subjects.begin()));
      }
      y.offsets.push_back(y.subjects.size());
      ++y.n_works;
    }
  }
  std::vector<uint32_t> all(y.n_works);
  std::iota(all.begin(), all.end(), 0u);
  std::vector<float> embeddings(all.size() * model.dim);
  SUBJREC_ASSIGN(const FoldIn fold_in, FoldIn::build(model, monitor_));
  ThreadTeam team(resolve_threads(0));
  SUBJREC_TRY(fold_in.vectors(data, all, team, monitor_, embeddings));
  return embeddings;
}

/// Writes what has changed, in one savepoint. False: all works have to be written anew.
Result<bool> Updating::patch() {
  const size_t changed = changes_->changed.size() + changes_->added.size();
  if (stored_.weighted || changed > stored_.n_works / kSortedShare) return false;
  std::vector<float> embeddings;
  if (!stored_.computed) {
    SUBJREC_ASSIGN(embeddings, embed_changes());
  }
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db(), who_, name_.schema));
  SUBJREC_TRY(check_unchanged(db(), who_, name_, stored_.config, "its new works were read"));
  SUBJREC_ASSIGN(const auto patched,
                 patch_catalogue(db(), who_, name_, stored_, *changes_, embeddings,
                                 std::move(work_hashes_), monitor_));
  if (!patched) return false;
  if (!changes_->removed.empty()) SUBJREC_TRY(forget_gone_works());
  digest_ = patched->digest;
  counts_.interactions = patched->n_interactions;
  SUBJREC_TRY(savepoint.release(who_));
  return true;
}

/// Maps keep no works that the model has not.
Status Updating::forget_gone_works() {
  return execute(db(), who_,
                 "DELETE FROM " + shadow(name_, "map") +
                     " WHERE kind = 'work' AND id NOT IN (SELECT work_id FROM " +
                     shadow(name_, "works") + ")");
}

/// Reads all of the model and its source.
Status Updating::read() {
  // (The handle is let go of at the end: it keeps a read transaction open.)
  SUBJREC_ASSIGN(auto handle, ModelHandle::open(connection_, who_, model_, Need::kLists));
  SUBJREC_TRY(read_sources());
  loaded_ = handle->loaded();
  SUBJREC_ASSIGN(unchanged_, has_all_as_it_is());
  if (unchanged_) return {};
  SUBJREC_ASSIGN(handle, ModelHandle::open(connection_, who_, model_));
  SUBJREC_TRY(handle->need_works(who_));
  SUBJREC_TRY(handle->need_fold_in());
  loaded_ = handle->loaded();
  return {};
}

Status Updating::read_sources() {
  SUBJREC_ASSIGN(sources_.pairs, read_pairs(db(), who_, source(), monitor_));
  const Config& config = stored_.config;
  const auto complete = config.find(kFingerprintOf);
  if (complete != config.end() && complete->second == config.find("digest")->second) {
    fingerprint_ = config.find("source_fingerprint")->second;
  }
  if (!has_features()) return {};
  fingerprint_.clear();  // which says nothing of features
  const OptionNames nothing_said;
  SUBJREC_ASSIGN(sources_.features, read_features_of_works(db(), who_, options_, &nothing_said,
                                                           false, sources_.pairs.works, monitor_));
  return {};
}

/// The subjects of work n of the model, which has that hash.
Result<StoredSubjects> Updating::read_stored_subjects(uint32_t n, const WorkHash& hash) {
  SUBJREC_ASSIGN(Statement query, Statement::prepare(db(), who_,
                                                     "SELECT work_id, subjects FROM " +
                                                         shadow(name_, "works") + " WHERE n = ?1"));
  SUBJREC_ASSIGN(const bool found, query.bind(1, int64_t{n}).step(who_));
  const auto id = found ? id_of(query.value(0)) : std::nullopt;
  StoredSubjects row;
  if (id) {
    SUBJREC_TRY(read_subjects(who_, name_, "work n = " + std::to_string(n), query.blob(1),
                              stored_.subjects.size(), stored_.weighted, &row.subjects,
                              &row.weights));
    const WorkHash read = work_hash(*id, {row.subjects, row.weights}, subject_hashes_);
    if (read.id == hash.id && read.carried == hash.carried) return row;
  }
  return not_as_stored(who_, name_, "works", "row n = " + std::to_string(n) + " is another");
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
  digest_ = stored_.config.find("digest")->second;
  if (changes_) {
    counts_ = changes_->counts;
    counts_.interactions = stored_.n_interactions;
    if (!changes_->same()) {
      SUBJREC_ASSIGN(const bool patched, patch());
      if (patched) {
        works_.added = changes_->added.size();
        works_.changed = changes_->changed.size();
        works_.removed = changes_->removed.size();
      } else {
        changes_.reset();
        SUBJREC_TRY(read());
      }
    }
  }
  if (!changes_ && !unchanged_) {
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
  std::vector<float> embeddings;  // of works_.to_fold
  if (!stored.computed) {
    embeddings.resize(all.size() * dim);
    ThreadTeam team(resolve_threads(0));
    SUBJREC_TRY(loaded_->fold_in->vectors(folded, all, team, monitor_, embeddings));
  }
  size_t next = 0;  // of to_fold
  const auto embedding = [&](size_t w) -> std::span<const float> {
    if (stored.computed) return {};
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
      .computed_works = stored.computed,
      .stored_works = exact && as_before ? &works_.stored : nullptr,
      .has_whole_source = true,
  };
  SUBJREC_ASSIGN(digest_, write_model(db(), who_, name_, run, monitor_,
                                      exact ? Keep::kItsTraining : Keep::kItsHistory));
  SUBJREC_TRY(forget_gone_works());
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
  if (changes_) {
    json.add("rows", changes_->rows).add("duplicates", changes_->duplicates);
    json.add("nulls", changes_->nulls);
  } else {
    sources_.pairs.add_counts(&json);
  }
  return json.add_seconds("seconds", seconds_).add("digest", digest_).object();
}

}  // namespace subjrec
