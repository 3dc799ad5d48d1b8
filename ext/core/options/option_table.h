// Options as data: a table of names, ranges and help for the fields of a struct.
//
// An option can come from a JSON object (`{"epochs": 20}`) or as a word of CREATE VIRTUAL TABLE
// (`epochs=20`). Keys are strict: unknown, repeated, mistyped and out-of-range ones are errors that
// say what to type instead.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/json_writer.h"
#include "core/base/status.h"

namespace subjrec {

using OptionNames = std::set<std::string, std::less<>>;

/// One value as it was written. A JSON array or object comes as its text, marked raw.
struct OptionValue {
  enum class Kind { kNumber, kString, kBool, kNull, kRaw };
  Kind kind = Kind::kNull;
  bool whole = false;  // number: written as a whole number, and in `integer`
  int64_t integer = 0;
  double number = 0;
  bool boolean = false;
  std::string text;  // string: its characters; otherwise as written
};

/// A spelling that users bring from elsewhere, and the option it means.
struct OptionAlias {
  std::string_view spelling;
  std::string_view name;
};

template <class T>
struct OptionSpec {
  using Field = std::variant<int T::*, int64_t T::*, double T::*, bool T::*, std::string T::*>;
  std::string_view name;
  Field field;
  double least = 0;  // numbers: inclusive range
  double most = 0;
  bool open = false;                      // numbers: the least value itself is excluded
  std::vector<std::string_view> choices;  // strings: the allowed ones; empty for any
  std::string_view help;
};

// Everything that does not depend on T, so that a table costs little code.
namespace option_detail {

Result<std::vector<std::pair<std::string, OptionValue>>> read_json(std::string_view who,
                                                                   std::string_view json);
OptionValue read_word(std::string_view text);
Status unknown(std::string_view who, std::string_view key,
               const std::vector<std::string_view>& names, const std::vector<OptionAlias>& aliases);
Status wrong(std::string_view who, std::string_view key, std::string_view wanted,
             const OptionValue& got);
Status check_utf8(std::string_view who, std::string_view key, std::string_view text);
std::string range_text(double least, double most, bool open, bool whole);
std::string choices_text(const std::vector<std::string_view>& choices);
std::string number_text(double value);

}  // namespace option_detail

template <class T>
class OptionTable {
 public:
  OptionTable(std::vector<OptionSpec<T>> specs, std::vector<OptionAlias> aliases)
      : specs_(std::move(specs)), aliases_(std::move(aliases)) {}

  const std::vector<OptionSpec<T>>& specs() const { return specs_; }

  /// Reads a JSON object into `options`; the empty text is an empty object. `who` opens the error
  /// texts ("subjrec_train"). Each key that is read is added to options->given.
  Status read_json(std::string_view who, std::string_view json, T* options) const {
    SUBJREC_ASSIGN(const auto pairs, option_detail::read_json(who, json));
    OptionNames seen;
    for (const auto& [key, value] : pairs) {
      if (!seen.insert(key).second) {
        return {Code::kInvalid, std::string(who) + ": option \"" + key + "\" is given twice"};
      }
      SUBJREC_TRY(set(who, key, value, options));
    }
    return {};
  }

  /// One `key=value` of CREATE VIRTUAL TABLE; the value may be 'quoted' or "quoted".
  Status read_word(std::string_view who, std::string_view key, std::string_view value,
                   T* options) const {
    return set(who, key, option_detail::read_word(value), options);
  }

  Status set(std::string_view who, std::string_view key, const OptionValue& value,
             T* options) const {
    for (const OptionSpec<T>& spec : specs_) {
      if (spec.name != key) continue;
      SUBJREC_TRY(assign(who, spec, value, options));
      options->given.insert(std::string(key));
      return {};
    }
    std::vector<std::string_view> names;
    for (const OptionSpec<T>& spec : specs_) names.push_back(spec.name);
    return option_detail::unknown(who, key, names, aliases_);
  }

  /// The options as a JSON object in the table's order: all of them, or only those in `names`.
  std::string to_json(const T& options, const OptionNames* names = nullptr) const {
    JsonWriter json;
    for (const OptionSpec<T>& spec : specs_) {
      if (names != nullptr && names->count(spec.name) == 0) continue;
      json.add_raw(spec.name, value_json(spec, options));
    }
    return json.object();
  }

  static std::string value_json(const OptionSpec<T>& spec, const T& options) {
    return std::visit(
        [&](auto field) -> std::string {
          using V = std::decay_t<decltype(options.*field)>;
          if constexpr (std::is_same_v<V, bool>)
            return options.*field ? "true" : "false";
          else if constexpr (std::is_same_v<V, std::string>)
            return json_string(options.*field);
          else if constexpr (std::is_same_v<V, double>)
            return option_detail::number_text(options.*field);
          else
            return std::to_string(options.*field);
        },
        spec.field);
  }

 private:
  static Status assign(std::string_view who, const OptionSpec<T>& spec, const OptionValue& value,
                       T* options) {
    return std::visit(
        [&](auto field) -> Status {
          using V = std::decay_t<decltype(options->*field)>;
          if constexpr (std::is_same_v<V, bool>) {
            const bool bit = value.kind == OptionValue::Kind::kNumber && value.whole &&
                             (value.integer == 0 || value.integer == 1);
            if (value.kind != OptionValue::Kind::kBool && !bit) {
              return option_detail::wrong(who, spec.name, "true or false", value);
            }
            options->*field = bit ? value.integer == 1 : value.boolean;
          } else if constexpr (std::is_same_v<V, std::string>) {
            if (value.kind != OptionValue::Kind::kString) {
              return option_detail::wrong(
                  who, spec.name,
                  spec.choices.empty() ? "a text" : option_detail::choices_text(spec.choices),
                  value);
            }
            SUBJREC_TRY(option_detail::check_utf8(who, spec.name, value.text));
            bool known = spec.choices.empty();
            for (const std::string_view choice : spec.choices) known |= choice == value.text;
            if (!known) {
              return option_detail::wrong(who, spec.name, option_detail::choices_text(spec.choices),
                                          value);
            }
            options->*field = value.text;
          } else {
            constexpr bool whole = !std::is_same_v<V, double>;
            const bool in_range =
                value.kind == OptionValue::Kind::kNumber && (!whole || value.whole) &&
                value.number <= spec.most &&
                (spec.open ? value.number > spec.least : value.number >= spec.least);
            if (!in_range) {
              return option_detail::wrong(
                  who, spec.name,
                  option_detail::range_text(spec.least, spec.most, spec.open, whole), value);
            }
            if constexpr (whole) {
              options->*field = static_cast<V>(value.integer);
            } else {
              options->*field = value.number;
            }
          }
          return {};
        },
        spec.field);
  }

  std::vector<OptionSpec<T>> specs_;
  std::vector<OptionAlias> aliases_;
};

}  // namespace subjrec
