// JSON text: a writer of objects and arrays, and how a string and a number look in it.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace subjrec {

/// In quotes, with escapes for quotes, backslashes and control characters. `text` is UTF-8.
std::string json_string(std::string_view text);

/// The shortest text that reads back as the same number; null for what is no finite one, since JSON
/// has no word for it.
std::string json_number(double value);

/// Writes one object (or array) from its first member to its last:
///
///     JsonWriter json;
///     json.add("model", "rec").add("works", n).add_seconds("seconds", 0.25);
///     json.object()   // {"model":"rec","works":3,"seconds":0.250}
class JsonWriter {
 public:
  JsonWriter& add(std::string_view key, std::string_view text);
  JsonWriter& add(std::string_view key, double number);
  JsonWriter& add(std::string_view key, std::integral auto number) {
    static_assert(!std::same_as<decltype(number), bool>, "say add_bool");
    if constexpr (std::signed_integral<decltype(number)>) {
      return add_signed(key, number);
    } else {
      return add_unsigned(key, number);
    }
  }
  JsonWriter& add_bool(std::string_view key, bool value);
  JsonWriter& add_null(std::string_view key);
  /// With three decimals.
  JsonWriter& add_seconds(std::string_view key, double seconds);
  /// A value that is JSON already.
  JsonWriter& add_raw(std::string_view key, std::string_view json);
  /// Members that another writer has written: what its members() says.
  JsonWriter& add_members(std::string_view members) { return add_element(members); }

  /// The next element of an array, which is JSON already.
  JsonWriter& add_element(std::string_view json);

  bool empty() const { return members_.empty(); }
  /// What was added, without braces.
  const std::string& members() const { return members_; }
  std::string object() const { return "{" + members_ + "}"; }
  std::string array() const { return "[" + members_ + "]"; }

 private:
  JsonWriter& add_signed(std::string_view key, int64_t number);
  JsonWriter& add_unsigned(std::string_view key, uint64_t number);

  std::string members_;
};

}  // namespace subjrec
