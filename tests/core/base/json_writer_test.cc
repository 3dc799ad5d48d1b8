#include "core/base/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace subjrec {
namespace {

TEST(JsonWriter, WritesMembersInOrder) {
  JsonWriter more;
  more.add("features", size_t{3});
  JsonWriter json;
  json.add("model", "a\"b").add("works", uint64_t{18446744073709551615u}).add("loss", 0.25);
  json.add("k", -1).add_members(more.members()).add_members("").add_seconds("seconds", 1.23456);
  json.add_bool("done", true).add_null("shard").add_raw("best", "[1]");
  EXPECT_EQ(json.object(),
            "{\"model\":\"a\\\"b\",\"works\":18446744073709551615,\"loss\":0.25,\"k\":-1,"
            "\"features\":3,\"seconds\":1.235,\"done\":true,\"shard\":null,\"best\":[1]}");
}

TEST(JsonWriter, WritesArraysAndNothing) {
  EXPECT_EQ(JsonWriter().object(), "{}");
  EXPECT_EQ(JsonWriter().array(), "[]");
  JsonWriter json;
  json.add_element("1").add_element("").add_element("{}");
  EXPECT_EQ(json.array(), "[1,{}]");
}

TEST(JsonNumber, IsTheShortestOrNull) {
  EXPECT_EQ(json_number(0.1), "0.1");
  EXPECT_EQ(json_number(1e-08), "1e-08");
  EXPECT_EQ(json_number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json_number(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(JsonString, EscapesWhatJsonWants) {
  EXPECT_EQ(json_string("\\ \n \x01 \x1f \xc3\xa4"), "\"\\\\ \\u000a \\u0001 \\u001f \xc3\xa4\"");
}

}  // namespace
}  // namespace subjrec
