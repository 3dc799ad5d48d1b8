#include "core/base/by_count.h"

#include <gtest/gtest.h>

namespace subjrec {
namespace {

TEST(ByCount, AsksForEachSmallCountOnceAndForTheSameValues) {
  size_t asked = 0;
  ByCount half([&](uint32_t count) {
    ++asked;
    return static_cast<float>(count) / 2;
  });
  for (int round = 0; round < 3; ++round) {
    for (const uint32_t count : {0u, 1u, 7u, 4095u, 4096u, 4'000'000'000u}) {
      EXPECT_EQ(half(count), static_cast<float>(count) / 2);
    }
  }
  EXPECT_EQ(asked, 4u + 3 * 2);
}

}  // namespace
}  // namespace subjrec
