// Nothing that C++ throws may reach SQLite: every callback's body runs in here.
#pragma once

#include <exception>
#include <new>

#include "core/base/status.h"

namespace subjrec {

/// Calls `body`, which returns a Status; turns what it throws into one.
template <class Body>
Status guarded(const Body& body) noexcept {
  try {
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
