// Whether the tests may take long.
#pragma once

#include <cstdlib>
#include <cstring>

namespace subjrec::faults {

/// SUBJREC_LONG_TESTS=1 in the environment.
inline bool long_tests() {
  const char* wish = std::getenv("SUBJREC_LONG_TESTS");
  return wish != nullptr && std::strcmp(wish, "1") == 0;
}

}  // namespace subjrec::faults
