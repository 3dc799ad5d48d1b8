#include "core/train/history_json.h"

#include "core/base/json_writer.h"

namespace subjrec {

std::string metrics_json(std::span<const HistoryRow> epoch) {
  JsonWriter json;
  for (const HistoryRow& row : epoch) {
    if (is_evaluation_metric(row)) json.add(row.metric, row.value);
  }
  return json.members();
}

}  // namespace subjrec
