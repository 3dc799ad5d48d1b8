#include "core/train/history_json.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "core/data/option_table.h"

namespace subjrec {
namespace {

/// What training records of itself, whether it is judged or not.
constexpr std::string_view kOfTraining[] = {"batch_loss", "loss", "overconfidence",
                                            "regularization"};

}  // namespace

std::string json_number(double value) {
  return std::isfinite(value) ? option_detail::number_text(value) : "null";
}

std::string judged_members(std::span<const HistoryRow> epoch) {
  std::string json;
  for (const HistoryRow& row : epoch) {
    if (std::find(std::begin(kOfTraining), std::end(kOfTraining), row.metric) !=
        std::end(kOfTraining)) {
      continue;
    }
    if (!json.empty()) json += ",";
    json += option_detail::json_string(row.metric) + ":" + json_number(row.value);
  }
  return json;
}

}  // namespace subjrec
