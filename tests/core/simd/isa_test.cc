#include "core/simd/isa.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace subjrec {
namespace {

// In a process of its own, because it is decided once.
TEST(IsaDeathTest, TheEnvironmentMayLowerIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto say = [] {
    std::fputs(isa_name(active_isa()), stderr);
    std::exit(0);
  };
  for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
    setenv("SUBJREC_ISA", isa_name(isa), 1);
    EXPECT_EXIT(say(), ::testing::ExitedWithCode(0),
                isa_name(isa <= best_isa() ? isa : best_isa()));
  }
  setenv("SUBJREC_ISA", "nonsense", 1);
  EXPECT_EXIT(say(), ::testing::ExitedWithCode(0), isa_name(best_isa()));
  unsetenv("SUBJREC_ISA");
}

}  // namespace
}  // namespace subjrec
