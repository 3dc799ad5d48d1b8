#include "core/base/status.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/tuning.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_tune";

Result<Tuning::Request> request_of(const Arguments& arguments) {
  Tuning::Request request;
  SUBJREC_ASSIGN(request.source, arguments.source(0));
  SUBJREC_ASSIGN(request.grid,
                 arguments.text(1,
                                "a JSON object of options with arrays of values, like "
                                "'{\"embedding_dim\": [8, 16], \"epochs\": 20}', or an array of "
                                "such objects"));
  SUBJREC_ASSIGN(request.options, arguments.options(2));
  return request;
}

/// subjrec_tune(source, grid [, options]): all runs, and a summary.
Status tune(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const auto request, request_of(arguments));
  // Also where it keeps no results: some versions of SQLite let a CHECK of a planted table call it.
  SUBJREC_TRY(check_may_write(connection.db(), kName));
  SUBJREC_ASSIGN(const auto tuning, Tuning::begin(connection, kName, request));
  while (!tuning->finished()) SUBJREC_TRY(tuning->next_run());
  result_text(context, tuning->summary());
  return {};
}

/// One row a run, as it is finished, and kept in the table of results before it is delivered.
class TuneCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns =
          "run INTEGER, runs INTEGER, options TEXT, epochs INTEGER, best_epoch INTEGER, value "
          "REAL, loss REAL, validation_loss REAL, recall REAL, ndcg REAL, seconds REAL, metrics "
          "TEXT, history TEXT, kept INTEGER",
      .arguments = {"source", "grid", "options"},
      .required = 2,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) override {
    done_ = true;
    SUBJREC_ASSIGN(const auto request, request_of(arguments));
    SUBJREC_ASSIGN(tuning_, Tuning::begin(connection(), kName, request));
    return next();
  }

  bool eof() const override { return done_; }

  Status next() override {
    done_ = tuning_->finished();
    if (!done_) return tuning_->next_run();
    tuning_.reset();
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    const Tuning::Row& row = tuning_->last();
    const TrialResult& result = row.outcome.result;
    switch (column) {
      case kRun:
        sqlite3_result_int64(context, static_cast<int64_t>(tuning_->done()));
        break;
      case kRuns:
        sqlite3_result_int64(context, static_cast<int64_t>(tuning_->runs()));
        break;
      case kOptions:
        result_text(context, row.options);
        break;
      case kEpochs:
        sqlite3_result_int64(context, result.epochs);
        break;
      case kSeconds:
        sqlite3_result_double(context, row.outcome.seconds);
        break;
      case kHistory:
        result_text(context, result.history);
        break;
      case kKept:
        sqlite3_result_int(context, row.kept ? 1 : 0);
        break;
      default:
        if (result.best) best_column(context, column, *result.best);
    }
    return {};
  }

 private:
  enum Column {
    kRun,
    kRuns,
    kOptions,
    kEpochs,
    kBestEpoch,
    kValue,
    kLoss,
    kValidationLoss,
    kRecall,
    kNdcg,
    kSeconds,
    kMetrics,
    kHistory,
    kKept
  };

  /// NULL where no epoch was judged.
  static void best_column(sqlite3_context* context, int column, const BestEpoch& best) {
    if (column == kBestEpoch) sqlite3_result_int64(context, best.epoch);
    if (column == kValue) sqlite3_result_double(context, best.value);
    if (column == kLoss) sqlite3_result_double(context, best.loss);
    if (column == kValidationLoss) sqlite3_result_double(context, best.validation_loss);
    if (column == kRecall) sqlite3_result_double(context, best.recall);
    if (column == kNdcg) sqlite3_result_double(context, best.ndcg);
    if (column == kMetrics) result_text(context, best.metrics);
  }

  std::unique_ptr<Tuning> tuning_;
  bool done_ = true;
};

}  // namespace

int register_tune(const std::shared_ptr<Connection>& connection) {
  const int code = register_function(
      connection, {kName, TuneCursor::kSpec.arguments, 2, SQLITE_DIRECTONLY}, tune);
  if (code != SQLITE_OK) return code;
  return register_table_function<TuneCursor>(connection);
}

}  // namespace subjrec
