#include "core/ingest/record_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace subjrec {
namespace {

/// A parser and what it made of the lines it was given.
struct Parsed {
  RecordParser parser;
  RecordBatch batch;
  SnapshotCounts counts;

  Parsed& line(const std::string& text, Record::State state = Record::State::kWhole) {
    std::string padded = text + std::string(RecordSplitter::kPadding, ' ');
    EXPECT_TRUE(*parser.parse(
        {{padded.data(), text.size()}, counts.records + 1, 100 * counts.records, state}, &batch,
        &counts));
    return *this;
  }
  const WorkRecord& work() const { return batch.works.back(); }
};

std::string show(Text text) {
  return text.data() == nullptr ? "-" : std::string("\"").append(text).append("\"");
}
std::string show(const Concept& c) { return show(c.id) + show(c.label) + show(c.type); }
std::string show(std::span<const Concept> concepts) {
  std::string all;
  for (const Concept& c : concepts) all.append("[").append(show(c)).append("]");
  return all;
}
std::string show(const WorkRecord& work) {
  std::string all = show(work.id) + " title" + show(work.title) + " also";
  for (const Text& title : work.alternative_titles) all += show(title);
  all += " type" + show(work.work_type) + " date" + show(work.production_date) + " subjects";
  for (const Subject& s : work.subjects)
    all.append("{").append(show(s.heading)).append(show(s.concepts)).append("}");
  return all + " contributors" + show(work.contributors) + " genres" + show(work.genres) +
         " languages" + show(work.languages);
}

TEST(RecordParser, ReadsTheWholeShape) {
  Parsed p;
  p.line(R"({"id":"w1","title":"Surgery \u2013 \"a\" history","alternativeTitles":["One","Two"],)"
         R"("workType":{"id":"a","label":"Books","type":"Format"},"items":[{"id":"no"}],)"
         R"("production":[{"dates":[]},{"dates":[{"label":"1900"},{"label":"1901"}]}],)"
         R"("subjects":[{"id":"s1","label":"Surgery - 18th Century","type":"Subject","concepts":)"
         R"([{"id":"c1","label":"Surgery","type":"Concept","identifiers":[]},)"
         R"({"id":"c2","label":"18th Century","type":"Period"}]},)"
         R"({"label":"Whales","concepts":[{"label":"Whales"}]}],)"
         R"("contributors":[{"agent":{"id":"p1","label":"Ann","type":"Person"},"roles":[]}],)"
         R"("genres":[{"label":"Essays","concepts":[{"id":"g1","label":"Essays"}]}],)"
         R"("languages":[{"id":"en","label":"English","type":"Language"}],"type":"Work"})");
  ASSERT_EQ(p.batch.works.size(), 1u);
  EXPECT_EQ(show(p.work()),
            "\"w1\" title\"Surgery \xe2\x80\x93 \"a\" history\" also\"One\"\"Two\" "
            "type\"a\"\"Books\"\"Format\" date\"1900\" "
            "subjects{\"s1\"\"Surgery - 18th Century\"\"Subject\"[\"c1\"\"Surgery\"\"Concept\"]"
            "[\"c2\"\"18th Century\"\"Period\"]}{-\"Whales\"-[-\"Whales\"-]} "
            "contributors[\"p1\"\"Ann\"\"Person\"] genres[\"g1\"\"Essays\"-] "
            "languages[\"en\"\"English\"\"Language\"]");
  EXPECT_EQ(p.counts.works_read, 1u);
  EXPECT_EQ(p.counts.concepts_without_id, 1u);
  EXPECT_EQ(p.counts.headings_without_id, 1u);
  EXPECT_EQ(p.counts.features_without_id, 0u);
  EXPECT_EQ(p.counts.malformed_fields, 0u);
}

TEST(RecordParser, NeedsNothingButAnId) {
  const std::string bare = " title- also type--- date- subjects contributors genres languages";
  Parsed p;
  EXPECT_EQ(show(p.line(R"({"id":"w"})").work()), "\"w\"" + bare);
  EXPECT_EQ(show(p.line(R"({"id":-42})").work()), "\"-42\"" + bare);
  EXPECT_EQ(show(p.line(R"({"id":"w","title":null,"subjects":null,"workType":null})").work()),
            "\"w\"" + bare);
  EXPECT_EQ(p.counts.malformed_fields, 0u);
  EXPECT_EQ(p.counts.features_without_id, 0u);
}

TEST(RecordParser, CountsPartsOfAnotherType) {
  const std::pair<const char*, uint64_t> cases[] = {
      {R"({"id":"w","title":7})", 1},
      {R"({"id":"w","title":["a"],"alternativeTitles":"b"})", 2},
      {R"({"id":"w","alternativeTitles":["a",1,null]})", 2},
      {R"({"id":"w","subjects":"whales"})", 1},
      {R"({"id":"w","subjects":{"id":"s"}})", 1},
      {R"({"id":"w","subjects":[false,{"id":true,"label":2.5,"type":{},"concepts":3}]})", 5},
      {R"({"id":"w","subjects":[{"id":"s","concepts":[null,[],{"id":[]}]}]})", 3},
      {R"({"id":"w","workType":"a","contributors":[{"agent":"Ann"}],"languages":["en"]})", 3},
      {R"({"id":"w","genres":[{"concepts":"x"}],"production":[{"dates":[{"label":1900}]}]})", 2},
  };
  for (const auto& [text, odd] : cases) {
    Parsed p;
    p.line(text);
    EXPECT_EQ(p.counts.works_read, 1u) << text;
    EXPECT_EQ(p.counts.malformed_fields, odd) << text;
  }
  Parsed p;
  p.line(R"({"id":"w","subjects":[1,{"id":"s","concepts":[{"id":"c","label":3}]}]})");
  EXPECT_EQ(show(p.work()),
            "\"w\" title- also type--- date- subjects{\"s\"--[\"c\"--]} contributors genres "
            "languages")
      << "what is around an odd part is read";
}

TEST(RecordParser, CountsIdsThatAreMissing) {
  Parsed p;
  p.line(R"({"id":"w","workType":{"label":"Books"},"languages":[{"id":""},{"id":"en"}],)"
         R"("contributors":[{"agent":{"label":"Ann"}},{}],"genres":[{"concepts":[{}]}]})");
  EXPECT_EQ(p.counts.features_without_id, 4u);
  EXPECT_EQ(p.counts.malformed_fields, 0u);
}

TEST(RecordParser, SkipsAndCountsWhatIsNoWork) {
  using Kind = SkippedLine::Kind;
  using State = Record::State;
  Parsed p;
  p.line(R"({"id":"w",})", State::kBroken).line("nonsense", State::kLine);
  p.line("{\"id\":\"w\", \"x\":nul", State::kLine);
  p.line("{\"id\":\"w\",\"title\":\"\xff\"}").line("[1]").line("\"w\"").line("{}");
  p.line(R"({"id":""})").line(R"({"id":{}})").line(R"({"id":"w)", State::kCutOff);
  p.line("", State::kCutOff).line(R"({"id":1.5})");
  EXPECT_EQ(p.counts.works_read, 0u);
  EXPECT_TRUE(p.batch.works.empty());
  EXPECT_EQ(p.counts.lines_not_json, 3u);
  EXPECT_EQ(p.counts.lines_not_utf8, 1u);
  EXPECT_EQ(p.counts.lines_not_a_work, 2u);
  EXPECT_EQ(p.counts.works_without_id, 4u);
  EXPECT_EQ(p.counts.lines_truncated, 2u);
  EXPECT_EQ(p.counts.skipped(), 12u);
  ASSERT_EQ(p.batch.skipped.size(), 12u);
  EXPECT_EQ(p.batch.skipped[0].line, 1u);
  EXPECT_EQ(p.batch.skipped[1].offset, 100u);
  EXPECT_EQ(p.batch.skipped[3].kind, Kind::kNotUtf8);
  EXPECT_EQ(p.batch.skipped[3].reason, "line 4, from byte 300 on, is not UTF-8");
  EXPECT_EQ(p.batch.skipped[4].reason, "line 5, from byte 400 on, is JSON, but not an object");
  EXPECT_EQ(p.batch.skipped[6].reason, "line 7, from byte 600 on, is an object without an id");
  EXPECT_EQ(p.batch.skipped[9].reason,
            "line 10, from byte 900 on, is cut off: the file ends inside it");
  EXPECT_EQ(p.batch.skipped[10].reason,
            "line 11, from byte 1000 on, the array or page of the records is cut off: the file "
            "ends inside it");
  EXPECT_EQ(p.batch.skipped[11].reason,
            "line 12, from byte 1100 on, has an id that is neither a text nor a whole number: 1.5");
}

TEST(RecordParser, TakesBackAGuess) {
  Parsed p;
  const std::string two = R"({"id":"w"} {"id":"x"})" + std::string(RecordSplitter::kPadding, ' ');
  EXPECT_FALSE(
      *p.parser.parse({{two.data(), 21}, 1, 0, Record::State::kGuess}, &p.batch, &p.counts));
  EXPECT_EQ(p.counts.records, 0u);
  EXPECT_TRUE(p.batch.skipped.empty());
}

TEST(RecordParser, TakesTheLastOfARepeatedKey) {
  Parsed p;
  EXPECT_EQ(p.line(R"({"id":"first","id":"second"})").work().id, "second");
}

TEST(RecordParser, DamageInWhatIsNotUsedDoesNoHarm) {
  const std::string harmless[] = {R"("broken \ud83e here")",
                                  R"("\x")",
                                  "NaN",
                                  "-Infinity",
                                  "01",
                                  "123456789012345678901234567890",
                                  "1e999",
                                  "\"\xff\"",
                                  R"({"a":[NaN,"\u12"]})"};
  for (const std::string& value : harmless) {
    Parsed p;
    p.line("{\"id\":\"w\",\"title\":\"One \xc3\xa9\",\"notes\":[" + value +
           "],\"subjects\":[\"s\"]}");
    ASSERT_EQ(p.counts.works_read, 1u) << value;
    EXPECT_EQ(p.counts.malformed_fields, 0u) << value;
    EXPECT_EQ(p.work().title, "One \xc3\xa9");
    EXPECT_EQ(p.work().subjects[0].concepts[0].id, "s");
  }
}

TEST(RecordParser, DamageInWhatIsUsedIsCounted) {
  Parsed p;
  p.line(R"({"id":"w","title":"a \ud83e b","subjects":["\udc00"],"x":NaN})");
  EXPECT_EQ(p.work().title, "a \xef\xbf\xbd b");
  EXPECT_TRUE(p.work().subjects.empty()) << "an id that is damaged is none";
  EXPECT_EQ(p.counts.malformed_fields, 2u);
  EXPECT_EQ(p.batch.first_odd, "line 1: \"title\" has a bad escape");
  p.line("{\"id\":\"w\",\"title\":\"\xff\"}");
  EXPECT_EQ(p.counts.lines_not_utf8, 1u) << "bytes of another encoding are no title";
  p.line(R"({"id":"\ud800"})").line(R"({"id":12345678901234567890})");
  EXPECT_EQ(p.counts.works_without_id, 1u);
  EXPECT_EQ(p.work().id, "12345678901234567890");
  p.line(R"({"id":123456789012345678901})");
  EXPECT_EQ(p.counts.works_without_id, 2u);
}

TEST(RecordParser, ASubjectMayBeAText) {
  Parsed p;
  p.line(R"({"id":"w","subjects":["Surgery",{"id":"h","concepts":[{"id":"c"}]}]})");
  EXPECT_EQ(
      show(p.work()).substr(0, 110),
      "\"w\" title- also type--- date- subjects{\"Surgery\"\"Surgery\"-[\"Surgery\"\"Surgery\"-]}"
      "{\"h\"--[\"c\"--]} contributors ge");
  EXPECT_EQ(p.counts.malformed_fields, 0u);
}

TEST(RecordParser, ReadsRecordsOfSeveralMegabytes) {
  std::string text = R"({"id":"big","items":[)";
  for (int i = 0; i < 200000; ++i) text += R"({"id":"item","locations":[]},)";
  text += R"({}],"subjects":[)";
  for (int i = 0; i < 20000; ++i) {
    text += std::string(i > 0 ? "," : "") + R"({"label":"L","concepts":[{"id":"c)" +
            std::to_string(i) + R"("}]})";
  }
  Parsed p;
  p.line(text + R"(],"title":")" + std::string(3000000, 'x') + "\"}").line(R"({"id":"small"})");
  ASSERT_EQ(p.batch.works.size(), 2u);
  EXPECT_EQ(p.batch.works[0].title.size(), 3000000u);
  ASSERT_EQ(p.batch.works[0].subjects.size(), 20000u);
  EXPECT_EQ(p.batch.works[0].subjects[19999].concepts[0].id, "c19999");
  EXPECT_EQ(p.batch.works[1].id, "small");
}

}  // namespace
}  // namespace subjrec
