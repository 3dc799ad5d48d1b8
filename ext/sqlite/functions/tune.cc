#include "core/base/status.h"
#include "sqlite/bindings/long_call.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/tuning.h"

namespace subjrec {
namespace {

/// subjrec_tune(source, grid [, options]): a row a run, as it is finished, and kept in the table of
/// results before it is delivered.
struct TuneCall {
  using Job = Tuning;
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_tune",
      .columns =
          "run INTEGER, runs INTEGER, options TEXT, epochs INTEGER, best_epoch INTEGER, value "
          "REAL, loss REAL, validation_loss REAL, recall REAL, ndcg REAL, seconds REAL, metrics "
          "TEXT, history TEXT, kept INTEGER",
      .arguments = {"source", "grid", "options"},
      .required = 2,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY};
  static constexpr bool kWrites = false;  // where it keeps results, Tuning says so
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

  static Result<std::unique_ptr<Tuning>> begin(Connection& connection, const Arguments& arguments) {
    Tuning::Request request;
    SUBJREC_ASSIGN(request.source, arguments.source(0));
    SUBJREC_ASSIGN(request.grid,
                   arguments.text(1,
                                  "a JSON object of options with arrays of values, like "
                                  "'{\"embedding_dim\": [8, 16], \"epochs\": 20}', or an array of "
                                  "such objects"));
    SUBJREC_ASSIGN(request.options, arguments.options(2));
    return Tuning::begin(connection, kSpec.name, request);
  }

  static void column(const Tuning& tuning, sqlite3_context* context, int column) {
    const Tuning::Row& row = tuning.last();
    const TrialResult& result = row.outcome.result;
    switch (column) {
      case kRun:
        return sqlite3_result_int64(context, static_cast<int64_t>(tuning.runs_done()));
      case kRuns:
        return sqlite3_result_int64(context, static_cast<int64_t>(tuning.runs()));
      case kOptions:
        return result_text(context, row.options);
      case kEpochs:
        return sqlite3_result_int64(context, result.epochs);
      case kSeconds:
        return sqlite3_result_double(context, row.outcome.seconds);
      case kHistory:
        return result_text(context, result.history);
      case kKept:
        return sqlite3_result_int(context, row.kept ? 1 : 0);
      default:
        if (result.best) best_column(context, column, *result.best);
    }
  }

  /// NULL where no epoch was evaluated.
  static void best_column(sqlite3_context* context, int column, const BestEpoch& best) {
    if (column == kBestEpoch) sqlite3_result_int64(context, best.epoch);
    if (column == kValue) sqlite3_result_double(context, best.value);
    if (column == kLoss) sqlite3_result_double(context, best.loss);
    if (column == kValidationLoss) sqlite3_result_double(context, best.validation_loss);
    if (column == kRecall) sqlite3_result_double(context, best.recall);
    if (column == kNdcg) sqlite3_result_double(context, best.ndcg);
    if (column == kMetrics) result_text(context, best.metrics);
  }
};

}  // namespace

int register_tune(const std::shared_ptr<Connection>& connection) {
  return register_long_call<TuneCall>(connection);
}

}  // namespace subjrec
