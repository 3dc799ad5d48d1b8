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

/// The arguments of either form; those that were not given are null pointers.
Result<Tuning::Request> request_of(sqlite3_value* source, sqlite3_value* grid,
                                   sqlite3_value* options) {
  const auto wrong = [](const char* argument, const char* wanted, sqlite3_value* got) {
    return Status(Code::kInvalid, std::string(kName) + ": " + argument + " must be " + wanted +
                                      ", got " + shown(got));
  };
  if (sqlite3_value_type(source) != SQLITE_TEXT) {
    return wrong("argument 1 (source)",
                 "a table, a view or a SELECT whose first columns are work and subject", source);
  }
  if (sqlite3_value_type(grid) != SQLITE_TEXT) {
    return wrong("argument 2 (grid)",
                 "a JSON object of options with arrays of values, like '{\"embedding_dim\": [8, "
                 "16], \"epochs\": 20}', or an array of such objects",
                 grid);
  }
  Tuning::Request request{std::string(text_of(source)), std::string(text_of(grid)), {}};
  SUBJREC_ASSIGN(request.options, options_argument("subjrec_tune", 2, options));
  return request;
}

/// subjrec_tune(source, grid [, options]): all runs, and a summary.
Status tune(Connection& connection, sqlite3_context* context, Arguments arguments) {
  if (arguments.size() < 2 || arguments.size() > 3) {
    return {Code::kInvalid, std::string(kName) +
                                ": wanted 2 or 3 arguments (source, grid, options), got " +
                                std::to_string(arguments.size())};
  }
  SUBJREC_ASSIGN(const auto request, request_of(arguments[0], arguments[1],
                                                arguments.size() > 2 ? arguments[2] : nullptr));
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

  Status filter(const TableArguments& arguments) {
    done_ = true;
    SUBJREC_ASSIGN(const auto request, request_of(arguments[0], arguments[1], arguments[2]));
    SUBJREC_ASSIGN(tuning_, Tuning::begin(connection(), kName, request));
    return next();
  }

  bool eof() const { return done_; }

  Status next() {
    done_ = tuning_->finished();
    if (!done_) return tuning_->next_run();
    tuning_.reset();
    return {};
  }

  Status column(sqlite3_context* context, int column) const {
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
  const int code = register_function(connection, kName, -1, SQLITE_DIRECTONLY, tune);
  if (code != SQLITE_OK) return code;
  return TableFunction<TuneCursor>::register_in(connection);
}

}  // namespace subjrec
