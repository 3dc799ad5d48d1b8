// JSON arrays of numbers and of ids, and objects of numbers, as arguments of SQL functions bring
// them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"

namespace subjrec {

/// "[0.5, -1, 2e-3]" as float32.
Status read_number_list(std::string_view json, std::vector<float>* out);

/// "[17, \"cex557h4\"]" as ids: whole numbers and texts, each once, in the order given.
Status read_id_list(std::string_view json, IdTable* out);

/// "{\"17\": 2, \"cex557h4\": 0.5}" as texts and their numbers, in the order given.
Status read_number_object(std::string_view json, std::vector<std::pair<std::string, double>>* out);

}  // namespace subjrec
