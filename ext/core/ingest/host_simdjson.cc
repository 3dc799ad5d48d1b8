#include "core/ingest/host_simdjson.h"

#include <dlfcn.h>
#include <simdjson.h>

#include <string>

namespace subjrec {
namespace {

const char anchor = 0;

/// The file that this address was loaded from.
std::string file_of(const void* address) {
  Dl_info info;
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

}  // namespace

Status check_simdjson_is_ours() {
  const std::string used =
      file_of(reinterpret_cast<const void*>(&simdjson::get_active_implementation));
  if (used == file_of(&anchor) || used.find("libsimdjson") != std::string::npos) return {};
  return {Code::kInvalid,
          "subjrec cannot read snapshots inside this program (" + used +
              "), because it has a simdjson of its own that hides the one subjrec needs; import "
              "with another program, like the sqlite3 shell, and train and ask here"};
}

}  // namespace subjrec
