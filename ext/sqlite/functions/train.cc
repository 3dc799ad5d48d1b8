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
Result<Training::Request> read_request(const Arguments& arguments) {
  Training::Request request;
  SUBJREC_ASSIGN(request.model, arguments.model(0));
  if (arguments.given(1)) {
    SUBJREC_ASSIGN(request.source, arguments.source(1));
  }
  if (arguments.given(2)) {
    SUBJREC_ASSIGN(request.options, arguments.options(2));
  }
  return request;
}

Status train(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const Training::Request request, read_request(arguments));
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

  Status filter(const TableArguments& arguments) override {
    done_ = true;
    SUBJREC_TRY(check_may_write(connection().db(), kName));
    SUBJREC_ASSIGN(const Training::Request request, read_request(arguments));
    SUBJREC_ASSIGN(training_, Training::begin(connection(), kName, request));
    return next();
  }

  bool eof() const override { return done_; }

  Status next() override {
    done_ = training_->finished();
    if (done_) {
      training_.reset();
      return {};
    }
    SUBJREC_TRY(training_->run_epoch());
    return training_->finished() ? training_->store(Training::Scope::kSavepoint) : Status();
  }

  Status column(sqlite3_context* context, int column) override {
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
  const int code = register_function(
      connection, {kName, TrainCursor::kSpec.arguments, 1, SQLITE_DIRECTONLY}, train);
  if (code != SQLITE_OK) return code;
  return register_table_function<TrainCursor>(connection);
}

}  // namespace subjrec
