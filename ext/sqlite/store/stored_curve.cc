#include "sqlite/store/stored_curve.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "core/options/option_table.h"

namespace subjrec {
namespace {

std::optional<std::vector<double>> read_numbers(std::string_view text) {
  std::vector<double> numbers;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size() - 1;
  for (;;) {
    double number = 0;
    const auto [stop, error] = std::from_chars(at, end, number);
    if (error != std::errc() || !std::isfinite(number)) return {};
    numbers.push_back(number);
    if (stop == end) return numbers;
    if (*stop != ',') return {};
    at = stop + 1;
  }
}

}  // namespace

std::string curve_text(const ProbabilityCurve& curve) {
  std::string text = "[" + option_detail::number_text(curve.slope) + "," +
                     option_detail::number_text(curve.intercept);
  for (const CurveBend& bend : curve.bends) {
    text += "," + option_detail::number_text(bend.score);
    text += "," + option_detail::number_text(bend.change);
  }
  return text + "]";
}

std::optional<ProbabilityCurve> read_curve(std::string_view text) {
  const std::optional<std::vector<double>> numbers = read_numbers(text);
  if (!numbers || numbers->size() % 2 != 0 || !((*numbers)[0] > 0)) return {};
  ProbabilityCurve curve{.slope = (*numbers)[0], .intercept = (*numbers)[1]};
  double slope = curve.slope;
  for (size_t i = 2; i < numbers->size(); i += 2) {
    slope += (*numbers)[i + 1];
    if (!(slope > 0) || (i > 2 && !((*numbers)[i] > curve.bends.back().score))) return {};
    curve.bends.push_back({(*numbers)[i], (*numbers)[i + 1]});
  }
  return curve;
}

}  // namespace subjrec
