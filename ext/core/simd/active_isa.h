// Where the instruction set that is in use is kept, for isa.cc; it is set once.
#pragma once

#include <atomic>

#include "core/simd/isa.h"

namespace subjrec {

std::atomic<Isa>& isa_in_use();

}  // namespace subjrec
