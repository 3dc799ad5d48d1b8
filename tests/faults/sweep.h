// Which of the calls are made to fail, and the count of what failed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace subjrec::faults {

/// One run in which call n fails (and, if `on`, those after it). Returns what is wrong, or "";
/// `failed` gets how many calls failed.
using RunWithFault = std::function<std::string(int64_t n, bool on, int64_t* failed)>;

/// Lets run(n, on) happen for n = 1, 2, ... until n is beyond the last call, both for `on` false
/// and true: the first few n, and then about `most` in equal steps; in long tests three times as
/// many for each minute, and every n where there are no more.
/// Reports a test failure for every n that goes wrong, and stops after three.
void sweep(const std::string& name, int64_t most, const RunWithFault& run);

/// What all sweeps of the program made fail, by what stands before the comma of their names.
void count(const std::string& what, int64_t failed);
/// Before RUN_ALL_TESTS().
void print_counts_at_the_end();

/// A folder that stays until the program ends.
std::string folder();

}  // namespace subjrec::faults
