// How much memory there is.
#pragma once

#include <cstdint>
#include <limits>

namespace subjrec {

constexpr uint64_t kUnknownMemory = std::numeric_limits<uint64_t>::max();

/// Bytes that this process can still allocate without swapping: the least of what Linux calls
/// available, what is left of its control group's limit, and of its RLIMIT_AS. kUnknownMemory where
/// none of them can be read.
uint64_t available_memory();

}  // namespace subjrec
