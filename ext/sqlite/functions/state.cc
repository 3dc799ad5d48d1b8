#include "core/train/distributed/protocol.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/shard_source.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_state";

/// subjrec_state(state)
Status describe(Connection& /*connection*/, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const DistributedState state, state_argument(arguments, 0));
  result_text(context, state_json(state, static_cast<size_t>(sqlite3_value_bytes(arguments[0]))));
  return {};
}

}  // namespace

int register_state(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {kName, {"state"}, 1, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, describe);
}

}  // namespace subjrec
