#include "sqlite/jobs/tuning.h"

#include <algorithm>

#include "core/base/available_memory.h"
#include "core/base/digest.h"
#include "core/base/json_writer.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/subject_labels.h"
#include "core/train/diagnosis.h"
#include "core/train/grid.h"
#include "core/train/memory.h"
#include "core/train/metric_direction.h"
#include "core/train/resolve_options.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/version.h"

namespace subjrec {
namespace {

/// Options of training that a grid may not vary: they say how runs are evaluated and done.
constexpr const char* kForAllRuns[] = {"validation", "validation_metric", "threads", "memory_limit",
                                       "progress"};

template <class T>
Status add_values(const std::vector<T>& values, Digest* digest, Monitor& monitor) {
  constexpr size_t kStep = (size_t{1} << 20) / sizeof(T);
  digest->add_word(values.size());
  for (size_t i = 0; i < values.size(); i += kStep) {
    if (monitor.stop()) return Status::interrupted();
    digest->add(values.data() + i, std::min(kStep, values.size() - i) * sizeof(T));
  }
  return {};
}

std::vector<std::string> prior_sources(const TrainOptions& options) {
  return {options.work_features,
          options.work_text,
          options.tokenizer,
          options.stop_words,
          std::to_string(options.max_word_share),
          options.subject_labels,
          options.subject_features,
          options.work_vectors,
          options.subject_vectors};
}

}  // namespace

Result<std::unique_ptr<Tuning>> Tuning::begin(Connection& connection, std::string_view who,
                                              const Request& request) {
  std::unique_ptr<Tuning> tuning(new Tuning(connection, who));
  Tuning& t = *tuning;
  SUBJREC_TRY(t.read_options(request));
  sqlite3* db = connection.db();
  if (!t.options_.results.empty()) {
    SUBJREC_TRY(check_may_write(db, who));
    SUBJREC_ASSIGN(t.results_, ResultsTable::open(db, who, t.options_.results));
  }
  t.source_ = request.source;
  SUBJREC_ASSIGN(const std::optional<SameAs> same_as, t.read_twins());
  SUBJREC_ASSIGN(t.pairs_, read_pairs(db, who,
                                      {.text = t.source_,
                                       .argument = "argument 1 (source)",
                                       .columns = "work and subject"},
                                      t.monitor_, same_as ? &*same_as : nullptr));
  t.data_.interactions = std::move(t.pairs_.interactions);
  t.data_.work_keys = hashes_of(t.pairs_.works);
  SUBJREC_TRY(t.read_heldout_rows());
  SUBJREC_TRY(t.check_runs());
  if (t.options_.progress) t.monitor_.show("tuning", "runs");
  t.monitor_.set_steps(0, static_cast<double>(t.runs_.size()));
  return tuning;
}

/// The runs are evaluated on the same pairs, so that twins are the same in all.
Result<std::optional<SameAs>> Tuning::read_twins() {
  if (runs_.empty()) return std::optional<SameAs>();
  for (const Run& run : runs_) {
    if (run.options.same_as == runs_[0].options.same_as) continue;
    return Status(Code::kInvalid, who_ +
                                      ": option \"same_as\" must be the same in all runs, which "
                                      "are evaluated on the same pairs");
  }
  return read_same_as(db(), who_, runs_[0].options, nullptr, monitor_);
}

Status Tuning::read_options(const Request& request) {
  SUBJREC_TRY(tune_option_table().read_json(who_, request.options, &options_));
  const bool heldout = !options_.heldout.empty();
  if (heldout && options_.given.count("validation") != 0) {
    return {Code::kInvalid,
            who_ + ": options \"validation\" and \"heldout\" are two ways to evaluate; give one"};
  }
  if (heldout) options_.validation = 0;
  const OptionNames evaluated_by = {heldout ? "heldout" : "validation", "validation_metric"};
  evaluated_by_ = tune_option_table().to_json(options_, &evaluated_by);
  SUBJREC_ASSIGN(const std::vector<std::string> grid, read_grid(who_, request.grid));
  for (const std::string& json : grid) SUBJREC_TRY(read_run(json));
  return {};
}

Status Tuning::read_run(const std::string& json) {
  Run run;
  TrainOptions& o = run.options;
  SUBJREC_TRY(train_option_table().read_json(who_, json, &o));
  for (const char* name : kForAllRuns) {
    if (o.given.count(name) == 0) continue;
    return {Code::kInvalid, who_ + ": option \"" + name +
                                "\" is one for all runs: give it in argument 3 (options) and not "
                                "in the grid"};
  }
  run.text = train_option_table().to_json(o, &o.given);
  for (size_t i = 0; i < runs_.size(); ++i) {
    if (runs_[i].text != run.text) continue;
    return {Code::kInvalid, who_ + ": run " + std::to_string(runs_.size() + 1) +
                                " of the grid is the same as run " + std::to_string(i + 1) + ": " +
                                run.text};
  }
  o.validation = options_.validation;
  o.validation_metric = options_.validation_metric;
  o.threads = options_.threads;
  o.memory_limit = options_.memory_limit;
  runs_.push_back(std::move(run));
  return {};
}

Status Tuning::read_heldout_rows() {
  if (options_.heldout.empty()) return {};
  SUBJREC_ASSIGN(HeldOut heldout, read_heldout(db(), who_,
                                               {.text = options_.heldout,
                                                .argument = "option \"heldout\"",
                                                .columns = "work and subject"},
                                               pairs_.works, pairs_.subjects, monitor_));
  const Interactions& rows = heldout.interactions;
  const uint64_t all = rows.nnz() + heldout.unknown_rows;
  const auto wrong = [&](const std::string& what) {
    return Status(Code::kInvalid, who_ + ": option \"heldout\": " + what);
  };
  if (all == 0) return wrong("it has no (work, subject) rows");
  if (rows.nnz() == 0) {
    return wrong("none of its " + std::to_string(all) +
                 " rows has a work and a subject that the source has");
  }
  uint64_t learned = 0;
  Poll poll(monitor_, 1 << 14);
  for (size_t w = 0; w < rows.n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    const auto own = data_.interactions.row(w);
    for (const uint32_t s : rows.row(w)) learned += std::binary_search(own.begin(), own.end(), s);
  }
  if (learned > 0) {
    return wrong(std::to_string(learned) + " of its " + std::to_string(all) +
                 " rows are in the source, too, where the runs learn them; leave them out there, "
                 "like SELECT work_id, subject_id FROM work_subjects EXCEPT SELECT * FROM heldout");
  }
  heldout_ = HeldOutPairs{std::move(heldout.interactions), heldout.unknown_rows,
                          heldout.unknown_works, std::move(heldout.unknown_subjects)};
  heldout_nulls_ = heldout.nulls;
  return {};
}

/// Refuses what cannot be trained before anything is.
Status Tuning::check_runs() {
  for (Run& run : runs_) {
    ++done_;  // for the error's text
    SUBJREC_TRY(said_by(speaker(run), check_options(run.options)));
    SUBJREC_TRY(need_priors(run));
    resolve_options(data_, &run.options);
    SUBJREC_TRY(said_by(speaker(run), check_solvable(run.options)));
    TrainOptions evaluated = run.options;
    if (heldout_) evaluated.validation = 0.5;  // evaluating takes memory, whatever is held out
    SUBJREC_TRY(said_by(speaker(run), check_memory(data_, evaluated, available_memory())));
  }
  done_ = 0;
  return {};
}

/// Reads what a run is told besides, unless it is what the run before was told.
Status Tuning::need_priors(const Run& run) {
  std::vector<std::string> sources = prior_sources(run.options);
  if (sources == priors_read_) return {};
  priors_read_.clear();
  data_.work_features = {};
  data_.labels = nullptr;
  data_.subject_features = {};
  data_.work_vectors = {};
  data_.subject_vectors = {};
  SUBJREC_ASSIGN([[maybe_unused]] const SideInformation priors,
                 read_side_information(db(), speaker(run), run.options, nullptr, pairs_.works,
                                       pairs_.subjects, &data_, monitor_));
  SUBJREC_TRY(read_priors_digest());
  priors_read_ = std::move(sources);
  return {};
}

Status Tuning::read_priors_digest() {
  Digest digest;
  for (const SparseRows* rows : {&data_.work_features, &data_.subject_features}) {
    digest.add_word(rows->n_columns);
    SUBJREC_TRY(add_values(rows->offsets, &digest, monitor_));
    SUBJREC_TRY(add_values(rows->columns, &digest, monitor_));
    SUBJREC_TRY(add_values(rows->weights, &digest, monitor_));
  }
  for (const PretrainedVectors* vectors : {&data_.work_vectors, &data_.subject_vectors}) {
    digest.add_word(vectors->dim);
    SUBJREC_TRY(add_values(vectors->values, &digest, monitor_));
  }
  if (data_.labels) {
    SUBJREC_TRY(add_values(data_.labels->subjects, &digest, monitor_));
    for (const NumberRows* rows : {&data_.labels->labels, &data_.labels->words}) {
      SUBJREC_TRY(add_values(rows->offsets, &digest, monitor_));
      SUBJREC_TRY(add_values(rows->numbers, &digest, monitor_));
    }
  }
  priors_digest_ = digest.hex();
  return {};
}

Result<RunKey> Tuning::key_of(const Run& run) {
  TrainOptions used = run.options;  // with the defaults of this version, for this data
  used.threads = 0;                 // these change no result
  used.memory_limit = 0;
  Digest digest;
  for (const std::string& part : {std::string(SUBJREC_VERSION), pairs_.fingerprint, priors_digest_,
                                  train_option_table().to_json(used)}) {
    digest.add(part);
  }
  if (heldout_) {
    SUBJREC_TRY(add_values(heldout_->pairs.offsets, &digest, monitor_));
    SUBJREC_TRY(add_values(heldout_->pairs.subjects, &digest, monitor_));
    digest.add_word(heldout_->unknown_rows);
    digest.add_word(heldout_->unknown_works);
  }
  return RunKey{run.text, digest.hex()};
}

Status Tuning::step() {
  const Run& run = runs_[done_];
  ++done_;
  const Clock clock;
  SUBJREC_TRY(need_priors(run));
  SUBJREC_ASSIGN(const RunKey key, key_of(run));
  last_ = Row{run.text, {}, false};
  if (results_) {
    SUBJREC_ASSIGN(auto found, results_->find(key));
    last_.kept = found.has_value();
    if (found) last_.outcome = std::move(*found);
  }
  if (last_.kept) {
    ++found_;
  } else {
    const HeldOutPairs* heldout = heldout_ ? &*heldout_ : nullptr;
    SUBJREC_ASSIGN(TrialResult result,
                   said_by(speaker(run), run_trial(data_, run.options, heldout, monitor_)));
    last_.outcome = StoredTrial{std::move(result), clock.seconds()};
    if (results_) SUBJREC_TRY(results_->keep(key, last_.outcome, source_, evaluated_by_));
  }
  compare();
  return {};
}

/// Keeps the last run if it is the best so far, and says so.
void Tuning::compare() {
  const auto value = [](const Row& row) { return row.outcome.result.best->value; };
  if (last_.outcome.result.best &&
      (!best_ || is_better(options_.validation_metric, value(last_), value(best_->row)))) {
    best_ = Best{done_, last_};
  }
  std::string note;
  if (best_) {
    char number[32];
    sqlite3_snprintf(sizeof number, number, " %.4g", value(best_->row));
    note = "best " + options_.validation_metric + number;
  }
  monitor_.set_steps(static_cast<double>(done_), static_cast<double>(runs_.size()), note);
  if (done()) monitor_.finish();
}

/// Who speaks of a run: its number is that of the runs begun.
std::string Tuning::speaker(const Run& run) const {
  return who_ + ": run " + std::to_string(done_) + " of " + std::to_string(runs_.size()) + ", " +
         run.text;
}

std::string Tuning::summary() const {
  const Interactions& y = data_.interactions;
  JsonWriter json;
  json.add("runs", runs_.size()).add("trained", done_ - found_).add("kept", found_);
  json.add("works", y.n_works).add("subjects", y.n_subjects).add("interactions", y.nnz());
  pairs_.add_counts(&json);
  if (heldout_) {
    json.add("heldout", heldout_->pairs.nnz()).add("heldout_unknown", heldout_->unknown_rows);
    json.add("heldout_nulls", heldout_nulls_);
  }
  if (best_) {
    const BestEpoch& epoch = *best_->row.outcome.result.best;
    JsonWriter best;
    best.add("run", best_->run).add_raw("options", best_->row.options);
    best.add("best_epoch", epoch.epoch).add_raw("metrics", epoch.metrics);
    json.add_raw("best", best.object());
  } else {
    json.add_null("best");
  }
  return json.add_seconds("seconds", seconds()).object();
}

}  // namespace subjrec
