#include "core/plot/text.h"

#include <algorithm>
#include <vector>

#include "core/base/number_text.h"

namespace subjrec {
namespace {

constexpr char32_t kReplacement = 0xfffd;

/// How many bytes follow `lead`, and the range that the first of them must lie in (Unicode 15,
/// table 3-7); -1 where no sequence starts with it.
int trailing_bytes(unsigned char lead, unsigned char* low, unsigned char* high) {
  *low = 0x80;
  *high = 0xbf;
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (lead == 0xe0) *low = 0xa0;
    if (lead == 0xed) *high = 0x9f;
    return 2;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (lead == 0xf0) *low = 0x90;
    if (lead == 0xf4) *high = 0x8f;
    return 3;
  }
  return -1;
}

bool forbidden_in_xml(char32_t c) { return c < 0x20 || c == 0xfffe || c == 0xffff; }

/// Marks that belong to the character before them: they take no room and are not cut off it.
bool combines(char32_t c) {
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0x2060;
}

/// Width in thousandths of the font's size, at the wide end of what common faces have.
int advance(char32_t c) {
  if (combines(c)) return 0;
  if (c >= 0x1100 && (c <= 0x115f || (c >= 0x2e80 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfaff) ||
                      (c >= 0xff00 && c <= 0xff60) || c >= 0x1f000)) {
    return 1000;
  }
  if (c >= 0x80) return 680;
  static constexpr std::string_view kNarrow = "ijl|'!.,:;I ";
  static constexpr std::string_view kSlim = "frt()[]{}/\\\"-`J";
  static constexpr std::string_view kBroad = "mwMWQOGD%@&#<>=+~^_";
  const char ascii = static_cast<char>(c);
  if (kNarrow.find(ascii) != std::string_view::npos) return 330;
  if (kSlim.find(ascii) != std::string_view::npos) return 430;
  if (kBroad.find(ascii) != std::string_view::npos) return ascii == 'W' ? 990 : 860;
  if (ascii >= 'A' && ascii <= 'Z') return 710;
  return 630;
}

void append_escape(char32_t c, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  *out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) *out += kHex[(c >> shift) & 15];
}

std::string fixed(double value, int decimals) {
  std::string text = fixed_text(value, decimals);
  const bool zero = text.find_first_of("123456789") == std::string::npos;
  if (zero && text[0] == '-') text.erase(0, 1);
  return text;
}

}  // namespace

char32_t next_code_point(std::string_view* rest) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>((*rest)[i]); };
  unsigned char low = 0;
  unsigned char high = 0;
  const int trailing = trailing_bytes(byte(0), &low, &high);
  if (trailing <= 0) {
    const char32_t c = trailing == 0 ? byte(0) : kReplacement;
    rest->remove_prefix(1);
    return c;
  }
  char32_t c = byte(0) & (0x3f >> trailing);
  size_t used = 1;
  for (; used <= static_cast<size_t>(trailing); ++used) {
    if (used == rest->size() || byte(used) < low || byte(used) > high) {
      rest->remove_prefix(used);
      return kReplacement;
    }
    c = c << 6 | (byte(used) & 0x3f);
    low = 0x80;
    high = 0xbf;
  }
  rest->remove_prefix(used);
  return c;
}

void append_utf8(char32_t c, std::string* out) {
  const auto put = [&](char32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = next_code_point(&text);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\t':
      case '\n':
      case '\r':
        out += ' ';
        break;
      default:
        append_utf8(forbidden_in_xml(c) ? kReplacement : c, &out);
    }
  }
  return out;
}

void append_json(std::string_view text, std::string* out) {
  *out += '"';
  while (!text.empty()) {
    const char32_t c = next_code_point(&text);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += static_cast<char>(c);
    } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
      append_escape(c, out);
    } else {
      append_utf8(c, out);
    }
  }
  *out += '"';
}

std::string shorten(std::string_view text, size_t most) {
  std::vector<char32_t> points;
  while (!text.empty() && points.size() <= most) points.push_back(next_code_point(&text));
  const bool cut = points.size() > most;
  if (cut) {
    size_t keep = most == 0 ? 0 : most - 1;
    while (keep > 0 && combines(points[keep])) --keep;
    while (keep > 0 && points[keep - 1] == ' ') --keep;
    points.resize(keep);
  }
  std::string out;
  for (const char32_t c : points) append_utf8(c, &out);
  if (cut && most > 0) append_utf8(0x2026, &out);
  return out;
}

double text_width(std::string_view text, double size) {
  int64_t thousandths = 0;
  while (!text.empty()) thousandths += advance(next_code_point(&text));
  return static_cast<double>(thousandths) * size / 1000;
}

std::string shorten_to_width(std::string_view text, double size, double width) {
  const double ellipsis = text_width("\u2026", size);
  double used = 0;
  size_t points = 0;
  size_t fitting = 0;
  for (std::string_view rest = text; !rest.empty(); ++points) {
    std::string_view before = rest;
    next_code_point(&rest);
    before.remove_suffix(rest.size());
    used += text_width(before, size);
    if (used + ellipsis <= width) fitting = points + 1;
    if (used > width) return shorten(text, fitting + 1);
  }
  return shorten(text, points);
}

std::string format_number(double value, int decimals) {
  std::string text = fixed(value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string format_fixed(double value, int decimals) {
  std::string text = fixed(value, decimals);
  const size_t first = text[0] == '-' ? 1 : 0;
  const size_t point = std::min(text.find('.'), text.size());
  for (size_t at = point; at > first + 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string format_count(uint64_t count) { return format_fixed(static_cast<double>(count), 0); }

}  // namespace subjrec
