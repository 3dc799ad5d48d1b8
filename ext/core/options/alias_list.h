// Aliases of ids as JSON, [["b", 3], [17, 4]]: another id, and the position of what it stands for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"

namespace subjrec {

/// Several arrays, none of which is much longer than `length` bytes. A BLOB, and a text that is not
/// UTF-8, are {"blob": "00ff"} and {"text": "00ff"}.
std::vector<std::string> alias_lists(const IdAliases& aliases, size_t length = 200000);

/// Adds one of these arrays. An error where it is none, or has a position that is not below
/// `below`.
Status read_alias_list(std::string_view json, size_t below, IdAliases* aliases);

}  // namespace subjrec
