#include "faults/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "core/snapshot/files.h"
#include "faults/memory.h"

namespace subjrec::faults {
namespace {

struct Totals : ::testing::Environment {
  std::map<std::string, int64_t> runs, failed;
  void TearDown() override {
    for (const auto& [what, n] : runs) {
      std::printf("counted: %s: %lld runs, %lld failures injected\n", what.c_str(),
                  static_cast<long long>(n), static_cast<long long>(failed[what]));
    }
  }
};

Totals& totals() {
  static auto* const all = new Totals;  // GoogleTest deletes it
  return *all;
}

constexpr int64_t kFirst = 12;

}  // namespace

bool every_call() {
  const char* wish = std::getenv("SUBJREC_LONG_TESTS");
  return wish != nullptr && std::strcmp(wish, "1") == 0;
}

void sweep(const std::string& name, int64_t most, const RunWithFault& run) {
  int64_t calls = 0;
  const std::string clean = run(0, false, &calls);
  ASSERT_EQ(clean, "") << name << ", nothing failing";
  const int64_t step = every_call() ? 1 : std::max<int64_t>(1, (calls - kFirst) / most);
  for (const bool on : {false, true}) {
    int wrong = 0;
    for (int64_t n = 1; wrong < 3; n += n < kFirst ? 1 : step) {
      int64_t failed = 0;
      const std::string problem = run(n, on, &failed);
      if (failed == 0) break;
      count(name, failed);
      if (problem.empty()) continue;
      ++wrong;
      ADD_FAILURE() << name << ": call " << n << (on ? " and all after it fail: " : " fails: ")
                    << problem;
    }
  }
}

void count(const std::string& what, int64_t failed) {
  ++totals().runs[what];
  totals().failed[what] += failed;
}

std::string folder() {
  static const testing::TemporaryFolder one;
  return one.path();
}

}  // namespace subjrec::faults

int main(int argc, char** argv) {
  subjrec::faults::install_sqlite_memory();
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::AddGlobalTestEnvironment(&subjrec::faults::totals());
  return RUN_ALL_TESTS();
}
