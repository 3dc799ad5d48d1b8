#include "core/train/distributed/protocol.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/bindings/version.h"
#include "sqlite/functions/registry.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_begin";

/// subjrec_begin(options)
Status begin(Connection& /*connection*/, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const std::string options, arguments.text(0, "a text, like '{\"shards\": 4}'"));
  SUBJREC_ASSIGN(const DistributedState state, begin_run(kName, options));
  result_blob(context, encode_state(state, SUBJREC_VERSION));
  return {};
}

}  // namespace

int register_begin(const std::shared_ptr<Connection>& connection) {
  return register_function(connection,
                           {kName, {"options"}, 1, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, begin);
}

}  // namespace subjrec
