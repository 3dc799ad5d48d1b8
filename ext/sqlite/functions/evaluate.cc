#include "core/evaluate/evaluate.h"

#include "core/base/status.h"
#include "core/options/option_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/source.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

struct Options {
  int k = 10;                 // length of the list that is judged
  int rare_below = 10;        // a subject on fewer works than this is rare
  bool thresholds = false;    // judge lists that are cut at a probability, too
  bool drop_unknown = false;  // leave rows of unknown works and subjects out
  double popularity = 0;      // discount on common subjects, core/retrieval/popularity.h
  int threads = 0;            // 0: as many as the machine has; never changes a result

  OptionNames given;
};

const OptionTable<Options>& option_table() {
  static const OptionTable<Options> table(
      {
          {"k", &Options::k, 1, 1000, false, {}, "length of the list that is judged"},
          {"rare_below",
           &Options::rare_below,
           0,
           1e9,
           false,
           {},
           "a subject on fewer works than this in training is rare"},
          {"popularity",
           &Options::popularity,
           0,
           1,
           false,
           {},
           "discount on common subjects: 0 ranks as trained, 1 leaves nothing of their being "
           "common"},
          {"thresholds",
           &Options::thresholds,
           0,
           0,
           false,
           {},
           "judge lists that are cut at every length up to k and at probabilities from 0 to 0.95"},
          {"drop_unknown",
           &Options::drop_unknown,
           0,
           0,
           false,
           {},
           "leave out rows of works and subjects that the model does not know, and not count them "
           "as missed"},
          {"threads",
           &Options::threads,
           0,
           1024,
           false,
           {},
           "0: as many as the machine has; never changes a result"},
      },
      {{"top_k", "k"},
       {"topk", "k"},
       {"n", "k"},
       {"K", "k"},
       {"num_threads", "threads"},
       {"n_jobs", "threads"}});
  return table;
}

/// What both table-valued functions do: rank every subject for every held-out row.
Result<Evaluation> judge(Connection& connection, const char* who, const TableArguments& arguments,
                         std::shared_ptr<ServedModel>* loaded) {
  SUBJREC_ASSIGN(const std::string name, arguments.model(0));
  SUBJREC_ASSIGN(std::string source, arguments.source(1));
  Options options;
  SUBJREC_ASSIGN(const std::string_view given, arguments.options(2));
  SUBJREC_TRY(option_table().read_json(who, given, &options));
  SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection, who, name));
  SUBJREC_TRY(model->need_works(who));
  *loaded = model->loaded();
  const ServedModel& m = **loaded;
  SqliteMonitor monitor(connection.db());
  SUBJREC_ASSIGN(const HeldOut heldout, read_heldout(connection.db(), who,
                                                     {.text = std::move(source),
                                                      .argument = "argument 2 (heldout)",
                                                      .columns = "work and subject"},
                                                     m.works->ids, m.stored.subjects, monitor));
  if (heldout.interactions.nnz() + heldout.unknown_rows == 0) {
    return Status(Code::kInvalid,
                  std::string(who) + ": the held-out source has no (work, subject) rows");
  }
  EvaluateOptions core;
  core.k = {options.k};
  core.rare_below = static_cast<uint32_t>(options.rare_below);
  core.shift = m.shift(options.popularity);
  core.thresholds = options.thresholds;
  if (!options.drop_unknown) {
    core.unknown_rows = heldout.unknown_rows;
    core.unknown_works = heldout.unknown_works;
    core.unknown_subjects = heldout.unknown_subjects;
  }
  ThreadTeam team(resolve_threads(options.threads));
  return evaluate(m.stored.model, m.works->data, heldout.interactions, core, team, monitor);
}

/// One row a metric, in the order that core/evaluate/evaluate.h documents.
class EvaluateCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {.name = "subjrec_evaluate",
                                              .columns = "metric TEXT, value REAL",
                                              .arguments = {"model", "heldout", "options"},
                                              .required = 2,
                                              .flags = SQLITE_VTAB_DIRECTONLY,
                                              .rows = 30};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) override {
    at_ = 0;
    std::shared_ptr<ServedModel> loaded;
    SUBJREC_ASSIGN(evaluation_, judge(connection(), kSpec.name, arguments, &loaded));
    return {};
  }

  bool eof() const override { return at_ >= evaluation_.metrics.size(); }

  Status next() override {
    ++at_;
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    const auto& [metric, value] = evaluation_.metrics[at_];
    if (column == 0) {
      result_text(context, metric);
    } else {
      sqlite3_result_double(context, value);
    }
    return {};
  }

 private:
  Evaluation evaluation_;
  size_t at_ = 0;
};

/// One row a subject that was held out or listed.
class EvaluateSubjectsCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_evaluate_subjects",
      .columns =
          "subject_id, support INTEGER, true_positives INTEGER, false_positives INTEGER, "
          "false_negatives INTEGER, precision REAL, recall REAL",
      .arguments = {"model", "heldout", "options"},
      .required = 2,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 10000};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) override {
    at_ = 0;
    SUBJREC_ASSIGN(evaluation_, judge(connection(), kSpec.name, arguments, &loaded_));
    return {};
  }

  bool eof() const override { return at_ >= evaluation_.subjects.size(); }

  Status next() override {
    ++at_;
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    const SubjectOutcome& outcome = evaluation_.subjects[at_];
    switch (column) {
      case 0:
        result_id(context, loaded_->stored.subjects[outcome.subject]);
        break;
      case 1:
        sqlite3_result_int64(context, outcome.support);
        break;
      case 2:
        sqlite3_result_int64(context, outcome.true_positives);
        break;
      case 3:
        sqlite3_result_int64(context, outcome.false_positives);
        break;
      case 4:
        sqlite3_result_int64(context, outcome.false_negatives);
        break;
      case 5:
        sqlite3_result_double(context, outcome.precision());
        break;
      default:
        sqlite3_result_double(context, outcome.recall());
    }
    return {};
  }

 private:
  std::shared_ptr<ServedModel> loaded_;
  Evaluation evaluation_;
  size_t at_ = 0;
};

}  // namespace

int register_evaluate(const std::shared_ptr<Connection>& connection) {
  const int code = register_table_function<EvaluateCursor>(connection);
  if (code != SQLITE_OK) return code;
  return register_table_function<EvaluateSubjectsCursor>(connection);
}

}  // namespace subjrec
