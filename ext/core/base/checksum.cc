#include "core/base/checksum.h"

#include <cstring>

namespace subjrec {
namespace {

constexpr size_t kStripe = 32;

uint64_t mixed(uint64_t lane, uint64_t word) {
  lane = (lane + word) * 0xd6e8feb86659fd93u;
  return lane ^ (lane >> 32);
}

}  // namespace

void Checksum::add_word(uint64_t word) { lanes_[0] = mixed(lanes_[0], word); }

void Checksum::add_number(double value) {
  value += 0.0;  // SQLite keeps no sign of zero
  uint64_t word = 0;
  std::memcpy(&word, &value, sizeof word);
  add_word(word);
}

void Checksum::add(const void* data, size_t bytes) {
  add_word(bytes);
  const auto* at = static_cast<const char*>(data);
  uint64_t words[4];
  for (; bytes >= kStripe; bytes -= kStripe, at += kStripe) {
    std::memcpy(words, at, kStripe);
    for (int i = 0; i < 4; ++i) lanes_[i] = mixed(lanes_[i], words[i]);
  }
  if (bytes == 0) return;
  std::memset(words, 0, kStripe);
  std::memcpy(words, at, bytes);
  for (int i = 0; i < 4; ++i) lanes_[i] = mixed(lanes_[i], words[i]);
}

uint64_t Checksum::value() const {
  uint64_t sum = 0;
  for (const uint64_t lane : lanes_) sum = mixed(sum ^ lane, 0x9e3779b97f4a7c15u);
  return sum;
}

}  // namespace subjrec
