#include "core/ingest/host_simdjson.h"

#if !defined(_WIN32) && !defined(__EMSCRIPTEN__)
#include <dlfcn.h>
#endif
#include <simdjson.h>

#include <string>

namespace subjrec {

#if defined(_WIN32) || defined(__EMSCRIPTEN__)

// There a name means what the linker made of it, whatever the program has.
Status check_simdjson_is_ours() { return {}; }

#else

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

#endif

}  // namespace subjrec
