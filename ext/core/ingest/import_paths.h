// One file or many: a path, a glob pattern, or a JSON array of these.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// The files that are meant, in the order of the array; what a pattern matches in order of name. A
/// text with *, ? or [ is a pattern unless a file has exactly that name. An error where a pattern
/// matches nothing, or where the same file would be read twice.
Result<std::vector<std::string>> expand_paths(std::string_view text);

}  // namespace subjrec
