// Nothing that C++ throws may reach SQLite, and nothing that the host has set of the floating-point
// mode may reach a result: every callback's body runs in here.
#pragma once

#include <exception>
#include <new>

#include "core/base/float_mode.h"
#include "core/base/status.h"

namespace subjrec {

/// Calls `body`, which returns a Status; turns what it throws into one.
template <class Body>
Status guarded(const Body& body) noexcept {
  try {
    const FloatMode mode;
    try {
      return body();
    } catch (const std::bad_alloc&) {
      return {Code::kNoMemory, {}};
    } catch (const std::exception& e) {
      return {Code::kSql, std::string("subjrec: ") + e.what()};
    }
  } catch (...) {
    return {Code::kNoMemory, {}};
  }
}

}  // namespace subjrec
