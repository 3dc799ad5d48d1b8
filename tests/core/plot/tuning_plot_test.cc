#include "core/plot/tuning_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace subjrec {
namespace {

using testing::HasSubstr;
using testing::Not;

TrialOption number(const char* name, double value) {
  return {name, std::to_string(static_cast<int>(value)), true, value};
}

TuningPlot grid() {
  TuningPlot plot;
  plot.source = "trials";
  for (const double dim : {32, 8, 16}) {
    for (const double epochs : {4, 8}) {
      plot.trials.push_back(
          {{number("embedding_dim", dim), number("epochs", epochs)}, 0.1 + dim * epochs / 1000});
    }
  }
  return plot;
}

TEST(TuningPlot, TheWidestOptionIsTheAxisAndTheOthersAreLines) {
  const std::string svg = *tuning_plot(grid());
  EXPECT_THAT(svg, HasSubstr("trials: ndcg by embedding_dim"));
  EXPECT_THAT(svg, HasSubstr(">epochs 4<"));
  EXPECT_THAT(svg, HasSubstr(">epochs 8<"));
  // Numbers by size, not as texts.
  EXPECT_LT(svg.find(">8<"), svg.find(">16<"));
  EXPECT_LT(svg.find(">16<"), svg.find(">32<"));
}

TEST(TuningPlot, AnAxisOfChoice) {
  TuningPlot plot = grid();
  plot.x = "epochs";
  EXPECT_THAT(*tuning_plot(plot), HasSubstr("ndcg by epochs"));
  plot.x = "nosuch";
  EXPECT_THAT(tuning_plot(plot).status().message(), HasSubstr("no run has the option \"nosuch\""));
}

TEST(TuningPlot, OrderOfRunsDoesNotMatter) {
  TuningPlot plot = grid();
  const std::string svg = *tuning_plot(plot);
  std::reverse(plot.trials.begin(), plot.trials.end());
  EXPECT_EQ(*tuning_plot(plot), svg);
}

TEST(TuningPlot, CountsWhatCannotBeDrawn) {
  TuningPlot plot = grid();
  plot.trials[0].quality = std::numeric_limits<double>::quiet_NaN();
  plot.trials.push_back({{{"algorithm", "<ials>", false, 0}}, 0.5});
  const std::string svg = *tuning_plot(plot);
  EXPECT_THAT(svg, HasSubstr("1 could not be evaluated"));
  EXPECT_THAT(svg, HasSubstr("1 without embedding_dim"));
  plot.x = "algorithm";
  EXPECT_THAT(*tuning_plot(plot), HasSubstr("&lt;ials&gt;"));
  EXPECT_THAT(*tuning_plot(plot), Not(HasSubstr("<ials>")));
}

TEST(TuningPlot, OneRunAndNone) {
  TuningPlot plot;
  plot.source = "trials";
  EXPECT_EQ(tuning_plot(plot).status().code(), Code::kInvalid);
  plot.trials.push_back({{number("epochs", 4)}, 0.5});
  EXPECT_THAT(*tuning_plot(plot), HasSubstr("1 run, each evaluated by ndcg"));
}

}  // namespace
}  // namespace subjrec
