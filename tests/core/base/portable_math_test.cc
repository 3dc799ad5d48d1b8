#include "core/base/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>

namespace subjrec {
namespace {

TEST(Elementary, AgreesWithTheLibrary) {
  for (double x = -690; x < 690; x += 0.737) {
    const double e = std::exp(x);
    EXPECT_NEAR(portable_exp(x) / e, 1, 1e-13) << x;
    EXPECT_NEAR(portable_log(e), std::log(e), 1e-13 * (1 + std::fabs(x))) << x;
  }
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_log(1), 0);
  EXPECT_EQ(portable_exp(1e6), portable_exp(700)) << "no infinity";
  EXPECT_TRUE(std::isnan(portable_exp(std::nan(""))));
}

}  // namespace
}  // namespace subjrec
