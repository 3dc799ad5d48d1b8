#include "core/train/distributed/protocol.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/progress_monitor.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/bindings/version.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/shard_source.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_next";

/// subjrec_next(state, part)
Status next(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(DistributedState state, state_argument(arguments, 0));
  if (state.done()) {
    return {Code::kInvalid, std::string(kName) + ": the training is done, and no state comes next"};
  }
  SUBJREC_ASSIGN(const Part part, part_argument(arguments, 1));
  ProgressMonitor monitor(connection.db());
  if (state.options.progress) monitor.show("subjrec_next", "steps");
  SUBJREC_TRY(said_by(kName, next_state(part, SUBJREC_VERSION, &state, monitor)));
  monitor.finish();
  result_blob(context, encode_state(state, SUBJREC_VERSION));
  return {};
}

}  // namespace

int register_next(const std::shared_ptr<Connection>& connection) {
  return register_function(connection, {kName, {"state", "part"}, 2, SQLITE_DIRECTONLY}, next);
}

}  // namespace subjrec
