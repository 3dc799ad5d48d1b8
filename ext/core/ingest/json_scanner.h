// Where a JSON value ends: an incremental scanner that checks grammar and nesting, not values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace subjrec {

/// Counts line ends: "\n", "\r\n" and a lone "\r" are one each, wherever the text is cut.
class LineCounter {
 public:
  /// To be told of every byte that is not inside a JSON string.
  void byte(char c) {
    if (c == '\r' || (c == '\n' && !after_cr_)) ++lines_;
    after_cr_ = c == '\r';
  }
  uint64_t lines() const { return lines_; }

 private:
  uint64_t lines_ = 0;
  bool after_cr_ = false;
};

/// What a scan tells of the members it passes; this one wants to know nothing.
struct IgnoreMembers {
  static constexpr bool kWantsKeys = false;
  void key(size_t /*depth*/, std::string_view /*name*/) {}
  void value(size_t /*depth*/, char /*first*/) {}
  bool stops(size_t /*depth*/, char /*opening*/) { return false; }
};

/// A pushdown automaton over bytes that can be fed in pieces cut anywhere. It knows objects,
/// arrays, strings with their escapes, and takes any run of letters, digits and signs for a scalar
/// (NaN as well): what it is for is to find where a damaged record ends, and that is where a value,
/// a comma or a bracket stands that no JSON has there, or a raw line end in a string.
class JsonScanner {
 public:
  enum class State {
    kOpen,     // the value goes on
    kWhole,    // the value has ended; used() is its end
    kBroken,   // used() is at the byte that cannot stand there
    kStopped,  // behind a bracket at which the watcher stopped
  };
  static constexpr size_t kDeepest = 1024;  // as simdjson has it

  /// Begins a value: the first byte that is fed must be its first.
  void start() { *this = JsonScanner(); }
  /// Begins inside an array or object whose bracket has been passed; its closing ends the value.
  void start_inside(char opening) {
    start();
    nesting_ = opening;
    expect_ = opening == '[' ? Expect::kValueOrEnd : Expect::kKeyOrEnd;
  }

  /// Goes on through `bytes`; used() says how many bytes of all that was fed belong to the value.
  template <class Watcher>
  State feed(std::string_view bytes, Watcher& watcher);
  State feed(std::string_view bytes) {
    IgnoreMembers nothing;
    return feed(bytes, nothing);
  }

  uint64_t used() const { return used_; }
  /// Where the bytes end behind a number or a word, that was all of the value.
  bool whole_at_end() const { return expect_ == Expect::kScalar && nesting_.empty(); }
  size_t depth() const { return nesting_.size(); }
  const LineCounter& lines() const { return lines_; }

 private:
  enum class Expect : uint8_t {
    kValue,
    kValueOrEnd,  // behind '['
    kKeyOrEnd,    // behind '{'
    kKey,         // behind a comma in an object
    kColon,
    kCommaOrEnd,
    kString,  // inside one
    kEscape,  // behind its backslash
    kScalar,
  };

  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  static bool in_scalar(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.';
  }
  /// The end of a string's plain characters.
  static size_t plain(std::string_view bytes, size_t at) {
    while (at < bytes.size() && bytes[at] != '"' && bytes[at] != '\\' &&
           static_cast<unsigned char>(bytes[at]) >= 0x20) {
      ++at;
    }
    return at;
  }

  template <class Watcher>
  State open(char c, Watcher& watcher);
  template <class Watcher>
  State structure(char c, Watcher& watcher);
  State value_ended() {
    expect_ = Expect::kCommaOrEnd;
    return nesting_.empty() ? State::kWhole : State::kOpen;
  }
  bool value_may_come() const {
    return expect_ == Expect::kValue || expect_ == Expect::kValueOrEnd;
  }

  std::string nesting_;  // the open brackets
  Expect expect_ = Expect::kValue;
  bool string_is_key_ = false;
  uint64_t used_ = 0;
  LineCounter lines_;
  std::string key_;  // as it is written, where the watcher wants keys
};

template <class Watcher>
JsonScanner::State JsonScanner::open(char c, Watcher& watcher) {
  if (nesting_.size() == kDeepest) return State::kBroken;
  watcher.value(nesting_.size(), c);
  const bool stop = watcher.stops(nesting_.size(), c);
  nesting_.push_back(c);
  expect_ = c == '[' ? Expect::kValueOrEnd : Expect::kKeyOrEnd;
  return stop ? State::kStopped : State::kOpen;
}

/// A byte outside strings and scalars that is no white space.
template <class Watcher>
JsonScanner::State JsonScanner::structure(char c, Watcher& watcher) {
  const bool key_may_come = expect_ == Expect::kKeyOrEnd || expect_ == Expect::kKey;
  switch (c) {
    case '"':
      if (!key_may_come && !value_may_come()) return State::kBroken;
      if (!key_may_come) watcher.value(nesting_.size(), c);
      string_is_key_ = key_may_come;
      key_.clear();
      expect_ = Expect::kString;
      return State::kOpen;
    case '{':
    case '[':
      return value_may_come() ? open(c, watcher) : State::kBroken;
    case '}':
    case ']': {
      const bool fits = !nesting_.empty() && nesting_.back() == (c == '}' ? '{' : '[');
      const bool ends = expect_ == Expect::kCommaOrEnd ||
                        expect_ == (c == '}' ? Expect::kKeyOrEnd : Expect::kValueOrEnd);
      if (!fits || !ends) return State::kBroken;
      nesting_.pop_back();
      return value_ended();
    }
    case ':':
      if (expect_ != Expect::kColon) return State::kBroken;
      expect_ = Expect::kValue;
      return State::kOpen;
    case ',':
      if (expect_ != Expect::kCommaOrEnd) return State::kBroken;
      expect_ = nesting_.back() == '{' ? Expect::kKey : Expect::kValue;
      return State::kOpen;
    default:
      if (!value_may_come() || !in_scalar(c)) return State::kBroken;
      watcher.value(nesting_.size(), c);
      expect_ = Expect::kScalar;
      return State::kOpen;
  }
}

template <class Watcher>
JsonScanner::State JsonScanner::feed(std::string_view bytes, Watcher& watcher) {
  State state = State::kOpen;
  size_t at = 0;
  while (state == State::kOpen && at < bytes.size()) {
    const char c = bytes[at];
    if (expect_ == Expect::kString) {
      const size_t end = plain(bytes, at);
      if (Watcher::kWantsKeys && string_is_key_) key_.append(bytes.substr(at, end - at));
      at = end;
      if (at == bytes.size()) break;
      if (bytes[at] == '"') {
        if (string_is_key_) watcher.key(nesting_.size(), key_);
        expect_ = Expect::kColon;
        if (!string_is_key_) state = value_ended();
      } else if (bytes[at] == '\\') {
        expect_ = Expect::kEscape;
      } else {
        state = State::kBroken;
        break;
      }
    } else if (expect_ == Expect::kEscape) {
      if (static_cast<unsigned char>(c) < 0x20) {
        state = State::kBroken;
        break;
      }
      expect_ = Expect::kString;
    } else if (expect_ == Expect::kScalar) {
      if (!in_scalar(c)) {
        state = value_ended();
        continue;
      }
    } else if (is_space(c)) {
      lines_.byte(c);
    } else {
      lines_.byte(c);
      state = structure(c, watcher);
      if (state == State::kBroken) break;
    }
    ++at;
  }
  used_ += at;
  return state;
}

}  // namespace subjrec
