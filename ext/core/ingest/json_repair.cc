#include "core/ingest/json_repair.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "core/base/number_text.h"

namespace subjrec {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A number as JSON writes it, whose value a parser can hold.
bool is_number(std::string_view text) {
  size_t at = text.substr(0, 1) == "-" ? 1 : 0;
  const size_t first = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == first || (text[first] == '0' && at > first + 1)) return false;
  const char* end = text.data() + text.size();
  if (at == text.size()) {
    int64_t whole = 0;
    uint64_t large = 0;
    return std::from_chars(text.data(), end, whole).ec == std::errc() ||
           std::from_chars(text.data(), end, large).ec == std::errc();
  }
  if (text[at] == '.') {
    const size_t point = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == point) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const size_t power = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == power) return false;
  }
  double value = 0;
  return at == text.size() && read_number(text, &value) && std::isfinite(value);
}

/// The four hexadecimal digits of \uXXXX at the beginning of `text`, or -1.
int32_t code_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return -1;
  uint32_t value = 0;
  const char* end = text.data() + 6;
  const auto read = std::from_chars(text.data() + 2, end, value, 16);
  return read.ec == std::errc() && read.ptr == end ? static_cast<int32_t>(value) : -1;
}

/// The length of the escape at the beginning of `text`, and whether it is a right one.
size_t escape_length(std::string_view text, bool* right) {
  *right = false;
  if (text.size() < 2) return text.size();
  if (text[1] != 'u') {
    *right = std::string_view("\"\\/bfnrt").find(text[1]) != std::string_view::npos;
    return *right ? 2 : 1;
  }
  const int32_t first = code_unit(text);
  if (first < 0) return 2;
  const auto half_of = [](int32_t unit, int32_t from) {
    return unit >= from && unit < from + 0x400;
  };
  if (half_of(first, 0xdc00)) return 6;
  if (half_of(first, 0xd800) && !half_of(code_unit(text.substr(6)), 0xdc00)) return 6;
  *right = true;
  return half_of(first, 0xd800) ? 12 : 6;
}

}  // namespace

size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char c = byte(0);
  if (c < 0x80) return 1;
  const size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (c < 0xc2 || c > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool too_long = (c == 0xe0 && second < 0xa0) || (c == 0xf0 && second < 0x90);
  const bool no_character = (c == 0xed && second >= 0xa0) || (c == 0xf4 && second >= 0x90);
  return too_long || no_character ? 0 : length;
}

RepairedJson repair_json(std::string_view text) {
  RepairedJson repaired;
  std::string& out = repaired.text;
  out.reserve(text.size() + 64);
  bool in_string = false;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (in_string && c == '\\') {
      bool right = false;
      const size_t length = escape_length(text.substr(at), &right);
      out += right ? text.substr(at, length) : kReplacement;
      at += length;
    } else if (in_string || c == '"') {
      const size_t length = utf8_length(text.substr(at));
      repaired.not_utf8 |= length == 0;
      out += length == 0 ? kReplacement : text.substr(at, length);
      at += length == 0 ? 1 : length;
      in_string ^= c == '"';
    } else if (std::string_view("{}[]:, \t\r\n").find(c) != std::string_view::npos) {
      out += c;
      ++at;
    } else {
      const size_t end = std::min(text.find_first_of("{}[]:,\" \t\r\n", at), text.size());
      const std::string_view scalar = text.substr(at, end - at);
      const bool right = scalar == "true" || scalar == "false" || scalar == "null";
      if (right || is_number(scalar)) {
        out += scalar;
      } else {
        out.append("\"").append(kReplacement).append(scalar).append("\"");
      }
      at = end;
    }
  }
  return repaired;
}

}  // namespace subjrec
