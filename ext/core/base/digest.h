// A 128-bit digest that tells two models apart. Not cryptographic: it guards against accident.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace subjrec {

class Digest {
 public:
  void add(const void* data, size_t bytes);
  void add(std::string_view text) {
    add_word(text.size());
    add(text.data(), text.size());
  }
  void add_word(uint64_t word);
  /// 32 hexadecimal digits of everything added so far.
  std::string hex() const;

 private:
  uint64_t a_ = 0x736d2e7265632e61u;
  uint64_t b_ = 0x736d2e7265632e62u;
};

}  // namespace subjrec
