// A stream of bytes, cut into lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

struct Line {
  std::string_view text;  // without its newline; kPadding readable bytes follow
  uint64_t number = 0;    // from 1
  uint64_t offset = 0;    // of its first byte in the unpacked stream, from 0
  bool ended = true;      // by a newline; false for a last line that has none
};

/// Lines end at '\n'; a '\r' before it stays, being white space to JSON. A byte order mark before
/// the first line is passed over. One buffer holds the line at hand and grows with the longest.
class LineSplitter {
 public:
  /// What simdjson may read beyond the end of a document.
  static constexpr size_t kPadding = 64;
  static constexpr size_t kLongest = size_t{64} << 20;

  /// Appends some bytes to the buffer; false where there are no more.
  using Refill = std::function<Result<bool>(std::vector<char>* buffer)>;

  explicit LineSplitter(Refill refill, size_t longest = kLongest)
      : refill_(std::move(refill)), longest_(longest) {}

  /// The next line, until the next call; false after the last. A line longer than `longest` is
  /// Code::kCorrupt: what has no line breaks is no snapshot.
  Result<bool> next(Line* line);

  uint64_t bytes() const { return start_ + begin_; }

 private:
  Result<bool> more();

  Refill refill_;
  size_t longest_;
  std::vector<char> buffer_;
  size_t begin_ = 0;    // of the line at hand, in the buffer
  uint64_t start_ = 0;  // of the buffer, in the stream
  uint64_t number_ = 0;
  bool done_ = false;
};

}  // namespace subjrec
