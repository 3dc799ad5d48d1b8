// The 'work' or 'subject' argument that similarity functions share.
#pragma once

#include "core/base/status.h"
#include "sqlite/bindings/arguments.h"

namespace subjrec {

enum class Kind { kWork, kSubject };

/// The kind at argument `at`, counted from 0.
Result<Kind> read_kind(const Arguments& arguments, size_t at);

}  // namespace subjrec
