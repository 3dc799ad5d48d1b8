#include "core/base/one_line.h"

#include <cstdint>

namespace subjrec {
namespace {

constexpr char kHex[] = "0123456789abcdef";

/// The bytes of the character at the front, and which it is; 0 bytes where they are not UTF-8.
size_t decode(std::string_view text, uint32_t* character) {
  const auto first = static_cast<unsigned char>(text[0]);
  size_t length = 1;
  *character = first;
  if (first >= 0xf0 && first < 0xf8) {
    length = 4;
    *character = first & 7u;
  } else if (first >= 0xe0 && first < 0xf0) {
    length = 3;
    *character = first & 15u;
  } else if (first >= 0xc0 && first < 0xe0) {
    length = 2;
    *character = first & 31u;
  } else if (first >= 0x80) {
    return 0;
  }
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return 0;
    *character = *character << 6 | (next & 63u);
  }
  static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = *character >= 0xd800 && *character < 0xe000;
  return *character < kLeast[length] || *character > 0x10ffff || surrogate ? 0 : length;
}

/// Controls, separators of lines, and what turns or hides: of no width, or of the direction.
bool is_hidden(uint32_t c) {
  return c < 32 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
         (c >= 0xe0000 && c < 0xe1000);
}

void append_escaped(uint32_t c, std::string* out) {
  if (c == '\n') {
    *out += "\\n";
  } else if (c == '\t') {
    *out += "\\t";
  } else if (c < 0x100) {
    *out += {'\\', 'x', kHex[c >> 4], kHex[c & 15]};
  } else {
    *out += c > 0xffff ? "\\U" : "\\u";
    for (int shift = c > 0xffff ? 20 : 12; shift >= 0; shift -= 4) *out += kHex[c >> shift & 15];
  }
}

}  // namespace

std::string one_line(std::string_view text, size_t most) {
  std::string shown;
  size_t at = 0;
  while (at < text.size()) {
    uint32_t c = 0;
    const size_t length = decode(text.substr(at), &c);
    const size_t before = shown.size();
    if (length == 0) {
      append_escaped(static_cast<unsigned char>(text[at]), &shown);
    } else if (is_hidden(c)) {
      append_escaped(c, &shown);
    } else {
      shown += text.substr(at, length);
    }
    if (shown.size() > most) {
      shown.resize(before);
      break;
    }
    at += length == 0 ? 1 : length;
  }
  return at < text.size() ? shown + "..." : shown;
}

}  // namespace subjrec
