#include "core/base/digest.h"

#include <algorithm>
#include <cstdio>

#include "core/base/random.h"

namespace subjrec {

void Digest::add_word(uint64_t word) {
  a_ = splitmix64(a_ ^ word);
  b_ = (b_ ^ word) * 0x9fb21c651e98df25u;
  b_ ^= b_ >> 32;
}

void Digest::add(const void* data, size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(data);
  while (bytes > 0) {
    // Bytes are taken as little-endian whatever the machine.
    uint64_t word = 0;
    const size_t take = std::min<size_t>(bytes, 8);
    for (size_t i = 0; i < take; ++i) word |= uint64_t{p[i]} << (8 * i);
    add_word(word);
    p += take;
    bytes -= take;
  }
}

std::string Digest::hex() const {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx",
                static_cast<unsigned long long>(splitmix64(a_)),
                static_cast<unsigned long long>(splitmix64(b_ ^ a_)));
  return text;
}

}  // namespace subjrec
