#include "core/base/float_mode.h"

#include <gtest/gtest.h>

#include <atomic>

#include "core/base/checksum.h"
#include "core/base/parallel.h"
#include "support/host_float_mode.h"

namespace subjrec {
namespace {

using test::HostFloatMode;

double half_of_the_least_normal() {
  volatile double least = 2.2250738585072014e-308;
  return least / 2;
}
double third() {
  volatile double one = 1;
  volatile double three = 3;
  return one / three;
}

TEST(FloatMode, IsTheUsualOneWithinAndWhatItWasAfterwards) {
  const double usual = third();
  for (const int rounding : HostFloatMode::kRoundings) {
    for (const bool flush : {false, true}) {
      const HostFloatMode host(rounding, flush);
      const double denormal = half_of_the_least_normal();
      {
        const FloatMode mode;
        EXPECT_EQ(std::fegetround(), FE_TONEAREST);
        EXPECT_EQ(third(), usual);
        EXPECT_GT(half_of_the_least_normal(), 0);
      }
      EXPECT_EQ(std::fegetround(), rounding);
      EXPECT_EQ(half_of_the_least_normal(), denormal);
    }
  }
}

TEST(FloatMode, HoldsInTheThreadsOfATeam) {
  const double usual = third();
  const HostFloatMode host(FE_UPWARD, true);
  ThreadTeam team(3);
  Monitor monitor;
  std::atomic<int> other{0};
  const FloatMode mode;
  const auto piece = [&](size_t) {
    if (third() != usual || !(half_of_the_least_normal() > 0)) ++other;
  };
  ASSERT_TRUE(team.run(1000, piece, monitor).ok());
  EXPECT_EQ(other, 0);
}

uint64_t sum_of(std::string_view a, std::string_view b) {
  Checksum sum;
  sum.add(a);
  sum.add(b);
  return sum.value();
}

TEST(Checksum, ChangesWithEveryBitLengthAndPlace) {
  std::string text(200, '\0');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 37);
  const uint64_t whole = sum_of(text, "tail");
  for (size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = text;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_NE(sum_of(flipped, "tail"), whole) << i << ' ' << bit;
    }
    std::string swapped = text;
    std::swap(swapped[i], swapped[(i + 1) % text.size()]);
    EXPECT_NE(sum_of(swapped, "tail"), whole) << i;
    EXPECT_NE(sum_of(text.substr(0, i), text.substr(i) + "tail"), whole) << i;
  }
  Checksum zero;
  Checksum minus_zero;
  zero.add_number(0.0);
  minus_zero.add_number(-0.0);
  EXPECT_EQ(zero.value(), minus_zero.value()) << "SQLite keeps no sign of zero";
}

}  // namespace
}  // namespace subjrec
