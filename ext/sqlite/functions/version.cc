#include "sqlite/bindings/version.h"

#include "core/base/status.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"

namespace subjrec {
namespace {

Status version(Connection&, sqlite3_context* context, const Arguments&) {
  result_text(context, SUBJREC_VERSION);
  return {};
}

}  // namespace

int register_version(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {"subjrec_version", {}, 0, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, version);
}

}  // namespace subjrec
