#include "sqlite/jobs/loading.h"

#include "core/options/option_table.h"
#include "sqlite/bindings/savepoint.h"

namespace subjrec {
namespace {

struct Options {
  std::string interactions;  // table or SELECT of (work, subject): what is tagged; "" for nothing

  OptionNames given;
};

const OptionTable<Options>& option_table() {
  static const OptionTable<Options> table(
      {{"interactions",
        &Options::interactions,
        0,
        0,
        false,
        {},
        "table or SELECT of (work, subject): what the works are tagged with"}},
      {{"source", "interactions"}, {"tags", "interactions"}, {"user_items", "interactions"}});
  return table;
}

}  // namespace

Result<std::unique_ptr<Job>> Loading::begin(Connection& connection, std::string_view who,
                                            const Request& request) {
  std::unique_ptr<Loading> loading(new Loading(connection, who));
  Options options;
  SUBJREC_TRY(option_table().read_json(who, request.options, &options));
  SUBJREC_TRY(loading->check_name(request.model));
  SUBJREC_TRY(loading->read(request, options.interactions));
  return std::unique_ptr<Job>(std::move(loading));
}

Status Loading::check_name(const std::string& model) {
  bool exists = false;
  SUBJREC_ASSIGN(name_, find_or_name_model(db(), who_, model, &exists));
  SUBJREC_TRY(check_writable(db(), who_, name_, "loading"));
  return exists ? check_shadow_owner(db(), who_, name_) : check_new_model(db(), who_, name_);
}

Status Loading::read(const Request& request, const std::string& interactions) {
  SUBJREC_ASSIGN(works_, read_embedding_rows(db(), who_,
                                             {.text = request.works,
                                              .argument = "argument 2 (works)",
                                              .columns = "id and embedding"},
                                             monitor_));
  SUBJREC_ASSIGN(subjects_, read_embedding_rows(db(), who_,
                                                {.text = request.subjects,
                                                 .argument = "argument 3 (subjects)",
                                                 .columns = "id and embedding"},
                                                monitor_));
  if (works_.dim != subjects_.dim) {
    return {Code::kInvalid, who_ + ": works have " + std::to_string(works_.dim) +
                                " dimensions and subjects " + std::to_string(subjects_.dim) +
                                "; they must have the same"};
  }
  if (interactions.empty()) {
    tags_.interactions = make_interactions({}, works_.ids.size(), subjects_.ids.size());
  } else {
    SUBJREC_ASSIGN(tags_, read_heldout(db(), who_,
                                       {.text = interactions,
                                        .argument = "option \"interactions\"",
                                        .columns = "work and subject"},
                                       works_.ids, subjects_.ids, monitor_));
  }
  summary_.add("model", request.model).add("works", works_.ids.size());
  summary_.add("subjects", subjects_.ids.size()).add("embedding_dim", works_.dim);
  summary_.add("interactions", tags_.interactions.nnz());
  summary_.add("unknown_interactions", tags_.unknown_rows);
  return {};
}

/// (works' own biases cannot change a ranking and are left out.)
Status Loading::step() {
  Model model;
  model.dim = works_.dim;
  model.works = std::move(works_.embeddings);
  model.subjects = std::move(subjects_.embeddings);
  model.subject_bias = std::move(subjects_.biases);
  TrainData data;
  data.interactions = std::move(tags_.interactions);
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db(), who_, name_.schema));
  SUBJREC_TRY(need_model_table(db(), who_, name_));
  const IdTable no_features;
  const std::vector<HistoryRow> no_history;
  SUBJREC_ASSIGN(const std::string digest, write_model(db(), who_, name_,
                                                       {model, data, works_.ids, subjects_.ids,
                                                        no_features, no_history, Config()},
                                                       monitor_));
  SUBJREC_TRY(savepoint.release(who_));
  summary_.add("digest", digest);
  done_ = true;
  return {};
}

}  // namespace subjrec
