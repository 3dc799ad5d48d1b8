#include "core/base/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace subjrec {
namespace {

constexpr size_t kRoom = 400;  // of the longest double in fixed notation, and decimals

/// Of the host's locale, which printf and strtod follow.
std::string decimal_point() { return std::localeconv()->decimal_point; }

std::string printed(const char* format, int decimals, double value) {
  char text[kRoom];
  std::snprintf(text, sizeof text, format, decimals, value);
  std::string result = text;
  const std::string point = decimal_point();
  const size_t at = result.find(point);
  if (at != std::string::npos) result.replace(at, point.size(), ".");
  return result;
}

double parsed(const char* text, double /*like*/) { return std::strtod(text, nullptr); }
float parsed(const char* text, float /*like*/) { return std::strtof(text, nullptr); }

/// The next number of so many digits, away from zero: 1.99e+05 becomes 2.00e+05.
std::string next_decimal(std::string scientific) {
  const size_t e = scientific.find('e');
  for (size_t i = e; i-- > 0;) {
    if (scientific[i] == '.' || scientific[i] == '-') continue;
    if (scientific[i] != '9') {
      ++scientific[i];
      return scientific;
    }
    scientific[i] = '0';
  }
  scientific[scientific[0] == '-' ? 1 : 0] = '1';
  char exponent[16];
  std::snprintf(exponent, sizeof exponent, "e%+03d", std::atoi(scientific.c_str() + e + 1) + 1);
  return scientific.substr(0, e) + exponent;
}

/// The fewest digits that read back as `value`, in scientific notation. The nearest number of so
/// many digits is tried, and the next greater one, because a power of two has more room above it
/// than below.
template <class Number>
std::string fewest_digits(Number value) {
  const auto wide = static_cast<double>(value);
  for (int decimals = 0;; ++decimals) {
    std::string nearest = printed("%.*e", decimals, wide);
    if (decimals + 1 >= std::numeric_limits<Number>::max_digits10) return nearest;
    for (std::string& text : std::array{nearest, next_decimal(nearest)}) {
      std::string local = text;
      if (local.find('.') != std::string::npos) local.replace(local.find('.'), 1, decimal_point());
      if (parsed(local.c_str(), value) == value) return text;
    }
  }
}

/// The shorter of fixed and scientific notation, and of two that are equally long the fixed one.
template <class Number>
std::string shortest(Number value) {
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string scientific = fewest_digits(value);
  const size_t e = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + e + 1);
  const size_t point = scientific.find('.');
  const int decimals = point == std::string::npos ? 0 : static_cast<int>(e - point) - 1;
  std::string fixed = printed("%.*f", std::max(0, decimals - exponent), value);
  return fixed.size() <= scientific.size() ? fixed : scientific;
}

}  // namespace

namespace c_library {

std::string shortest_text(double value) { return shortest(value); }
std::string shortest_text(float value) { return shortest(value); }
std::string fixed_text(double value, int decimals) { return printed("%.*f", decimals, value); }
std::string scientific_text(double value, int decimals) { return printed("%.*e", decimals, value); }

bool read_number(std::string_view text, double* value) {
  const std::string_view digits = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
  if (digits.empty() || digits.find_first_of("xX+ ") == 0 || digits[0] == '-') return false;
  if (digits.find_first_of("xXpP(") != std::string_view::npos) return false;
  if (std::string_view("0123456789.iInN").find(digits[0]) == std::string_view::npos) return false;
  std::string local(text);
  const size_t at = local.find('.');
  if (at != std::string::npos) local.replace(at, 1, decimal_point());
  char* end = nullptr;
  const double read = std::strtod(local.c_str(), &end);
  if (end != local.c_str() + local.size()) return false;
  const bool spelled = digits[0] > '9';  // inf, nan
  const bool has_digit = digits.substr(0, digits.find_first_of("eE")).find_first_of("123456789") !=
                         std::string_view::npos;
  if (!spelled && (std::isinf(read) || (read == 0 && has_digit))) return false;
  *value = read;
  return true;
}

}  // namespace c_library

bool read_number(std::string_view text, int64_t* value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

#if defined(__cpp_lib_to_chars)

namespace {

template <class... Format>
std::string by_to_chars(Format... format) {
  char text[kRoom];
  return {text, std::to_chars(text, text + sizeof text, format...).ptr};
}

}  // namespace

std::string shortest_text(double value) { return by_to_chars(value); }
std::string shortest_text(float value) { return by_to_chars(value); }

std::string fixed_text(double value, int decimals) {
  return by_to_chars(value, std::chars_format::fixed, decimals);
}

std::string scientific_text(double value, int decimals) {
  return by_to_chars(value, std::chars_format::scientific, decimals);
}

bool read_number(std::string_view text, double* value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end && text.find('(') == std::string_view::npos;
}

#else

std::string shortest_text(double value) { return c_library::shortest_text(value); }
std::string shortest_text(float value) { return c_library::shortest_text(value); }
std::string fixed_text(double value, int decimals) {
  return c_library::fixed_text(value, decimals);
}
std::string scientific_text(double value, int decimals) {
  return c_library::scientific_text(value, decimals);
}
bool read_number(std::string_view text, double* value) {
  return c_library::read_number(text, value);
}

#endif

}  // namespace subjrec
