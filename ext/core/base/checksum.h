// A 64-bit checksum of rows, as fast as memory: what was stored is what is read. Not cryptographic:
// it guards against damage and edits by hand. (Digest, which tells models apart, is slower.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace subjrec {

/// Four lanes of 64 bits, each a chain of one-to-one steps, so that a change within any eight bytes
/// always changes the sum. Every value is added with its length: ("ab", "c") is not ("a", "bc").
class Checksum {
 public:
  void add(const void* data, size_t bytes);
  void add(std::string_view text) { add(text.data(), text.size()); }
  template <class T>
  void add(std::span<const T> values) {
    add(values.data(), values.size_bytes());
  }
  void add_word(uint64_t word);
  void add_number(double value);

  uint64_t value() const;

 private:
  uint64_t lanes_[4] = {0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu, 0x165667b19e3779f9u,
                        0x27d4eb2f165667c5u};
};

}  // namespace subjrec
