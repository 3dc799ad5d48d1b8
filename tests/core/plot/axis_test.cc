#include "core/plot/axis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "core/base/random.h"

namespace subjrec {
namespace {

double number(std::string label) {
  label.erase(std::remove(label.begin(), label.end(), ','), label.end());
  return std::strtod(label.c_str(), nullptr);
}

TEST(Axis, TicksAreFewRoundAndInside) {
  Random random(1);
  for (int i = 0; i < 3000; ++i) {
    const double size = std::pow(10, 30 * random.uniform() - 15);
    const double low = (random.uniform() - 0.5) * size;
    const Axis axis = make_axis(low, low + size * (0.01 + random.uniform()), 0, 100);
    const std::vector<Tick> ticks = nice_ticks(axis, 6);
    ASSERT_GE(ticks.size(), 2u) << axis.low << ' ' << axis.high;
    ASSERT_LE(ticks.size(), 8u);
    const double step = ticks[1].value - ticks[0].value;
    const double digit = step / std::pow(10, std::floor(std::log10(step * 1.0001)));
    EXPECT_TRUE(std::fabs(digit - 1) < 1e-6 || std::fabs(digit - 2) < 1e-6 ||
                std::fabs(digit - 5) < 1e-6)
        << digit;
    std::set<std::string> labels;
    for (const Tick& tick : ticks) {
      EXPECT_GE(tick.value, axis.low - 1e-6 * step);
      EXPECT_LE(tick.value, axis.high + 1e-6 * step);
      EXPECT_NEAR(number(tick.label), tick.value, 1e-6 * step) << tick.label;
      EXPECT_TRUE(labels.insert(tick.label).second) << tick.label << " twice";
    }
  }
}

TEST(Axis, LabelsHaveAsManyDecimalsAsTheirStep) {
  const auto labels = [](double low, double high) {
    std::vector<std::string> all;
    for (const Tick& tick : nice_ticks(make_axis(low, high, 0, 1), 4)) all.push_back(tick.label);
    return all;
  };
  using Labels = std::vector<std::string>;
  EXPECT_EQ(labels(0, 1), (Labels{"0.0", "0.5", "1.0"}));
  EXPECT_EQ(labels(0.1, 0.5), (Labels{"0.1", "0.2", "0.3", "0.4", "0.5"}));
  EXPECT_EQ(labels(0, 80000), (Labels{"0", "20,000", "40,000", "60,000", "80,000"}));
  EXPECT_EQ(labels(-1, 1), (Labels{"-1.0", "-0.5", "0.0", "0.5", "1.0"}));
  EXPECT_EQ(labels(0, 4e-9), (Labels{"0", "1e-09", "2e-09", "3e-09", "4e-09"}));
}

TEST(Axis, ExtendedAxesEndOnTicks) {
  Random random(2);
  for (int i = 0; i < 2000; ++i) {
    const double low = random.normal() * 10;
    const Axis axis = make_axis(low, low + std::fabs(random.normal()) + 1e-3, 0, 1);
    for (const int wanted : {3, 6}) {
      const Axis wider = extend_to_ticks(axis, wanted);
      const std::vector<Tick> ticks = nice_ticks(wider, wanted);
      EXPECT_LE(wider.low, axis.low);
      EXPECT_GE(wider.high, axis.high);
      EXPECT_DOUBLE_EQ(ticks.front().value, wider.low);
      EXPECT_DOUBLE_EQ(ticks.back().value, wider.high);
    }
  }
}

TEST(Axis, RangesOfNoWidthAreWidened) {
  for (const double value : {0.0, 1.0, -3.5, 1e-300, 1e100, 123456789.0}) {
    const Axis axis = make_axis(value, value, 0, 10);
    EXPECT_LT(axis.low, value);
    EXPECT_GT(axis.high, value);
    EXPECT_NEAR(axis.pixel(value), 5, 1e-6);
    EXPECT_GE(nice_ticks(axis, 5).size(), 2u) << value;
  }
  // Too little for double precision to part: still few ticks, all different.
  const Axis axis = make_axis(1e9, 1e9 + 1e-6, 0, 1);
  EXPECT_LT(nice_ticks(axis, 5).size(), 12u);
}

TEST(Axis, EveryDoubleThatIsDrawnHasFewTicks) {
  std::vector<double> values = {0,      5e-324, 1e-320, 2.2e-308, 1e-300,
                                1e-280, 1e-279, 1e-100, 1,        1e99};
  for (const double v : std::vector<double>(values)) values.push_back(-v);
  values.push_back(kLargestDrawn);
  for (const double a : values) {
    for (const double b : values) {
      for (const int wanted : {3, 6, 8}) {
        const Axis axis = make_axis(std::min(a, b), std::max(a, b), 0, 100);
        for (const Axis& range : {axis, extend_to_ticks(axis, wanted)}) {
          const std::vector<Tick> ticks = nice_ticks(range, wanted);
          EXPECT_GE(ticks.size(), 1u) << a << ' ' << b;
          EXPECT_LE(ticks.size(), 30u) << a << ' ' << b;
          EXPECT_TRUE(std::isfinite(range.pixel(a)) && std::isfinite(range.pixel(b)))
              << a << ' ' << b;
        }
      }
    }
  }
}

}  // namespace
}  // namespace subjrec
