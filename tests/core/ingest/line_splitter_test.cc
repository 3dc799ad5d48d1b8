#include "core/ingest/line_splitter.h"

#include <gtest/gtest.h>

#include <string>

namespace subjrec {
namespace {

/// The text, a few bytes at a time.
LineSplitter::Refill in_steps(const std::string& text, size_t step) {
  return [text, step, at = size_t{0}](std::vector<char>* buffer) mutable -> Result<bool> {
    const size_t n = std::min(step, text.size() - at);
    buffer->insert(buffer->end(), text.begin() + at, text.begin() + at + n);
    at += n;
    return n > 0;
  };
}

struct Seen {
  std::string text;
  uint64_t number;
  uint64_t offset;
  bool ended;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> split(const std::string& text, size_t step) {
  LineSplitter lines(in_steps(text, step));
  std::vector<Seen> seen;
  Line line;
  while (*lines.next(&line)) {
    seen.push_back({std::string(line.text), line.number, line.offset, line.ended});
  }
  EXPECT_EQ(lines.bytes(), text.size());
  EXPECT_FALSE(*lines.next(&line)) << "the end stays the end";
  return seen;
}

TEST(LineSplitter, CutsAnywhereAlike) {
  const std::string text = "a\n\nbcd\r\n " + std::string(1000, 'x') + "\nlast";
  const std::vector<Seen> expected = {{"a", 1, 0, true},
                                      {"", 2, 2, true},
                                      {"bcd\r", 3, 3, true},
                                      {" " + std::string(1000, 'x'), 4, 8, true},
                                      {"last", 5, 1010, false}};
  for (const size_t step : {1, 2, 3, 7, 64, 1001, 5000}) {
    EXPECT_EQ(split(text, step), expected) << step;
  }
  EXPECT_TRUE(split("", 5).empty());
  EXPECT_EQ(split("\n", 5), (std::vector<Seen>{{"", 1, 0, true}}));
}

TEST(LineSplitter, PassesOverAByteOrderMarkAtTheStartOnly) {
  const std::string mark = "\xef\xbb\xbf";
  for (const size_t step : {1, 2, 3, 100}) {
    EXPECT_EQ(split(mark + "a\n" + mark + "b\n", step),
              (std::vector<Seen>{{"a", 1, 3, true}, {mark + "b", 2, 5, true}}));
    EXPECT_EQ(split("a\n\xef\xbb", step),
              (std::vector<Seen>{{"a", 1, 0, true}, {"\xef\xbb", 2, 2, false}}));
  }
}

TEST(LineSplitter, RefusesALineWithoutEnd) {
  LineSplitter lines(in_steps("short\n" + std::string(5000, 'x'), 100), 1000);
  Line line;
  ASSERT_TRUE(*lines.next(&line));
  const auto next = lines.next(&line);
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.status().code(), Code::kCorrupt);
  EXPECT_EQ(next.status().message(),
            "line 2, from byte 6 on, is longer than 1000 bytes; a snapshot has one work on each "
            "line");
}

}  // namespace
}  // namespace subjrec
