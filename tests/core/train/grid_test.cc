#include "core/train/grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace subjrec {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

std::vector<std::string> runs(std::string_view json) {
  const auto read = read_grid("tune", json);
  EXPECT_TRUE(read.ok()) << json;
  return read.ok() ? *read : std::vector<std::string>();
}

std::string error(std::string_view json) {
  const auto read = read_grid("tune", json);
  EXPECT_FALSE(read.ok()) << json;
  return read.ok() ? "" : read.status().message();
}

TEST(Grid, CombinesEveryValueWithEveryOther) {
  EXPECT_THAT(runs(R"({"a": [1, 2.5], "b": "x", "c": ["p", "q"]})"),
              ElementsAre(R"({"a":1,"b":"x","c":"p"})", R"({"a":1,"b":"x","c":"q"})",
                          R"({"a":2.5,"b":"x","c":"p"})", R"({"a":2.5,"b":"x","c":"q"})"));
  EXPECT_THAT(runs(R"({"a\"b": [true]})"), ElementsAre(R"({"a\"b":true})"));
  EXPECT_THAT(runs("{}"), ElementsAre("{}"));
}

TEST(Grid, TakesSeveralOneAfterTheOther) {
  EXPECT_THAT(runs(R"([{"a": 1}, {"b": [2, 3]}, {}])"),
              ElementsAre(R"({"a":1})", R"({"b":2})", R"({"b":3})", "{}"));
}

TEST(Grid, LeavesRepeatedKeysToWhoReadsTheRun) {
  EXPECT_THAT(runs(R"({"a": 1, "a": 2})"), ElementsAre(R"({"a":1,"a":2})"));
}

TEST(Grid, SaysWhatIsWrong) {
  const std::string wanted =
      "tune: the grid must be a JSON object of options with arrays of values, like "
      "{\"embedding_dim\": [8, 16], \"epochs\": 20}, or an array of such objects; ";
  EXPECT_EQ(error("7"), wanted + "got 7");
  EXPECT_EQ(error("[]"), wanted + "got an empty array");
  EXPECT_EQ(error("[{}, [1]]"), wanted + "got an array with [1] in it");
  EXPECT_THAT(error("{"), StartsWith(wanted + "it is not JSON: "));
  EXPECT_THAT(error(""), StartsWith(wanted + "it is not JSON: "));
  EXPECT_EQ(error(R"({"a": []})"), "tune: option \"a\" of the grid has an array without values");
}

TEST(Grid, HasAnEnd) {
  std::string hundred = "[0";
  for (int i = 1; i < 100; ++i) hundred += "," + std::to_string(i);
  hundred += "]";
  const std::string most = "{\"a\":" + hundred + ",\"b\":" + hundred + "}";
  EXPECT_EQ(runs(most).size(), 10000u);
  for (const std::string& more : {"[{}," + most + "]", "[" + most + ",{}]",
                                  "{\"a\":" + hundred + ",\"b\":" + hundred + ",\"c\":[1,2]}"}) {
    EXPECT_EQ(error(more), "tune: the grid asks for more than 10000 runs; give fewer values");
  }
}

}  // namespace
}  // namespace subjrec
