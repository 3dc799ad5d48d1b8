// JSON paths, as far as catalogues need them: $.concepts[*].display_name, $['dc:title'], $.a[0].
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// A subset of RFC 9535: names, indices from 0 and "every element".
struct JsonPath {
  struct Step {
    enum class Kind { kName, kIndex, kEvery };
    Kind kind = Kind::kName;
    std::string name;
    size_t index = 0;
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> steps;

  /// An error says what is wrong with it, and names `key`, the option that it was given for.
  static Result<JsonPath> parse(std::string_view key, std::string_view text);
  std::string text() const;

  /// The part up to and with the last [*], and the part behind it; all of it where there is none.
  size_t length_of_list() const;
};

}  // namespace subjrec
