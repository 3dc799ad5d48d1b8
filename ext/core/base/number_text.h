// Floating-point numbers as text and back, the same in any locale: what std::to_chars and
// std::from_chars are for. Standard libraries that lack them for floating point (libc++: macOS,
// Emscripten) get them by way of C's printf and strtod, with the same bytes (c_library).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace subjrec {

/// The shortest text that reads back as `value`: "0.1", "1e+23", "-0", "inf", "nan".
std::string shortest_text(double value);
std::string shortest_text(float value);
/// With so many digits after the point: "0.10".
std::string fixed_text(double value, int decimals);
/// "1.00e-01"
std::string scientific_text(double value, int decimals);
/// Whether all of `text` is a number that a double can hold, which then is `*value`: "-1.5e3", and
/// "inf" and "nan", but no blanks, "+" or hexadecimal digits.
bool read_number(std::string_view text, double* value);
/// The same for a whole number.
bool read_number(std::string_view text, int64_t* value);

/// How those are made without <charconv>; for the tests too, which compare both.
namespace c_library {
std::string shortest_text(double value);
std::string shortest_text(float value);
std::string fixed_text(double value, int decimals);
std::string scientific_text(double value, int decimals);
bool read_number(std::string_view text, double* value);
}  // namespace c_library

}  // namespace subjrec
