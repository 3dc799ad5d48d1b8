#include "core/plot/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <limits>

#include "core/base/random.h"
#include "support/xml_check.h"

namespace subjrec {
namespace {

std::u32string decode(std::string_view text) {
  std::u32string points;
  while (!text.empty()) points += next_code_point(&text);
  return points;
}

std::string random_bytes(Random* random, size_t length) {
  // Leads, trails and ASCII in equal parts, so that long sequences occur.
  std::string bytes;
  for (size_t i = 0; i < length; ++i) {
    const uint64_t kind = random->below(3);
    bytes += static_cast<char>(kind == 0   ? random->below(0x80)
                               : kind == 1 ? 0x80 + random->below(0x40)
                                           : 0xc0 + random->below(0x40));
  }
  return bytes;
}

TEST(Text, EveryCodePointSurvives) {
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string bytes;
    append_utf8(c, &bytes);
    std::string_view rest = bytes;
    ASSERT_EQ(next_code_point(&rest), c);
    ASSERT_TRUE(rest.empty());
  }
}

TEST(Text, ReplacesEachMaximalWrongPart) {
  // The Unicode standard's own example (section 3.9, table 3-8), and the other ways to be wrong.
  EXPECT_EQ(decode("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64"),
            U"a\ufffd\ufffd\ufffdb\ufffdc\ufffd\ufffd"
            U"d");
  EXPECT_EQ(decode("\xc0\xaf"), U"\ufffd\ufffd");                      // overlong
  EXPECT_EQ(decode("\xed\xa0\x80"), U"\ufffd\ufffd\ufffd");            // a surrogate
  EXPECT_EQ(decode("\xf4\x90\x80\x80"), U"\ufffd\ufffd\ufffd\ufffd");  // beyond the last
  EXPECT_EQ(decode("x\xe2\x82"), U"x\ufffd");                          // cut
}

TEST(Text, XmlOfAnyBytesIsWellFormed) {
  EXPECT_EQ(xml_escape("<a b='c'>\"&\n"), "&lt;a b=&#39;c&#39;&gt;&quot;&amp; ");
  EXPECT_EQ(xml_escape(std::string_view("\0\x1b\xef\xbf\xbf", 5)), "\ufffd\ufffd\ufffd");
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::string bytes = random_bytes(&random, random.below(40));
    const std::string escaped = xml_escape(bytes);
    EXPECT_TRUE(simdjson::validate_utf8(escaped));
    EXPECT_EQ(xml_fault("<t a=\"" + escaped + "\">" + escaped + "</t>"), "");
  }
}

TEST(Text, JsonReadsBackAndIsSafeInAScript) {
  Random random(2);
  simdjson::dom::parser parser;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = random_bytes(&random, random.below(40));
    if (i == 0) bytes = "</script><!--\u2028\u2029&\"\\\n";
    std::string clean;
    for (const char32_t c : decode(bytes)) append_utf8(c, &clean);
    std::string json;
    append_json(bytes, &json);
    std::string_view back;
    ASSERT_EQ(parser.parse(json).get(back), simdjson::SUCCESS) << json;
    EXPECT_EQ(back, clean);
    EXPECT_EQ(json.find_first_of("<>&"), std::string::npos);
    EXPECT_EQ(json.find("\u2028"), std::string::npos);
  }
}

TEST(Text, ShortensAtCodePointsAndNeverBeforeAnAccent) {
  EXPECT_EQ(shorten("Poetry", 6), "Poetry");
  EXPECT_EQ(shorten("Poetry", 5), "Poet\u2026");
  EXPECT_EQ(shorten("Love stories", 6), "Love\u2026");
  EXPECT_EQ(shorten("\u00e9t\u00e9s", 3), "\u00e9t\u2026");
  EXPECT_EQ(shorten("ae\u0301i", 3), "a\u2026");
  EXPECT_EQ(shorten("", 3), "");
}

TEST(Text, ShortensToAWidth) {
  const std::string text = "Voyages and travels, 1789-1900 (Early works)";
  for (double width = 20; width < 400; width += 7) {
    const std::string cut = shorten_to_width(text, 12, width);
    EXPECT_LE(text_width(cut, 12), width);
    if (cut != text) {
      EXPECT_GT(text_width(text, 12), width);
    }
  }
}

TEST(Text, NumbersHaveOneForm) {
  EXPECT_EQ(format_number(12.50, 2), "12.5");
  EXPECT_EQ(format_number(-3, 2), "-3");
  EXPECT_EQ(format_number(-0.001, 2), "0");
  EXPECT_EQ(format_number(100, 0), "100");
  EXPECT_EQ(format_number(1e21, 1), "1000000000000000000000");
  EXPECT_EQ(format_fixed(1234567.891, 2), "1,234,567.89");
  EXPECT_EQ(format_fixed(-1234, 0), "-1,234");
  EXPECT_EQ(format_fixed(-123, 0), "-123");
  EXPECT_EQ(format_fixed(std::numeric_limits<double>::max(), 2).size(), 309 + 102 + 3u);
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
}

}  // namespace
}  // namespace subjrec
