#include "sqlite/store/stored_blend.h"

#include <charconv>
#include <cmath>
#include <vector>

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
  const char* at = text.data() + 1;
  const char* end = text.data() + text.size() - 1;
  BlendedCoefficients blend;
  for (BlendCoefficients* c : {&blend.warm, &blend.cold}) {
    for (const auto field : kFields) {
      const auto [stop, error] = std::from_chars(at, end, c->*field);
      if (error != std::errc() || !std::isfinite(c->*field)) return {};
      at = stop;
      const bool last = c == &blend.cold && field == kFields[5];
      if (last != (at == end) || (!last && *at++ != ',')) return {};
    }
  }
  return blend;
}

}  // namespace subjrec
