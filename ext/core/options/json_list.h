// JSON arrays of numbers and of ids, as arguments of SQL functions bring them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"

namespace subjrec {

/// "[0.5, -1, 2e-3]" as float32.
Status read_number_list(std::string_view json, std::vector<float>* out);

/// "[17, \"cex557h4\"]" as ids: whole numbers and texts, each once, in the order given.
Status read_id_list(std::string_view json, IdTable* out);

}  // namespace subjrec
