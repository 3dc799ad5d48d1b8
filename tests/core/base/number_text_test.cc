#include "core/base/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace subjrec {
namespace {

/// Numbers of every size: bits at random, few digits, whole ones, and the ends of the range.
std::vector<double> numbers() {
  std::mt19937_64 random(5);
  std::vector<double> result{0.0, -0.0, 1.0, 0.1, 1e22, 1e23, 5e-324, 2.2250738585072014e-308};
  result.push_back(std::numeric_limits<double>::max());
  result.push_back(std::numeric_limits<double>::infinity());
  result.push_back(-std::numeric_limits<double>::infinity());
  for (int i = 0; i < 20000; ++i) {
    const double any = std::bit_cast<double>(random());
    if (!std::isnan(any)) result.push_back(any);
    result.push_back(static_cast<double>(random() % 1000000) / 1000);
    result.push_back(static_cast<double>(random() >> (random() % 64)));
    result.push_back(std::ldexp(1.0, static_cast<int>(random() % 2000) - 1000));
  }
  return result;
}

TEST(NumberText, CLibraryWritesTheSameBytes) {
  for (const double x : numbers()) {
    ASSERT_EQ(c_library::shortest_text(x), shortest_text(x));
    const auto narrow = static_cast<float>(x);
    ASSERT_EQ(c_library::shortest_text(narrow), shortest_text(narrow));
    if (!std::isfinite(x)) continue;
    ASSERT_EQ(c_library::fixed_text(x, 3), fixed_text(x, 3));
    ASSERT_EQ(c_library::scientific_text(x, 2), scientific_text(x, 2));
  }
}

TEST(NumberText, WhatIsWrittenReadsBack) {
  for (const double x : numbers()) {
    double by_default = 1;
    double by_c = 1;
    ASSERT_TRUE(read_number(shortest_text(x), &by_default)) << shortest_text(x);
    ASSERT_TRUE(c_library::read_number(shortest_text(x), &by_c)) << shortest_text(x);
    ASSERT_EQ(std::bit_cast<uint64_t>(by_default), std::bit_cast<uint64_t>(x));
    ASSERT_EQ(std::bit_cast<uint64_t>(by_c), std::bit_cast<uint64_t>(x));
  }
}

TEST(NumberText, BothTakeAndRefuseTheSame) {
  for (const char* text :
       {"",       "-",      "+1",     " 1",  "1 ",  "0x10",     "1e",       "1e+",
        "1e5",    "1E-5",   ".5",     "5.",  ".",   "-.5",      "--1",      "1e400",
        "-1e400", "1e-400", "0e-400", "nan", "inf", "-inf",     "infinity", "in",
        "n",      "nan(1)", "1.5.2",  "1,5", "12a", "4.9e-324", "1e-320",   "0.0"}) {
    double by_default = 7;
    double by_c = 7;
    const bool taken = read_number(text, &by_default);
    EXPECT_EQ(c_library::read_number(text, &by_c), taken) << text;
    if (!taken || std::isnan(by_default)) continue;
    EXPECT_EQ(by_c, by_default) << text;
  }
}

TEST(NumberText, ALocaleWithACommaChangesNothing) {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"}) {
    if (std::setlocale(LC_NUMERIC, name) == nullptr) continue;
    double read = 0;
    EXPECT_EQ(c_library::shortest_text(0.25), "0.25");
    EXPECT_EQ(c_library::fixed_text(0.25, 1), "0.2");
    EXPECT_TRUE(c_library::read_number("0.25", &read));
    EXPECT_EQ(read, 0.25);
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST(NumberText, WholeNumbersHaveNoMoreThanTheirDigits) {
  int64_t value = 0;
  EXPECT_TRUE(read_number("-9223372036854775808", &value));
  EXPECT_EQ(value, std::numeric_limits<int64_t>::min());
  for (const char* text : {"", "9223372036854775808", "1.0", "1 ", "+1"}) {
    EXPECT_FALSE(read_number(text, &value)) << text;
  }
}

}  // namespace
}  // namespace subjrec
