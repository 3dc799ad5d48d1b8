#include "core/base/json_writer.h"
#include "core/train/algorithm.h"
#include "core/train/distributed/protocol.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/shard_source.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_finish";

/// What the file remembers of the run.
Config config_of(const DistributedState& state, const std::string& source,
                 const std::string& fingerprint, uint32_t shard) {
  Config config;
  config["source"] = source;
  config["source_fingerprint"] = fingerprint;
  config["given_options"] = state.given_options();
  TrainOptions stored = state.options;
  stored.threads = 0;  // these say nothing about the model
  stored.memory_limit = 0;
  stored.progress = false;
  config["options"] = train_option_table().to_json(stored);
  config["n_works_of_all_shards"] = std::to_string(state.total().works);
  config["shards"] = std::to_string(state.shards);
  if (shard != kAllShards) config["shard"] = std::to_string(shard);
  return config;
}

Result<std::string> store(sqlite3* db, std::string_view who, const ModelName& name,
                          DistributedState* state, const ShardRows& shard_rows, Config config,
                          Monitor& monitor) {
  SUBJREC_ASSIGN(state->model.works, said_by(who, embed_works(*state, shard_rows, monitor)));
  TrainData data;
  data.interactions = shard_rows.interactions;
  data.work_features = shard_rows.features;
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db, who, name.schema));
  SUBJREC_TRY(need_model_table(db, who, name));
  const StoredRun run{.model = state->model,
                      .data = data,
                      .works = shard_rows.works,
                      .subjects = state->subjects,
                      .features = state->features,
                      .history = state->history,
                      .config = std::move(config),
                      .subject_works = &state->subject_works,
                      .computed_works = state->options.work_embeddings == "computed",
                      .threads = state->options.threads};
  SUBJREC_ASSIGN(std::string digest, write_model(db, who, name, run, monitor));
  SUBJREC_TRY(savepoint.release(who));
  return digest;
}

std::string summary(const ModelName& name, const DistributedState& state, uint32_t shard,
                    const ShardRows& shard_rows, const std::string& digest) {
  JsonWriter json;
  json.add("model", name.shown()).add("algorithm", state.options.algorithm);
  json.add_raw("shard", shard == kAllShards ? "null" : std::to_string(shard));
  json.add("works", shard_rows.works.size()).add("subjects", state.subjects.size());
  json.add("interactions", shard_rows.interactions.nnz());
  if (shard_rows.interactions.weighted()) {
    json.add("weights", find_algorithm(state.options.algorithm)->weights);
  }
  json.add("digest", digest);
  return json.object();
}

/// subjrec_finish(model, state, source, shard)
Status finish(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  sqlite3* db = connection.db();
  SUBJREC_ASSIGN(const std::string model, arguments.model(0));
  SUBJREC_ASSIGN(DistributedState state, state_argument(arguments, 1));
  if (!state.done()) {
    return {Code::kInvalid, std::string(kName) + ": the training is in the phase \"" +
                                std::string(phase_name(state.phase)) +
                                "\"; wanted the state that is done"};
  }
  std::string who = kName;
  uint32_t shard = kAllShards;
  if (arguments.given(3)) {
    SUBJREC_ASSIGN(shard, shard_number(arguments, 3, state));
    who += ": shard " + std::to_string(shard);
  }
  SUBJREC_ASSIGN(const SourceText source, source_argument(arguments, who));
  SUBJREC_TRY(check_may_write(db, who));
  bool exists = false;
  SUBJREC_ASSIGN(const ModelName name, find_or_name_model(db, who, model, &exists));
  SUBJREC_TRY(exists ? check_shadow_owner(db, who, name) : check_new_model(db, who, name));
  SUBJREC_TRY(check_writable(db, who, name, "storing"));
  SqliteMonitor monitor(db);
  SUBJREC_ASSIGN(const ShardData data, read_shard(db, who, source, state.options, monitor));
  SUBJREC_TRY(said_by(who, check_counted(state, shard, data.counts)));
  SUBJREC_ASSIGN(const ShardRows shard_rows,
                 said_by(who, renumber(data, state.subjects, state.features, monitor)));
  SUBJREC_ASSIGN(const std::string digest,
                 store(db, who, name, &state, shard_rows,
                       config_of(state, source.text, data.fingerprint, shard), monitor));
  result_text(context, summary(name, state, shard, shard_rows, digest));
  return {};
}

}  // namespace

int register_finish(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {kName, {"model", "state", "source", "shard"}, 4, SQLITE_DIRECTONLY}, finish);
}

}  // namespace subjrec
