// A program that has a simdjson of its own.
#pragma once

#include "core/base/status.h"

namespace subjrec {

/// A shared simdjson is found by the names of its functions, and those of the host program come
/// first: Node has a simdjson of its own from version 22 on, of another layout, and calling that
/// would crash. Says so instead. Where simdjson is linked into the module there is nothing to find.
Status check_simdjson_is_ours();

}  // namespace subjrec
