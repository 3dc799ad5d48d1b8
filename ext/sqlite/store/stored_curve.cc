#include "sqlite/store/stored_curve.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/number_text.h"
#include "core/options/option_table.h"

namespace subjrec {
namespace {

std::optional<std::vector<double>> read_numbers(std::string_view text) {
  std::vector<double> numbers;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
  std::string_view rest = text.substr(1, text.size() - 2);
  for (;;) {
    const size_t comma = std::min(rest.find(','), rest.size());
    double number = 0;
    if (!read_number(rest.substr(0, comma), &number) || !std::isfinite(number)) return {};
    numbers.push_back(number);
    if (comma == rest.size()) return numbers;
    rest.remove_prefix(comma + 1);
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
