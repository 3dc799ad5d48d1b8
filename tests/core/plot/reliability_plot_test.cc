#include "core/plot/reliability_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace subjrec {
namespace {

using testing::HasSubstr;

TEST(ReliabilityPlot, BinsAndTheirError) {
  ReliabilityBins bins;
  EXPECT_EQ(bins.calibration_error(), 0);
  for (int i = 0; i < 4; ++i) bins.add(0.25, i == 0);
  EXPECT_NEAR(bins.calibration_error(), 0, 1e-12);
  for (int i = 0; i < 4; ++i) bins.add(1.0, i < 2);  // 1 is in the last bin
  EXPECT_EQ(bins.bins()[9].count, 4u);
  EXPECT_EQ(bins.bins()[9].hits, 2u);
  EXPECT_NEAR(bins.calibration_error(), 0.25, 1e-12);
  EXPECT_EQ(bins.count(), 8u);
}

TEST(ReliabilityPlot, ShowsHowMany) {
  ReliabilityPlot plot;
  plot.model = "a<b";
  plot.works = 3;
  for (int i = 0; i < 1234; ++i) plot.bins.add(0.05, i % 20 == 0);
  const std::string svg = *reliability_plot(plot);
  EXPECT_THAT(svg, HasSubstr("a&lt;b: are the probabilities right?"));
  EXPECT_THAT(svg, HasSubstr("1,234 suggestions for 3 works; on average 0.0 points off"));
}

TEST(ReliabilityPlot, OfNothingIsAnError) {
  const auto svg = reliability_plot({"rec", {}, 0});
  EXPECT_EQ(svg.status().code(), Code::kInvalid);
  EXPECT_THAT(svg.status().message(), HasSubstr("knows no work of the held-out rows"));
}

}  // namespace
}  // namespace subjrec
