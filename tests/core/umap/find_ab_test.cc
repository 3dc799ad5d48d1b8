#include <gtest/gtest.h>

#include <cmath>

#include "core/umap/optimize_layout.h"

namespace subjrec {
namespace {

// Reference values: scipy.optimize.curve_fit on the same samples.
TEST(Curve, FitsAsTheReferenceDoes) {
  const struct {
    double spread, min_dist, a, b;
  } cases[] = {{1, 0.1, 1.5769434602, 0.8950608780},   {1, 0.5, 0.5830300205, 1.3341669929},
               {1, 0.001, 1.9290733952, 0.7915045330}, {2, 0.25, 0.4162734970, 0.9218551322},
               {1, 0, 1.9328083976, 0.7904949734},     {1, 0.99, 0.1193053001, 1.9163904159}};
  for (const auto& c : cases) {
    const Curve curve = fit_curve(c.spread, c.min_dist);
    EXPECT_NEAR(curve.a, c.a, 1e-5) << c.spread << " " << c.min_dist;
    EXPECT_NEAR(curve.b, c.b, 1e-5) << c.spread << " " << c.min_dist;
  }
}

TEST(Curve, IsFiniteForAnySpread) {
  for (const double spread : {1e-3, 1.0, 1000.0}) {
    const Curve curve = fit_curve(spread, spread);
    EXPECT_TRUE(std::isfinite(curve.a) && curve.a > 0) << spread;
    EXPECT_TRUE(std::isfinite(curve.b) && curve.b > 0) << spread;
  }
}

}  // namespace
}  // namespace subjrec
