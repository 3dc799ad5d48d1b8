#include "core/plot/explorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>

#include "support/xml_check.h"

namespace subjrec {
namespace {

using ::testing::HasSubstr;

Explorer three_points() {
  Explorer e;
  e.model = "rec <&\"";
  e.points = {{0, 0, "west", 5, "1"}, {4, 0, "east", 3, "2"}, {2, 1, "", 1, "north"}};
  e.neighbours = {{{1, 0.5}, {2, 0.25}}, {{0, 0.5}}, {}};
  e.works = {{"A work", "w1", {0}, {{1, 0.875}}}};
  e.n_works = 100;
  e.suited = {{{1, 0}, {}, {0}}, {{"A work", "w1", 0}, {"", "w2", std::nullopt}}, 60};
  return e;
}

std::string data_of(const std::string& page) { return between(page, "id=\"data\">", "</script>"); }

std::vector<int64_t> numbers(simdjson::dom::element list) {
  std::vector<int64_t> all;
  for (const simdjson::dom::element item : list.get_array()) all.push_back(int64_t{item});
  return all;
}

TEST(Explorer, CarriesItsData) {
  const std::string page = *explorer_html(three_points());
  simdjson::dom::parser parser;
  const simdjson::dom::element data = parser.parse(simdjson::padded_string(data_of(page)));
  EXPECT_EQ(std::string_view(data["facts"]), "3 subjects, 1 of 100 works");
  EXPECT_THAT(numbers(data["x"]), ::testing::ElementsAre(0, 65535, 32768));
  // One scale for both axes, y downwards.
  EXPECT_THAT(numbers(data["y"]), ::testing::ElementsAre(16384, 16384, 0));
  EXPECT_THAT(numbers(data["weights"]), ::testing::ElementsAre(5, 3, 1));
  EXPECT_THAT(numbers(data["near"].at(0)), ::testing::ElementsAre(1, 500, 2, 250));
  EXPECT_EQ(std::string_view(data["labels"].at(2)), "north");
  EXPECT_THAT(numbers(data["works"].at(0)["recommended"]), ::testing::ElementsAre(1, 875));
  EXPECT_THAT(numbers(data["suited"].at(0)), ::testing::ElementsAre(1, 0));
  EXPECT_THAT(numbers(data["suited"].at(1)), ::testing::IsEmpty());
  EXPECT_EQ(std::string_view(data["titles"].at(1)), "(no title)");
  EXPECT_EQ(std::string_view(data["workIds"].at(1)), "w2");
  EXPECT_THAT(numbers(data["shown"]), ::testing::ElementsAre(0, -1));
  EXPECT_EQ(std::string_view(data["searched"]), "60 of 100");
  EXPECT_EQ(page, *explorer_html(three_points()));
}

TEST(Explorer, SaysNothingOfASearchOfAllWorks) {
  Explorer e = three_points();
  e.suited.searched = 100;
  simdjson::dom::parser parser;
  const simdjson::dom::element data =
      parser.parse(simdjson::padded_string(data_of(*explorer_html(e))));
  EXPECT_EQ(std::string_view(data["searched"]), "");
}

TEST(Explorer, CarriesGroupsAndStyle) {
  Explorer e = three_points();
  e.colors.clusters = {0, 0xffffffff, 0};
  e.colors.regions = {{"</b>Bees", 4, 1, 2, 5}};
  e.style = {1.5, false, 0.25, "#aa3377"};
  const std::string page = *explorer_html(e);
  simdjson::dom::parser parser;
  const simdjson::dom::element data = parser.parse(simdjson::padded_string(data_of(page)));
  EXPECT_EQ(std::string_view(data["regions"].at(0)["name"]), "</b>Bees");
  EXPECT_EQ(int64_t{data["regions"].at(0)["x"]}, 65535);
  EXPECT_THAT(numbers(data["region"]), ::testing::ElementsAre(0, -1, 0));
  EXPECT_THAT(numbers(data["colors"]), ::testing::ElementsAre(5, 8, 5));
  EXPECT_EQ(double{data["style"]["size"]}, 1.5);
  EXPECT_EQ(double{data["style"]["opacity"]}, 0.25);
  EXPECT_FALSE(bool{data["style"]["byWeight"]});
}

TEST(Explorer, IsOneFileThatAsksForNothing) {
  const std::string page = *explorer_html(three_points());
  EXPECT_THAT(page, HasSubstr("<title>rec &lt;&amp;&quot;: map of subjects</title>"));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* part : {"http:", "https:", " src=", "<link", "@import", "url(", "{{"}) {
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  }
}

TEST(Explorer, HostileLabelsCannotLeaveTheirScript) {
  Explorer e = three_points();
  const std::string hostile = "</script><script>alert(1)</script><!--\u2028{{script}}\xff";
  const size_t scripts = occurrences(*explorer_html(e), "</script");
  e.points[0].label = hostile;
  e.works[0].title = hostile;
  e.colors.title = hostile;
  e.colors.categories = {hostile, "b", "c"};
  const std::string page = *explorer_html(e);
  EXPECT_EQ(occurrences(page, "</script"), scripts);
  EXPECT_TRUE(simdjson::validate_utf8(page));
  simdjson::dom::parser parser;
  const simdjson::dom::element data = parser.parse(simdjson::padded_string(data_of(page)));
  EXPECT_EQ(std::string_view(data["labels"].at(0)),
            "</script><script>alert(1)</script><!--\u2028{{script}}\ufffd");
}

TEST(Explorer, EmptyAndDegenerateMapsAreMaps) {
  for (size_t n = 0; n <= 2; ++n) {
    Explorer e = three_points();
    e.points.resize(n);
    e.neighbours.clear();
    e.works.clear();
    e.suited = {};
    for (MapPoint& p : e.points) p.x = p.y = 7;
    const std::string page = *explorer_html(e);
    simdjson::dom::parser parser;
    const simdjson::dom::element data = parser.parse(simdjson::padded_string(data_of(page)));
    EXPECT_EQ(numbers(data["x"]), std::vector<int64_t>(n));
  }
}

TEST(Explorer, BadInputIsAnError) {
  Explorer e = three_points();
  e.points[1].x = std::nan("");
  EXPECT_THAT(explorer_html(e).status().message(), HasSubstr("point 2 (\"east\")"));
  e = three_points();
  e.neighbours[1][0].point = 3;
  EXPECT_EQ(explorer_html(e).status().message(),
            "the neighbours of \"east\" name point 3, but there are only 3");
  e = three_points();
  e.neighbours.pop_back();
  EXPECT_EQ(explorer_html(e).status().message(),
            "want neighbours for each of 3 points, got 2 lists");
  e = three_points();
  e.works[0].recommended[0].value = std::nan("");
  EXPECT_EQ(explorer_html(e).status().message(),
            "the recommended subjects of work \"A work\" have a value that is not finite");
  e = three_points();
  e.suited.of_points[2][0] = 2;
  EXPECT_EQ(explorer_html(e).status().message(), "a point names work 2, but there are only 2");
  e = three_points();
  e.suited.of_points.pop_back();
  EXPECT_EQ(explorer_html(e).status().message(), "want works for each of 3 points, got 2 lists");
  e = three_points();
  e.works[0].subjects[0] = 9;
  EXPECT_FALSE(explorer_html(e).ok());
}

}  // namespace
}  // namespace subjrec
