// JSON with bad escapes, NaN or bytes that are no UTF-8, made into JSON that a strict parser reads.
#pragma once

#include <string>
#include <string_view>

namespace subjrec {

inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

struct RepairedJson {
  std::string text;
  bool not_utf8 = false;  // some bytes were no UTF-8
};

/// A copy of a text whose brackets and commas are in order. A wrong escape, half a surrogate pair
/// and each byte that is no UTF-8 becomes U+FFFD; what is no JSON number or literal (NaN, Infinity,
/// 01, a whole number of more than 64 bits) becomes a string that begins with U+FFFD. So a reader
/// knows what was wrong of that which it uses, and the rest does it no harm.
RepairedJson repair_json(std::string_view text);

/// The length of the UTF-8 character at the beginning of a text that is not empty; 0 where none is.
size_t utf8_length(std::string_view text);

}  // namespace subjrec
