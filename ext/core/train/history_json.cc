#include "core/train/history_json.h"

#include <cmath>

#include "core/options/option_table.h"

namespace subjrec {

std::string json_number(double value) {
  return std::isfinite(value) ? option_detail::number_text(value) : "null";
}

std::string metrics_json(std::span<const HistoryRow> epoch) {
  std::string json;
  for (const HistoryRow& row : epoch) {
    if (!is_evaluation_metric(row)) continue;
    if (!json.empty()) json += ",";
    json += option_detail::json_string(row.metric) + ":" + json_number(row.value);
  }
  return json;
}

}  // namespace subjrec
