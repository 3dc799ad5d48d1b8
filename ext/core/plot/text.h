// Text and numbers as the pictures write them: escaped, well-formed, and the same bytes everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace subjrec {

/// Takes one code point off the front of `rest`, which is not empty. What is not UTF-8 (overlong
/// forms, surrogates and cut sequences included) comes as U+FFFD, one for each maximal wrong part.
char32_t next_code_point(std::string_view* rest);

/// Appends `code_point` as UTF-8.
void append_utf8(char32_t code_point, std::string* out);

/// `text` for XML and HTML, in elements and in quoted attributes alike. Whatever the bytes, the
/// result is well-formed: U+FFFD stands for invalid UTF-8 and for characters that XML 1.0 forbids;
/// line breaks and tabs become spaces.
std::string xml_escape(std::string_view text);

/// Appends `text` as a JSON string, quotes included, that is also safe inside an HTML <script>:
/// '<', '>', '&', U+2028 and U+2029 are written as \u escapes, invalid UTF-8 as U+FFFD.
void append_json(std::string_view text, std::string* out);

/// `text` cut to at most `most` code points, an ellipsis being the last of them where it was cut.
std::string shorten(std::string_view text, size_t most);

/// How wide `text` is in a common sans-serif face of `size` pixels, rather over- than
/// underestimated: fonts differ, and labels should not touch in any of them.
double text_width(std::string_view text, double size);

/// `text` cut with an ellipsis so that it is at most `width` wide at `size`.
std::string shorten_to_width(std::string_view text, double size, double width);

/// `value` rounded to `decimals` places, without trailing zeros and never "-0": "12.5", "-3", "0".
std::string format_number(double value, int decimals);

/// `value` with exactly `decimals` places and commas between thousands: "12,345.60".
std::string format_fixed(double value, int decimals);

/// "12,345".
std::string format_count(uint64_t count);

}  // namespace subjrec
