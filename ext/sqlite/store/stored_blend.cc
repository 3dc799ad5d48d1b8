#include "sqlite/store/stored_blend.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/base/number_text.h"
#include "core/options/option_table.h"

namespace subjrec {
namespace {

constexpr double BlendCoefficients::*kFields[] = {&BlendCoefficients::scale,
                                                  &BlendCoefficients::popularity,
                                                  &BlendCoefficients::ease,
                                                  &BlendCoefficients::has_ease,
                                                  &BlendCoefficients::votes,
                                                  &BlendCoefficients::has_votes,
                                                  &BlendCoefficients::label_share,
                                                  &BlendCoefficients::whole_label,
                                                  &BlendCoefficients::common_label,
                                                  &BlendCoefficients::unseen_label_share,
                                                  &BlendCoefficients::unseen_whole_label,
                                                  &BlendCoefficients::unseen_label_weight};

bool has_unseen(const BlendedCoefficients& blend) {
  const auto any = [](const BlendCoefficients& c) {
    return c.unseen_label_share != 0 || c.unseen_whole_label != 0 || c.unseen_label_weight != 0;
  };
  return any(blend.warm) || any(blend.cold);
}

}  // namespace

std::string blend_text(const BlendedCoefficients& blend, bool labels) {
  std::string text = "[";
  const size_t count = labels ? has_unseen(blend) ? 12 : 9 : 6;
  for (const BlendCoefficients* c : {&blend.warm, &blend.cold}) {
    for (const auto field : std::span(kFields).first(count)) {
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
  const auto count = static_cast<size_t>(std::count(rest.begin(), rest.end(), ',') + 1) / 2;
  if (count != 6 && count != 9 && count != 12) return {};
  const auto all = std::span(kFields).first(count);
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
