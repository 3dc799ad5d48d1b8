#include "core/base/status.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/training.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_train";

/// What is NULL or left out is remembered.
Result<Training::Request> read_request(std::string model, sqlite3_value* source,
                                       sqlite3_value* options) {
  const auto given = [](sqlite3_value* value) {
    return value != nullptr && sqlite3_value_type(value) != SQLITE_NULL;
  };
  Training::Request request{std::move(model), std::nullopt, std::nullopt};
  if (given(source) && sqlite3_value_type(source) != SQLITE_TEXT) {
    return Status(Code::kInvalid, std::string(kName) +
                                      ": argument 2 (source) must be a table, a view or a SELECT "
                                      "whose first columns are work and subject, got " +
                                      shown(source));
  }
  if (given(source)) request.source = text_of(source);
  if (given(options)) {
    SUBJREC_ASSIGN(request.options, options_argument(kName, 2, options));
  }
  return request;
}

Status train(Connection& connection, sqlite3_context* context, Arguments arguments) {
  if (arguments.empty() || arguments.size() > 3) {
    return {Code::kInvalid, std::string(kName) +
                                ": wanted 1 to 3 arguments (model, source, "
                                "options), got " +
                                std::to_string(arguments.size())};
  }
  SUBJREC_ASSIGN(const std::string model, text_argument(kName, arguments, 0, "model", "'rec'"));
  SUBJREC_ASSIGN(const Training::Request request,
                 read_request(model, arguments.size() > 1 ? arguments[1] : nullptr,
                              arguments.size() > 2 ? arguments[2] : nullptr));
  SUBJREC_TRY(check_may_write(connection.db(), kName));
  SUBJREC_ASSIGN(auto training, Training::begin(connection, kName, request));
  while (!training->finished()) SUBJREC_TRY(training->run_epoch());
  SUBJREC_TRY(training->store(Training::Scope::kSavepoint));
  result_text(context, training->summary());
  return {};
}

/// One row an epoch, as it is trained. The model is stored before the last row is delivered; a
/// reader who stops earlier leaves the old one.
class TrainCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns =
          "epoch INTEGER, epochs INTEGER, loss REAL, seconds REAL, metrics TEXT, summary TEXT",
      .arguments = {"model", "source", "options"},
      .required = 1,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) {
    done_ = true;
    SUBJREC_TRY(check_may_write(connection().db(), kName));
    SUBJREC_ASSIGN(const std::string model, model_argument(kName, arguments, 0));
    SUBJREC_ASSIGN(const Training::Request request,
                   read_request(model, arguments[1], arguments[2]));
    SUBJREC_ASSIGN(training_, Training::begin(connection(), kName, request));
    return next();
  }

  bool eof() const { return done_; }

  Status next() {
    done_ = training_->finished();
    if (done_) {
      training_.reset();
      return {};
    }
    SUBJREC_TRY(training_->run_epoch());
    return training_->finished() ? training_->store(Training::Scope::kSavepoint) : Status();
  }

  Status column(sqlite3_context* context, int column) {
    const Training::Epoch& epoch = *training_->last_epoch();
    switch (column) {
      case 0:
        sqlite3_result_int64(context, epoch.epoch);
        break;
      case 1:
        sqlite3_result_int(context, training_->epochs());
        break;
      case 2:
        sqlite3_result_double(context, epoch.loss);
        break;
      case 3:
        sqlite3_result_double(context, epoch.seconds);
        break;
      case 4:
        if (!epoch.metrics.empty()) result_text(context, epoch.metrics);
        break;
      default:
        if (training_->finished()) result_text(context, training_->summary());
    }
    return {};
  }

 private:
  std::unique_ptr<Training> training_;
  bool done_ = true;
};

}  // namespace

int register_train(const std::shared_ptr<Connection>& connection) {
  const int code = register_function(connection, kName, -1, SQLITE_DIRECTONLY, train);
  if (code != SQLITE_OK) return code;
  return TableFunction<TrainCursor>::register_in(connection);
}

}  // namespace subjrec
