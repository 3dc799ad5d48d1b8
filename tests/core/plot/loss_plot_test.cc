#include "core/plot/loss_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/random.h"
#include "support/xml_check.h"

namespace subjrec {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LossPlot run_of(int epochs, int batches) {
  LossPlot plot;
  plot.model = "rec";
  plot.options = R"({"algorithm":"bce","epochs":10})";
  Random random(1);
  int64_t step = 0;
  for (int e = 1; e <= epochs; ++e) {
    for (int b = 0; b < batches; ++b) {
      ++step;
      const double loss =
          0.2 + std::exp(-static_cast<double>(step) / 500) + 0.05 * random.uniform();
      plot.history.push_back({step, e, "batch_loss", loss});
    }
    plot.history.push_back({step, e, "loss", 0.5});
    plot.history.push_back({step, e, "recall@10", 0.1 * e});
    plot.history.push_back({step, e, "val_loss", 3.0 / e});
  }
  return plot;
}

/// The y of every point of a path.
std::vector<double> heights(const std::string& path) {
  std::vector<double> ys;
  for (size_t at = path.find(' '); at != std::string::npos; at = path.find(' ', at + 1)) {
    ys.push_back(std::strtod(path.c_str() + at, nullptr));
  }
  return ys;
}

TEST(LossPlot, IsWellFormedAndSaysWhatItShows) {
  const Result<std::string> svg = loss_plot(run_of(3, 200));
  ASSERT_TRUE(svg.ok());
  EXPECT_EQ(xml_fault(*svg), "");
  for (const char* text :
       {"rec: loss by batch", "3 epochs, 600 batches", "&quot;algorithm&quot;:&quot;bce&quot;",
        ">each batch<", ">mean of 15 batches<", ">recall@10 0.3<", ">val_loss 1<", ">batch<",
        ">loss<", "prefers-color-scheme:dark"}) {
    EXPECT_THAT(*svg, HasSubstr(text));
  }
}

TEST(LossPlot, DrawsLossesAndMetricsNotWhatTrainingSetsItself) {
  LossPlot plot = run_of(3, 20);
  plot.history.push_back({60, 3, "overconfidence", 0.4});
  plot.history.push_back({60, 3, "regularization", 0.2});
  EXPECT_EQ(*loss_plot(plot), *loss_plot(run_of(3, 20)));
}

TEST(LossPlot, LogarithmIsNatural) {
  LossPlot plot;
  plot.model = "rec";
  plot.log = true;
  for (int i = 1; i <= 3; ++i) plot.history.push_back({i, 1, "batch_loss", std::exp(i)});
  const Result<std::string> svg = loss_plot(plot);
  ASSERT_TRUE(svg.ok());
  EXPECT_THAT(*svg, HasSubstr(">ln(loss)<"));
  EXPECT_THAT(*svg, HasSubstr(">1.0<"));
  EXPECT_THAT(*svg, HasSubstr(">3.0<"));
  // ln e, ln e^2, ln e^3 climb evenly.
  const std::vector<double> y = heights(between(*svg, "<path d=\"", "\" class=\"line c0\""));
  ASSERT_EQ(y.size(), 3u);
  EXPECT_NEAR(y[0] - y[1], y[1] - y[2], 0.11);
  EXPECT_GT(y[0], y[2] + 100);
}

TEST(LossPlot, TensOfThousandsOfBatchesStaySmall) {
  const Result<std::string> svg = loss_plot(run_of(40, 2000));
  ASSERT_TRUE(svg.ok());
  EXPECT_LT(svg->size(), 100000u);
  EXPECT_EQ(xml_fault(*svg), "");
}

TEST(LossPlot, OrderOfTheRowsChangesNothing) {
  const LossPlot plot = run_of(2, 50);
  LossPlot backwards = plot;
  std::reverse(backwards.history.begin(), backwards.history.end());
  // Of one step the metrics' order stays that of the rows: here there is one metric a step.
  const auto others = [](const HistoryRow& row) { return row.metric != "batch_loss"; };
  LossPlot forwards = plot;
  std::erase_if(forwards.history, others);
  std::erase_if(backwards.history, others);
  EXPECT_EQ(*loss_plot(forwards), *loss_plot(backwards));
}

TEST(LossPlot, WithoutBatchesItIsDrawnByEpoch) {
  LossPlot plot;
  plot.model = "als";
  for (int e = 1; e <= 5; ++e) plot.history.push_back({e, e, "loss", 1.0 / e});
  const Result<std::string> svg = loss_plot(plot);
  ASSERT_TRUE(svg.ok());
  EXPECT_THAT(*svg, HasSubstr("als: loss by epoch"));
  EXPECT_THAT(*svg, HasSubstr(">epoch<"));
  EXPECT_EQ(occurrences(*svg, "<circle"), 5u);
}

TEST(LossPlot, OneBatchIsADot) {
  LossPlot plot;
  plot.model = "one";
  plot.history.push_back({1, 1, "batch_loss", 0.7});
  const Result<std::string> svg = loss_plot(plot);
  ASSERT_TRUE(svg.ok());
  EXPECT_EQ(xml_fault(*svg), "");
  EXPECT_EQ(occurrences(*svg, "<circle"), 1u);
  EXPECT_THAT(*svg, HasSubstr("1 epoch, 1 batch<"));
}

TEST(LossPlot, WithoutHistoryItIsAnError) {
  LossPlot plot;
  plot.model = "rec";
  Result<std::string> none = loss_plot(plot);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.status().code(), Code::kInvalid);
  EXPECT_EQ(none.status().message(),
            "model \"rec\" has no history to plot: train it with subjrec_train() "
            "(a model from subjrec_load() has none)");
  plot.history.push_back({1, 1, "batch_loss", std::nan("")});
  EXPECT_THAT(loss_plot(plot).status().message(), HasSubstr("none is a finite number"));
  plot.history.push_back({2, 1, "batch_loss", -1});
  EXPECT_TRUE(loss_plot(plot).ok());
  plot.log = true;
  EXPECT_THAT(loss_plot(plot).status().message(), HasSubstr("needs finite losses above 0"));
}

TEST(LossPlot, ValuesThatCannotBeDrawnAreCounted) {
  LossPlot plot = run_of(1, 20);
  EXPECT_THAT(*loss_plot(plot), Not(HasSubstr("left out")));
  plot.history[3].value = std::numeric_limits<double>::infinity();
  plot.history[5].value = std::nan("");
  plot.history[7].value = 0;
  const std::string drawn = *loss_plot(plot);
  EXPECT_THAT(drawn, HasSubstr("2 values left out: not finite"));
  plot.log = true;
  const std::string logarithm = *loss_plot(plot);
  EXPECT_THAT(logarithm, HasSubstr("3 values left out"));
  for (const std::string& svg : {drawn, logarithm}) {
    EXPECT_EQ(xml_fault(svg), "");
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
  }
}

TEST(LossPlot, HostileNamesStayText) {
  LossPlot plot = run_of(2, 30);
  plot.model = "</text><script>alert(1)</script>\"'&\xff";
  plot.options = plot.model;
  plot.history.push_back({60, 2, "<b>&\x01", 0.5});
  const std::string svg = *loss_plot(plot);
  EXPECT_EQ(xml_fault(svg), "");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
}

TEST(LossPlot, ManyMetricsGetPanelsUpToSix) {
  LossPlot plot = run_of(2, 30);
  for (char m = 'a'; m < 'm'; ++m) {
    plot.history.push_back({60, 2, std::string(1, m), 100.0 * m});
  }
  const std::string svg = *loss_plot(plot);
  EXPECT_EQ(xml_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr("8 further metrics left out"));
}

TEST(LossPlot, LongOptionsAreBrokenAfterACommaWhereThereIsOne) {
  LossPlot plot = run_of(1, 3);
  const std::string a(70, 'a'), b(90, 'b'), c(300, 'c');
  plot.options = a + "," + b;
  EXPECT_THAT(*loss_plot(plot), HasSubstr(">" + a + ",<"));
  EXPECT_THAT(*loss_plot(plot), HasSubstr(">" + b + "<"));
  plot.options = c;
  EXPECT_THAT(*loss_plot(plot), HasSubstr("ccc\u2026<"));
  EXPECT_THAT(*loss_plot(plot), Not(HasSubstr(c)));
}

}  // namespace
}  // namespace subjrec
