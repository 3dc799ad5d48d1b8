#include <algorithm>

#include "core/base/json_writer.h"
#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/options/option_table.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/source.h"
#include "sqlite/source/vectors.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_load";

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

/// Ids with their embeddings and biases, in the order of the ids.
struct Factors {
  IdTable ids;
  size_t dim = 0;
  std::vector<float> embeddings;
  std::vector<float> biases;
};

/// Puts ids in order and the rows after them.
Status sort_factors(Factors* factors, Monitor& monitor) {
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, factors->ids.sort(monitor));
  Factors sorted;
  Poll poll(monitor, 1 << 12);
  SUBJREC_TRY(grow_zeroed(&sorted.embeddings, factors->embeddings.size(), monitor));
  sorted.biases.resize(factors->biases.size());
  for (size_t i = 0; i < moved.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    const auto from = factors->embeddings.begin() + static_cast<ptrdiff_t>(i * factors->dim);
    std::copy_n(from, factors->dim,
                sorted.embeddings.begin() + static_cast<ptrdiff_t>(moved[i] * factors->dim));
    sorted.biases[moved[i]] = factors->biases[i];
  }
  factors->embeddings = std::move(sorted.embeddings);
  factors->biases = std::move(sorted.biases);
  return {};
}

Result<Factors> read_factors(sqlite3* db, const SourceText& source, Monitor& monitor) {
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, kName, source));
  Factors factors;
  std::vector<float> row;
  for (;;) {
    SUBJREC_ASSIGN(const bool more, reader.next(monitor));
    if (!more) break;
    const std::string where = std::string(kName) + ": " + source.argument + ", row " +
                              std::to_string(reader.rows()) + ": ";
    SUBJREC_ASSIGN(const IdView id, reader.id(0, "first"));
    if (factors.ids.find(id)) {
      return Status(Code::kInvalid, where + "the id " + id_text(id) + " came before");
    }
    if (const Status status = read_vector(reader.value(1), &row); !status.ok()) {
      return Status(status.code(), where + status.message());
    }
    if (factors.dim == 0) factors.dim = row.size();
    if (row.size() != factors.dim || row.empty()) {
      return Status(Code::kInvalid, where + "the embedding has " + std::to_string(row.size()) +
                                        " dimensions, and those before it " +
                                        std::to_string(factors.dim));
    }
    factors.ids.intern(id);
    factors.embeddings.insert(factors.embeddings.end(), row.begin(), row.end());
    const double bias = reader.columns() > 2 ? sqlite3_value_double(reader.value(2)) : 0;
    factors.biases.push_back(static_cast<float>(bias));
  }
  if (factors.ids.size() == 0) {
    return Status(Code::kInvalid, std::string(kName) + ": " + source.argument + " gives no rows");
  }
  SUBJREC_TRY(sort_factors(&factors, monitor));
  return factors;
}

/// (works' own biases cannot change a ranking and are left out.)
Status store(sqlite3* db, const ModelName& name, Factors works, Factors subjects, HeldOut tags,
             Monitor& monitor, std::string* digest) {
  Model model;
  model.dim = works.dim;
  model.works = std::move(works.embeddings);
  model.subjects = std::move(subjects.embeddings);
  model.subject_bias = std::move(subjects.biases);
  TrainData data;
  data.interactions = std::move(tags.interactions);
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db, kName, name.schema));
  SUBJREC_TRY(need_model_table(db, kName, name));
  const IdTable no_features;
  const std::vector<HistoryRow> no_history;
  SUBJREC_ASSIGN(*digest, write_model(db, kName, name,
                                      {model, data, works.ids, subjects.ids, no_features,
                                       no_history, Config()},
                                      monitor));
  return savepoint.release(kName);
}

/// subjrec_load(model, works, subjects [, options])
Status load(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const std::string model, arguments.model(0));
  SUBJREC_ASSIGN(const std::string works_source,
                 arguments.text(1, "a text, like 'SELECT id, embedding FROM w'"));
  SUBJREC_ASSIGN(const std::string subjects_source,
                 arguments.text(2, "a text, like 'SELECT id, embedding FROM s'"));
  Options options;
  SUBJREC_ASSIGN(const std::string_view given, arguments.options(3));
  SUBJREC_TRY(option_table().read_json(kName, given, &options));
  sqlite3* db = connection.db();
  SUBJREC_TRY(check_may_write(db, kName));
  bool exists = false;
  SUBJREC_ASSIGN(const ModelName name, find_or_name_model(db, kName, model, &exists));
  SUBJREC_TRY(check_writable(db, kName, name, "loading"));
  SUBJREC_TRY(exists ? check_shadow_owner(db, kName, name) : check_new_model(db, kName, name));
  SqliteMonitor monitor(db);
  SUBJREC_ASSIGN(Factors works, read_factors(db,
                                             {.text = works_source,
                                              .argument = "argument 2 (works)",
                                              .columns = "id and embedding"},
                                             monitor));
  SUBJREC_ASSIGN(Factors subjects, read_factors(db,
                                                {.text = subjects_source,
                                                 .argument = "argument 3 (subjects)",
                                                 .columns = "id and embedding"},
                                                monitor));
  if (works.dim != subjects.dim) {
    return {Code::kInvalid, std::string(kName) + ": works have " + std::to_string(works.dim) +
                                " dimensions and subjects " + std::to_string(subjects.dim) +
                                "; they must have the same"};
  }
  HeldOut tags;
  if (options.interactions.empty()) {
    tags.interactions = make_interactions({}, works.ids.size(), subjects.ids.size());
  } else {
    SUBJREC_ASSIGN(tags, read_heldout(db, kName,
                                      {.text = options.interactions,
                                       .argument = "option \"interactions\"",
                                       .columns = "work and subject"},
                                      works.ids, subjects.ids, monitor));
  }
  JsonWriter json;
  json.add("model", model).add("works", works.ids.size()).add("subjects", subjects.ids.size());
  json.add("embedding_dim", works.dim).add("interactions", tags.interactions.nnz());
  json.add("unknown_interactions", tags.unknown_rows);
  std::string digest;
  SUBJREC_TRY(
      store(db, name, std::move(works), std::move(subjects), std::move(tags), monitor, &digest));
  result_text(context, json.add("digest", digest).object());
  return {};
}

}  // namespace

int register_load(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {kName, {"model", "works", "subjects", "options"}, 3, SQLITE_DIRECTONLY}, load);
}

}  // namespace subjrec
