// The bytes of a fuzzer, taken as choices and values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace subjrec::fuzz {

/// Ends the process where a promise is broken; every fuzzer takes that for a finding.
inline void check(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

/// Reads from the front. Where nothing is left all choices are 0 and all texts empty, so that every
/// input means something.
class Input {
 public:
  Input(const uint8_t* bytes, size_t size) : at_(bytes), end_(bytes + size) {}

  bool empty() const { return at_ == end_; }
  uint8_t byte() { return empty() ? 0 : *at_++; }
  /// A number below `n`, which is at most 256.
  size_t choice(size_t n) { return byte() % n; }
  /// Up to `most` bytes: a length in one byte, and then they.
  std::string text(size_t most = 255) {
    const size_t size = std::min({static_cast<size_t>(byte()), most, left()});
    std::string text(reinterpret_cast<const char*>(at_), size);
    at_ += size;
    return text;
  }
  std::string_view rest() const { return {reinterpret_cast<const char*>(at_), left()}; }

 private:
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace subjrec::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);
