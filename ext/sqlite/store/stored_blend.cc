#include "sqlite/store/stored_blend.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/base/number_text.h"
#include "core/options/option_table.h"

namespace subjrec {
namespace {

constexpr double BlendCoefficients::*kFields[] = {
    &BlendCoefficients::scale,       &BlendCoefficients::popularity,
    &BlendCoefficients::ease,        &BlendCoefficients::has_ease,
    &BlendCoefficients::votes,       &BlendCoefficients::has_votes,
    &BlendCoefficients::label_share, &BlendCoefficients::whole_label,
    &BlendCoefficients::common_label};

std::span<double BlendCoefficients::*const> fields(bool labels) {
  return std::span(kFields).first(labels ? 9 : 6);
}

}  // namespace

std::string blend_text(const BlendedCoefficients& blend, bool labels) {
  std::string text = "[";
  for (const BlendCoefficients* c : {&blend.warm, &blend.cold}) {
    for (const auto field : fields(labels)) {
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
  const auto all = fields(std::count(rest.begin(), rest.end(), ',') == 17);
  for (BlendCoefficients* c : {&blend.warm, &blend.cold}) {
    for (const auto field : all) {
      const size_t comma = std::min(rest.find(','), rest.size());
      if (!read_number(rest.substr(0, comma), &(c->*field)) || !std::isfinite(c->*field)) return {};
      const bool last = c == &blend.cold && field == all.back();
      if (last != (comma == rest.size())) return {};
      rest.remove_prefix(last ? comma : comma + 1);
    }
  }
  return blend;
}

}  // namespace subjrec
