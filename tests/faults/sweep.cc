#include "faults/sweep.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "faults/long.h"
#include "support/files.h"

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

void sweep(const std::string& name, int64_t most, const RunWithFault& run) {
  int64_t calls = 0;
  const std::string clean = run(0, false, &calls);
  ASSERT_EQ(clean, "") << name << ", nothing failing";
  const int64_t step = std::max<int64_t>(1, (calls - kFirst) / (most * repetitions(1, 3)));
  for (const bool on : {false, true}) {
    int wrong = 0;
    for (int64_t n = 1; wrong < 3; n += n < kFirst ? 1 : step) {
      int64_t failed = 0;
      const std::string problem = run(n, on, &failed);
      if (failed == 0) break;
      count(name.substr(0, name.find(',')), failed);
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

void print_counts_at_the_end() { ::testing::AddGlobalTestEnvironment(&totals()); }

std::string folder() {
  static const testing::TemporaryFolder one;
  return one.path();
}

}  // namespace subjrec::faults
