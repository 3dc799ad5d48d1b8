// The arguments of a call, and one reader of them for scalar, aggregate and table-valued functions.
//
// Errors say which SQL name speaks, which argument, what was wanted and what came:
//
//     subjrec_topk: argument 3 (k) must be a whole number of at least 1, got 'ten'
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// Names of arguments in their order; null behind the last. "" is one that errors know by its
/// number alone.
using ArgumentNames = std::array<const char*, 10>;

size_t count_of(const ArgumentNames& names);

/// The arguments of one call, by position from 0; what was not given is a null pointer.
class Arguments {
 public:
  static constexpr size_t kMost = std::tuple_size_v<ArgumentNames>;

  /// `who` is the SQL name; both stay where they are.
  Arguments(const char* who, const ArgumentNames& names, std::span<sqlite3_value* const> values)
      : who_(who), names_(&names) {
    for (size_t i = 0; i < values.size() && i < kMost; ++i) values_[i] = values[i];
  }

  sqlite3_value* operator[](size_t at) const { return values_[at]; }
  /// It is there and is not NULL.
  bool given(size_t at) const {
    return values_[at] != nullptr && sqlite3_value_type(values_[at]) != SQLITE_NULL;
  }
  bool is(size_t at, int type) const {
    return values_[at] != nullptr && sqlite3_value_type(values_[at]) == type;
  }
  const char* who() const { return who_; }
  /// The same, with errors in which `who` speaks, as "subjrec_step: shard 3".
  Arguments speaking(const char* who) const {
    Arguments copy = *this;
    copy.who_ = who;
    return copy;
  }
  const char* name(size_t at) const { return (*names_)[at]; }
  /// "subjrec_topk: argument 3 (k)"
  std::string named(size_t at) const;
  /// "subjrec_topk: argument 3 (k) must be `wanted`, got 'ten'"
  Status wrong(size_t at, std::string_view wanted) const;

  /// A text; `wanted` says which ("a text, like 'rec'").
  Result<std::string> text(size_t at, std::string_view wanted) const;
  /// The name of a model.
  Result<std::string> model(size_t at) const { return text(at, "the name of a model, like 'rec'"); }
  /// A source of (work, subject) rows.
  Result<std::string> source(size_t at) const {
    return text(at, "a table, a view or a SELECT whose first columns are work and subject");
  }
  /// Options: a JSON object as text; "" where they are not given. A BLOB is no text.
  Result<std::string_view> options(size_t at) const;
  /// A number from 0 to 1; 0 where it is not given.
  Result<double> share(size_t at) const;
  /// A whole number of at least `least`.
  Result<int64_t> whole(size_t at, int64_t least) const;
  Result<std::string_view> blob(size_t at) const;
  /// The position of the text among `choices`; `note` goes into the error behind them.
  Result<size_t> choice(size_t at, std::initializer_list<std::string_view> choices,
                        std::string_view note = {}) const;

 protected:
  std::array<sqlite3_value*, kMost> values_{};

 private:
  const char* who_;
  const ArgumentNames* names_;
};

/// Refuses a call with fewer than `required` arguments, or more than there are names.
Status check_argument_count(std::string_view who, const ArgumentNames& names, size_t required,
                            size_t count);

}  // namespace subjrec
