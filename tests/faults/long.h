// Whether the tests may take long.
#pragma once

#include <cstdlib>

namespace subjrec::faults {

/// Minutes that SUBJREC_LONG_TESTS in the environment allows each kind of test; 0 where it is not
/// set, and the tests have to be short.
inline int long_minutes() {
  const char* minutes = std::getenv("SUBJREC_LONG_TESTS");
  return minutes == nullptr ? 0 : std::atoi(minutes);
}

/// How often something is done: `often`, which takes seconds, or `a_minute` in each minute.
inline int repetitions(int often, int a_minute) {
  const int minutes = long_minutes();
  return minutes > 0 ? minutes * a_minute : often;
}

}  // namespace subjrec::faults
