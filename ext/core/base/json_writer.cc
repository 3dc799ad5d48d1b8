#include "core/base/json_writer.h"

#include <cmath>

#include "core/base/number_text.h"

namespace subjrec {

std::string json_string(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (const auto code = static_cast<unsigned char>(c); code < 0x20) {
      json.append("\\u00").append(1, kDigits[code >> 4]).append(1, kDigits[code & 15]);
    } else {
      json += c;
    }
  }
  return json + "\"";
}

std::string json_number(double value) {
  return std::isfinite(value) ? shortest_text(value) : "null";
}

JsonWriter& JsonWriter::add(std::string_view key, std::string_view text) {
  return add_raw(key, json_string(text));
}

JsonWriter& JsonWriter::add(std::string_view key, double number) {
  return add_raw(key, json_number(number));
}

JsonWriter& JsonWriter::add_signed(std::string_view key, int64_t number) {
  return add_raw(key, std::to_string(number));
}

JsonWriter& JsonWriter::add_unsigned(std::string_view key, uint64_t number) {
  return add_raw(key, std::to_string(number));
}

JsonWriter& JsonWriter::add_bool(std::string_view key, bool value) {
  return add_raw(key, value ? "true" : "false");
}

JsonWriter& JsonWriter::add_null(std::string_view key) { return add_raw(key, "null"); }

JsonWriter& JsonWriter::add_seconds(std::string_view key, double seconds) {
  return add_raw(key, fixed_text(seconds, 3));
}

JsonWriter& JsonWriter::add_raw(std::string_view key, std::string_view json) {
  return add_element(json_string(key).append(":").append(json));
}

JsonWriter& JsonWriter::add_element(std::string_view json) {
  if (json.empty()) return *this;
  if (!members_.empty()) members_ += ",";
  members_ += json;
  return *this;
}

}  // namespace subjrec
