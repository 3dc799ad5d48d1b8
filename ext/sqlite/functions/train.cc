#include "core/base/status.h"
#include "sqlite/bindings/long_call.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/training.h"

namespace subjrec {
namespace {

/// subjrec_train(model [, source [, options]]): a row an epoch, as it is trained. The model is
/// stored before the last row is delivered; a reader who stops earlier leaves the old one.
struct TrainCall {
  using Job = Training;
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_train",
      .columns =
          "epoch INTEGER, epochs INTEGER, loss REAL, seconds REAL, metrics TEXT, summary TEXT",
      .arguments = {"model", "source", "options"},
      .required = 1,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY};
  static constexpr bool kWrites = true;

  /// What is NULL or left out is remembered.
  static Result<std::unique_ptr<Training>> begin(Connection& connection,
                                                 const Arguments& arguments) {
    Training::Request request;
    SUBJREC_ASSIGN(request.model, arguments.model(0));
    if (arguments.given(1)) {
      SUBJREC_ASSIGN(request.source, arguments.source(1));
    }
    if (arguments.given(2)) {
      SUBJREC_ASSIGN(request.options, arguments.options(2));
    }
    return Training::begin(connection, kSpec.name, request);
  }

  static void column(const Training& training, sqlite3_context* context, int column) {
    const Training::Epoch& epoch = *training.last_epoch();
    switch (column) {
      case 0:
        return sqlite3_result_int64(context, epoch.epoch);
      case 1:
        return sqlite3_result_int(context, training.epochs());
      case 2:
        return sqlite3_result_double(context, epoch.loss);
      case 3:
        return sqlite3_result_double(context, epoch.seconds);
      case 4:
        if (!epoch.metrics.empty()) result_text(context, epoch.metrics);
        return;
      default:
        if (training.done()) result_text(context, training.summary());
    }
  }
};

}  // namespace

int register_train(const std::shared_ptr<Connection>& connection) {
  return register_long_call<TrainCall>(connection);
}

}  // namespace subjrec
