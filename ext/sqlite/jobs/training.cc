#include "sqlite/jobs/training.h"

#include "core/base/available_memory.h"
#include "core/base/digest.h"
#include "core/base/json_writer.h"
#include "core/model/train_data_digest.h"
#include "core/train/algorithm.h"
#include "core/train/diagnosis.h"
#include "core/train/history_json.h"
#include "core/train/memory.h"
#include "core/train/resolve_options.h"
#include "core/train/validation.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/store/disk_space.h"

namespace subjrec {
namespace {

std::string remembered(const Config& config, std::string_view key) {
  const auto at = config.find(key);
  return at == config.end() ? std::string() : at->second;
}

/// Whether what SQLite did not store may be stored by the same call once there is room or no lock.
bool may_succeed_later(Code code) {
  return code == Code::kSql || code == Code::kIo || code == Code::kBusy || code == Code::kReadOnly;
}

}  // namespace

Result<std::unique_ptr<Training>> Training::begin(Connection& connection, std::string_view who,
                                                  const Request& request, Scope scope) {
  std::unique_ptr<Training> training(new Training(connection, who, scope));
  Training& t = *training;
  SUBJREC_TRY(t.resolve_request(request));
  SUBJREC_TRY(check_writable(connection.db(), who, t.name_, "training"));
  SUBJREC_ASSIGN(const std::optional<SameAs> same_as,
                 read_same_as(connection.db(), who, t.options_, &t.said_, t.monitor_));
  SUBJREC_ASSIGN(t.pairs_, read_pairs(connection.db(), who,
                                      {.text = t.source_,
                                       .argument = "argument 2 (source)",
                                       .columns = "work and subject",
                                       .remembered = t.remembered_source_},
                                      t.monitor_, same_as ? &*same_as : nullptr));
  t.data_.interactions = std::move(t.pairs_.interactions);
  t.data_.work_keys = hashes_of(t.pairs_.works);
  SUBJREC_TRY(said_by(who, check_options(t.options_)));
  if (!t.options_.subject_labels.empty()) {
    SUBJREC_ASSIGN(t.pairs_.twins, add_unseen_subjects(connection.db(), who, t.options_, &t.said_,
                                                       same_as ? &*same_as : nullptr,
                                                       &t.pairs_.subjects, &t.data_, t.monitor_));
  }
  SUBJREC_ASSIGN(t.priors_,
                 read_side_information(connection.db(), who, t.options_, &t.said_, t.pairs_.works,
                                       t.pairs_.subjects, &t.data_, t.monitor_));
  resolve_options(t.data_, &t.options_);
  SUBJREC_TRY(said_by(who, check_solvable(t.options_)));
  SUBJREC_TRY(said_by(who, check_memory(t.data_, t.options_, available_memory())));
  SUBJREC_TRY(t.check_space());
  t.take_unstored();
  if (!t.trained_before_) {
    SUBJREC_ASSIGN(t.trainer_, said_by(who, make_validated_trainer(t.data_, t.options_)));
  }
  if (t.options_.progress) t.monitor_.show("training " + t.name_.shown(), "epochs");
  t.monitor_.set_steps(0, t.options_.epochs);
  return training;
}

/// A disk that is too full for the model is said before it is trained, not after. A model that is
/// stored already leaves room for its successor.
Status Training::check_space() const {
  if (was_stored_) return {};
  return check_disk_space(connection_.db(), who_, name_.schema, stored_bytes(data_, options_),
                          "storing the model needs",
                          "nothing was trained; make room, or train in an attached database on "
                          "another disk, as aux." +
                              name_.table);
}

Status Training::resolve_request(const Request& request) {
  bool exists = false;
  SUBJREC_ASSIGN(name_, find_or_name_model(connection_.db(), who_, request.model, &exists));
  SUBJREC_TRY(exists ? check_shadow_owner(connection_.db(), who_, name_)
                     : check_new_model(connection_.db(), who_, name_));
  Config config;
  // With both given nothing has to be remembered, and damage is repaired.
  if (exists) {
    Result<Config> stored = read_config(connection_.db(), who_, name_);
    const bool damaged = !stored.ok() && stored.status().code() == Code::kCorrupt;
    if (!stored.ok() && !(damaged && request.source && request.options)) return stored.status();
    if (stored.ok()) config = *std::move(stored);
    was_stored_ = damaged || config.count("digest") != 0;
  }
  source_ = request.source ? *request.source : remembered(config, "source");
  remembered_source_ = !request.source;
  if (source_.empty()) {
    return {Code::kInvalid, who_ + ": argument 2 (source) is missing: model \"" + name_.shown() +
                                "\" remembers none; name a table of (work, subject) rows, like "
                                "SELECT subjrec_train('" +
                                name_.shown() + "', 'work_subjects')"};
  }
  SUBJREC_TRY(resolve_given_options(request, remembered(config, "given_options")));
  OptionNames kept = options_.given;
  for (const char* of_this_call : {"progress", "memory_limit"}) kept.erase(of_this_call);
  given_options_ = train_option_table().to_json(options_, &kept);
  return {};
}

/// What is said wins over what is remembered, option by option; to say the recipe "auto" forgets.
Status Training::resolve_given_options(const Request& request, const std::string& before) {
  TrainOptions said;
  if (request.options) SUBJREC_TRY(train_option_table().read_json(who_, *request.options, &said));
  said_ = said.given;
  if (said.given.count("recipe") != 0 && said.recipe == "auto") {
    options_ = said;
    return {};
  }
  if (!train_option_table().read_json(who_, before, &options_).ok()) {
    if (request.options) {
      options_ = said;  // what is damaged is not remembered
      return {};
    }
    return corrupt(who_, name_, "config", "\"given_options\" is '" + printable(before) + "'");
  }
  if (!request.options) return {};
  if (said.given.count("algorithm") != 0 && said.algorithm != options_.algorithm) {
    SUBJREC_TRY(keep_what_is_read(said.algorithm));
  }
  return train_option_table().read_json(who_, *request.options, &options_);
}

/// Another algorithm takes over those remembered options that it reads.
Status Training::keep_what_is_read(const std::string& algorithm) {
  TrainOptions remembered = std::move(options_);
  remembered.algorithm = algorithm;
  const OptionNames kept = options_that_are_read(remembered);
  options_ = TrainOptions();
  return train_option_table().read_json(who_, train_option_table().to_json(remembered, &kept),
                                        &options_);
}

Status Training::step() {
  if (trainer_) {
    SUBJREC_TRY(run_epoch());
    if (trained_.last->epoch < options_.epochs && !trainer_->finished()) return {};
    SUBJREC_TRY(finish_model());
    trainer_.reset();
  }
  Status status = store();
  if (!status.ok()) {
    if (!may_succeed_later(status.code())) return status;
    keep_unstored();
    return {status.code(), status.message() +
                               "; the trained model is kept in this connection, and the same call "
                               "again stores it without training"};
  }
  stored_ = true;
  return {};
}

Status Training::run_epoch() {
  Trained& t = trained_;
  const size_t before = t.history.size();
  SUBJREC_ASSIGN(const double loss, trainer_->run_epoch(&t.history, monitor_));
  const int64_t epoch = t.last ? t.last->epoch + 1 : 1;
  const std::string metrics = metrics_json(std::span(t.history).subspan(before));
  t.last = Epoch{epoch, loss, seconds(), metrics.empty() ? metrics : "{" + metrics + "}"};
  char note[32];
  sqlite3_snprintf(sizeof note, note, "loss %.4g", loss);
  monitor_.set_steps(static_cast<double>(epoch), options_.epochs, note);
  return {};
}

/// What still has to be computed is computed before the database is locked.
Status Training::finish_model() {
  SUBJREC_ASSIGN(trained_.model, trainer_->finish(monitor_));
  // A model with a value that is not finite could not be read back.
  if (all_finite(trained_.model)) {
    trained_.summary = trainer_->summary();
    return {};
  }
  return {Code::kInvalid, who_ + ": " + divergence(options_, trained_.history)};
}

/// Those that say something about the model, as JSON.
std::string Training::stored_options() const {
  TrainOptions options = options_;
  options.threads = 0;
  options.memory_limit = 0;
  options.progress = false;
  return train_option_table().to_json(options);
}

/// What this training's model depends on, and where it goes.
std::string Training::key() const {
  Digest digest;
  for (const std::string& text :
       {name_.schema, name_.table, pairs_.fingerprint, stored_options()}) {
    digest.add(text);
  }
  add_side_information(data_, &digest);
  for (size_t f = 0; f < priors_.features.size(); ++f) add_id(priors_.features[f], &digest);
  for (const uint32_t s : data_.unseen_subjects) add_id(pairs_.subjects[s], &digest);
  return digest.hex();
}

void Training::keep_unstored() {
  connection_.unstored() = std::make_shared<Unstored>(Unstored{key(), std::move(trained_)});
}

/// Another training lets go of what was kept.
void Training::take_unstored() {
  const auto kept = std::static_pointer_cast<Unstored>(std::exchange(connection_.unstored(), {}));
  trained_before_ = kept && kept->key == key();
  if (trained_before_) trained_ = std::move(kept->trained);
}

Status Training::store() {
  SUBJREC_ASSIGN(warning_, training_warning(data_, trained_.model, monitor_));
  if (scope_ == Scope::kStatement) {
    const bool alone = sqlite3_get_autocommit(connection_.db()) != 0;
    Status status = write();
    // In a transaction of the user's, SQLite would keep what was written before the error.
    if (!status.ok() && !alone) {
      sqlite3_exec(connection_.db(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    return status;
  }
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(connection_.db(), who_, name_.schema));
  SUBJREC_TRY(write());
  return savepoint.release(who_);
}

Status Training::write() {
  sqlite3* db = connection_.db();
  // Another connection may have made or dropped the table since begin().
  SUBJREC_TRY(need_model_table(db, who_, name_));
  Config config;
  config["source"] = source_;
  config["source_fingerprint"] = pairs_.fingerprint;
  config["given_options"] = given_options_;
  config["options"] = stored_options();
  const StoredRun run{.model = trained_.model,
                      .data = data_,
                      .works = pairs_.works,
                      .subjects = pairs_.subjects,
                      .features = priors_.features,
                      .history = trained_.history,
                      .config = std::move(config),
                      .computed_works = options_.work_embeddings == "computed",
                      .threads = options_.threads,
                      .has_whole_source = true};
  SUBJREC_ASSIGN(digest_, write_model(db, who_, name_, run, monitor_));
  monitor_.finish();
  seconds_ = seconds();
  return {};
}

/// The options that an earlier training was given, and this one not.
std::string Training::remembered_json() const {
  OptionNames names;
  for (const std::string& name : options_.given) {
    if (said_.count(name) == 0) names.insert(name);
  }
  return train_option_table().to_json(options_, &names);
}

std::string Training::summary() const {
  const Interactions& y = data_.interactions;
  JsonWriter json;
  json.add("model", name_.shown());
  if (!warning_.empty()) json.add("warning", warning_);
  json.add("algorithm", options_.algorithm);
  json.add("works", y.n_works).add("subjects", y.n_subjects).add("interactions", y.nnz());
  pairs_.add_counts(&json);
  if (pairs_.recoded > 0) json.add("recoded_ids", pairs_.recoded);
  if (pairs_.weighted) json.add("weightless", pairs_.weightless);
  if (y.weighted()) json.add("weights", find_algorithm(options_.algorithm)->weights);
  if (!options_.same_as.empty()) {
    json.add("twins", pairs_.twins).add("folded_rows", pairs_.folded);
  }
  const auto& [history, last, model, of_trainer] = trained_;
  json.add_members(priors_.summary.members()).add_members(of_trainer);
  if (trained_before_) json.add_raw("trained_before", "true");
  json.add("embedding_dim", model.dim).add_raw("options_remembered", remembered_json());
  json.add("epochs", last->epoch).add("loss", last->loss);
  json.add_seconds("seconds", seconds_).add("calibration_pairs", model.calibration_pairs);
  if (model.calibration_works > 0) json.add("calibration_works", model.calibration_works);
  return json.add("digest", digest_).object();
}

Result<Config> declared_config(std::string_view who, int argc, const char* const* argv) {
  Config config;
  TrainOptions options;
  for (int i = 3; i < argc; ++i) {
    std::string_view word = argv[i];
    const size_t equals = word.find('=');
    const auto trim = [](std::string_view text) {
      const size_t begin = text.find_first_not_of(" \t\r\n");
      if (begin == std::string_view::npos) return std::string_view();
      return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
    };
    if (trim(word).empty()) continue;
    if (equals == std::string_view::npos) {
      return Status(Code::kInvalid,
                    std::string(who) + ": wanted option=value, got " + std::string(trim(word)));
    }
    const std::string_view key = trim(word.substr(0, equals));
    const std::string_view value = trim(word.substr(equals + 1));
    if (key == "source") {
      config["source"] = option_detail::read_word(value).text;
      continue;
    }
    if (options.given.count(key) != 0) {
      return Status(Code::kInvalid,
                    std::string(who) + ": option \"" + std::string(key) + "\" is given twice");
    }
    SUBJREC_TRY(train_option_table().read_word(who, key, value, &options));
  }
  config["given_options"] = train_option_table().to_json(options, &options.given);
  config["format_version"] = std::to_string(WorksFormat().version());
  return config;
}

}  // namespace subjrec
