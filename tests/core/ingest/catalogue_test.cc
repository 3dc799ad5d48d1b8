#include "core/ingest/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ingest/record_parser.h"

namespace subjrec {
namespace {

using ::testing::ElementsAre;

std::string show(Text text) { return text.data() == nullptr ? "-" : std::string(text); }

struct Tables {
  std::vector<std::string> subjects, features, works;
  bool operator==(const Tables&) const = default;
};

Tables tables_of(const std::vector<std::string>& lines, const Catalogue::Settings& settings) {
  RecordParser parser;
  RecordBatch batch;
  SnapshotCounts counts;
  Catalogue catalogue(settings);
  for (const std::string& text : lines) {
    const std::string padded = text + std::string(RecordSplitter::kPadding, ' ');
    batch.clear();
    EXPECT_TRUE(*parser.parse({{padded.data(), text.size()}}, &batch, &counts));
    EXPECT_TRUE(catalogue.add(batch).ok());
  }
  EXPECT_TRUE(catalogue.finish().ok());
  Tables tables;
  CatalogueEntry entry;
  const auto shown = [&entry] {
    return show(entry.id) + "|" + show(entry.label) + "|" + show(entry.type);
  };
  while (*catalogue.next_subject(&entry)) tables.subjects.push_back(shown());
  while (*catalogue.next_feature(&entry)) tables.features.push_back(shown());
  CatalogueWork work;
  while (*catalogue.next_work(&work)) {
    std::string row = show(work.id) + "|" + show(work.title) + "|" + show(work.work_type) + "|" +
                      show(work.production_date) + "|" + show(work.alternative_titles) + "|";
    for (const Text id : work.subjects) row.append(id).append(" ");
    row += "|";
    for (const Text id : work.features) row.append(id).append(" ");
    tables.works.push_back(row);
  }
  return tables;
}

const std::vector<std::string> kLines = {
    R"({"id":"w2","title":"Two","workType":{"id":"a","label":"Books"},"languages":[{"id":"en"}],)"
    R"("subjects":[{"id":"h1","label":"Whales - Sea","concepts":[{"id":"whale"},{"id":"sea",)"
    R"("label":"Sea","type":"Place"}]},{"label":"no id","concepts":[{"label":"no id"}]}]})",
    R"({"id":"w1","alternativeTitles":["An \"a\"","B"],"production":[{"dates":[{"label":"1900"}]}],)"
    R"("subjects":[{"id":"h2","concepts":[{"id":"whale","label":"Whales","type":"Concept"},)"
    R"({"id":"whale","label":"Whales, later"}]}]})",
    R"({"id":"w2","title":"Two again","contributors":[{"agent":{"id":"en","label":"E. N."}}],)"
    R"("genres":[{"concepts":[{"id":"en","label":"Genre"}]}],)"
    R"("subjects":[{"id":"h1","label":"later","concepts":[{"id":"boat","label":"Boats"}]}]})",
};

TEST(Catalogue, SortsAndJoinsWhatBelongsTogether) {
  const Tables tables = tables_of(kLines, {});
  EXPECT_THAT(tables.subjects,
              ElementsAre("boat|Boats|-", "sea|Sea|Place", "whale|Whales|Concept"));
  EXPECT_THAT(tables.features,
              ElementsAre("contributor:en|E. N.|contributor", "genre:en|Genre|genre",
                          "language:en|-|language", "work_type:a|Books|work_type"));
  EXPECT_THAT(tables.works,
              ElementsAre("w1|-|-|1900|[\"An \\\"a\\\"\",\"B\"]|whale |",
                          "w2|Two|Books|-|-|boat sea whale |contributor:en genre:en language:en "
                          "work_type:a "));
}

TEST(Catalogue, TakesWholeHeadings) {
  const Tables tables = tables_of(kLines, {.level = SubjectLevel::kHeading, .features = false});
  EXPECT_THAT(tables.subjects, ElementsAre("h1|Whales - Sea|-", "h2|-|-"));
  EXPECT_TRUE(tables.features.empty());
  EXPECT_THAT(tables.works,
              ElementsAre("w1|-|-|1900|[\"An \\\"a\\\"\",\"B\"]|h2 |", "w2|Two|Books|-|-|h1 |"));
}

TEST(Catalogue, IsTheSameInAnyMemory) {
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    const std::string id = std::to_string(i * 7919 % 1000);
    lines.push_back(R"({"id":"w)" + id + R"(","title":"t)" + std::to_string(i) +
                    R"(","subjects":[{"concepts":[{"id":"c)" + std::to_string(i * 31 % 97) +
                    R"(","label":")" + std::to_string(i) + R"("}]}]})");
  }
  const Tables expected = tables_of(lines, {});
  EXPECT_EQ(expected.works.size(), 1000u);
  EXPECT_EQ(expected.subjects.size(), 97u);
  EXPECT_EQ(expected.subjects[0], "c0|0|-");
  for (const size_t memory : {100000, 8000, 80}) {
    EXPECT_EQ(tables_of(lines, {.memory = memory}), expected) << memory;
  }
}

}  // namespace
}  // namespace subjrec
