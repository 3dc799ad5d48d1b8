#include <zlib.h>

#include <Eigen/Core>
#include <string>
#include <utility>

#include "core/base/json_writer.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/simd/isa.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/bindings/version.h"
#include "sqlite/functions/registry.h"

namespace subjrec {
namespace {

Status debug(Connection&, sqlite3_context* context, const Arguments&) {
  const std::pair<const char*, std::string> facts[] = {
      {"version", SUBJREC_VERSION},
      {"commit", SUBJREC_COMMIT},
      {"compiler", __VERSION__},
      {"simd", isa_name(active_isa())},
      {"sqlite", sqlite3_libversion()},
      {"eigen", std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) +
                    "." + std::to_string(EIGEN_MINOR_VERSION)},
      {"simdjson", SUBJREC_SIMDJSON_VERSION},
      {"zlib", zlibVersion()},
      {"threads", std::to_string(resolve_threads(0))},
  };
  JsonWriter json;
  for (const auto& [name, value] : facts) json.add(name, value);
  result_text(context, json.object());
  return {};
}

}  // namespace

int register_debug(const std::shared_ptr<Connection>& connection) {
  return register_function(connection, {"subjrec_debug", {}, 0, SQLITE_INNOCUOUS}, debug);
}

}  // namespace subjrec
