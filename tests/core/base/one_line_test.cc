#include "core/base/one_line.h"

#include <gtest/gtest.h>

namespace subjrec {
namespace {

using namespace std::string_view_literals;

TEST(OneLine, LeavesWhatCanBeRead) {
  EXPECT_EQ(one_line("", 10), "");
  EXPECT_EQ(one_line("it's a \"title\" \\n", 99), "it's a \"title\" \\n");
  EXPECT_EQ(one_line("B\u00fcrger \u65e5\u672c \U0001d11e \u05d0\u05d1", 99),
            "B\u00fcrger \u65e5\u672c \U0001d11e \u05d0\u05d1");
}

TEST(OneLine, EscapesWhatBreaksOrTurnsTheLine) {
  EXPECT_EQ(one_line("a\nb\tc\r\x1b[0m\x7f"sv, 99), "a\\nb\\tc\\x0d\\x1b[0m\\x7f");
  EXPECT_EQ(one_line("a\0b"sv, 99), "a\\x00b");
  EXPECT_EQ(one_line("\u0085\u200b\u202e\u2028\u2066\ufeff\U000e0041", 99),
            "\\x85\\u200b\\u202e\\u2028\\u2066\\ufeff\\U0e0041");
  EXPECT_EQ(one_line("\xff\xc3\xe2\x82(\xed\xa0\x80", 99), "\\xff\\xc3\\xe2\\x82(\\xed\\xa0\\x80");
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(one_line("abcdef", 5), "abcde...");
  EXPECT_EQ(one_line("ab\u65e5\u672c", 6), "ab\u65e5...");
  EXPECT_EQ(one_line(std::string(1 << 20, 'x'), 3), "xxx...");
  EXPECT_EQ(one_line("a\n\n\n", 6), "a\\n\\n...");
  EXPECT_EQ(one_line("\u202e\u202e", 11), "\\u202e...");
}

}  // namespace
}  // namespace subjrec
