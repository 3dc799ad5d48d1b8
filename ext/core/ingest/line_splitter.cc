#include "core/ingest/line_splitter.h"

#include <cstring>
#include <string>

namespace subjrec {
namespace {
constexpr std::string_view kMark = "\xef\xbb\xbf";  // byte order mark of UTF-8
}

/// Makes room by dropping what lies before the line at hand, and appends.
Result<bool> LineSplitter::more() {
  if (done_) return false;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(begin_));
  start_ += begin_;
  begin_ = 0;
  SUBJREC_ASSIGN(const bool grown, refill_(&buffer_));
  done_ = !grown;
  buffer_.reserve(buffer_.size() + kPadding);
  return grown;
}

Result<bool> LineSplitter::next(Line* line) {
  size_t searched = 0;  // bytes of the line at hand that hold no newline
  const char* newline = nullptr;
  for (;;) {
    if (start_ + begin_ == 0 && buffer_.size() >= kMark.size() &&
        std::string_view(buffer_.data(), kMark.size()) == kMark) {
      begin_ = kMark.size();
      searched = 0;
    }
    const size_t there = buffer_.size() - begin_;
    if (there > searched) {
      newline = static_cast<const char*>(
          std::memchr(buffer_.data() + begin_ + searched, '\n', there - searched));
      searched = there;
    }
    if (newline != nullptr) break;
    if (there > longest_) {
      return Status(Code::kCorrupt, "line " + std::to_string(number_ + 1) + ", from byte " +
                                        std::to_string(start_ + begin_) + " on, is longer than " +
                                        std::to_string(longest_) +
                                        " bytes; a snapshot has one work on each line");
    }
    SUBJREC_ASSIGN(const bool grown, more());
    if (!grown) break;
  }
  const size_t there = buffer_.size() - begin_;
  if (newline == nullptr && there == 0) return false;
  const char* first = buffer_.data() + begin_;
  line->ended = newline != nullptr;
  line->text = {first, line->ended ? static_cast<size_t>(newline - first) : there};
  line->number = ++number_;
  line->offset = start_ + begin_;
  begin_ += line->text.size() + (line->ended ? 1 : 0);
  return true;
}

}  // namespace subjrec
