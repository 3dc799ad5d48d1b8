#include "sqlite/store/stored_blend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/number_text.h"
#include "core/options/option_table.h"

namespace subjrec {
namespace {

constexpr double BlendCoefficients::*kFields[] = {
    &BlendCoefficients::scale,    &BlendCoefficients::popularity, &BlendCoefficients::ease,
    &BlendCoefficients::has_ease, &BlendCoefficients::votes,      &BlendCoefficients::has_votes};

}  // namespace

std::string blend_text(const BlendedCoefficients& blend) {
  std::string text = "[";
  for (const BlendCoefficients* c : {&blend.warm, &blend.cold}) {
    for (const auto field : kFields) {
      if (text.size() > 1) text += ",";
      text += option_detail::number_text(c->*field);
    }
  }
  return text + "]";
}

std::optional<BlendedCoefficients> read_blend(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return {};
  std::string_view rest = text.substr(1, text.size() - 2);
  BlendedCoefficients blend;
  for (BlendCoefficients* c : {&blend.warm, &blend.cold}) {
    for (const auto field : kFields) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (!read_number(rest.substr(0, comma), &(c->*field)) || !std::isfinite(c->*field)) return {};
      const bool last = c == &blend.cold && field == kFields[5];
      if (last != (comma == rest.size())) return {};
      rest.remove_prefix(last ? comma : comma + 1);
    }
  }
  return blend;
}

}  // namespace subjrec
