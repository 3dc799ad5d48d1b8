#include "face/version.h"

#include <zlib.h>

#include <Eigen/Core>

#include "core/base/parallel.h"
#include "core/data/option_table.h"
#include "core/simd/isa.h"
#include "face/function.h"
#include "face/registry.h"

namespace subjrec {
namespace {

Status version(Connection&, sqlite3_context* context, Arguments) {
  result_text(context, SUBJREC_VERSION);
  return {};
}

Status debug(Connection&, sqlite3_context* context, Arguments) {
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
  std::string json;
  for (const auto& [name, value] : facts) {
    json += (json.empty() ? "{" : ",") + option_detail::json_string(name) + ":" +
            option_detail::json_string(value);
  }
  result_text(context, json + "}");
  return {};
}

}  // namespace

int register_version(const std::shared_ptr<Connection>& connection) {
  const int code = register_function(connection, "subjrec_version", 0,
                                     SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, version);
  if (code != SQLITE_OK) return code;
  return register_function(connection, "subjrec_debug", 0, SQLITE_INNOCUOUS, debug);
}

}  // namespace subjrec
