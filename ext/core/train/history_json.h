// What training recorded, as JSON.
#pragma once

#include <span>
#include <string>

#include "core/model/model.h"

namespace subjrec {

/// What one epoch was evaluated by: its rows but for what training records of itself, as members of
/// a JSON object. Empty where there are none.
std::string metrics_json(std::span<const HistoryRow> epoch);

}  // namespace subjrec
