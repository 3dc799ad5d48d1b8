// What an import makes of files in other frames and shapes, and of damaged ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::gzip;
using ::subjrec::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string work(const std::string& id, const std::string& subjects) {
  return "{\"id\":\"" + id + "\",\"title\":\"T " + id + "\",\"subjects\":[" + subjects + "]}";
}
std::string heading(const std::string& id) {
  return "{\"id\":\"h" + id + "\",\"label\":\"" + id + "\",\"concepts\":[{\"id\":\"" + id +
         "\",\"label\":\"" + id + "\"}]}";
}

class Formats : public ::testing::Test {
 protected:
  std::string call(const std::string& bytes, const std::string& options = "{}") {
    return "SELECT subjrec_import('" + folder.write("f", bytes) + "', '" + options + "')";
  }
  /// The pairs that an import gives.
  std::vector<std::string> pairs(const std::string& bytes, const std::string& options = "{}") {
    Database fresh;
    fresh.run(call(bytes, options));
    return fresh.rows("SELECT work_id, subject_id FROM work_subjects");
  }
  std::string error(const std::string& bytes, const std::string& options = "{}") {
    Database fresh;
    const std::string text = fresh.error(call(bytes, options));
    EXPECT_EQ(fresh.value("SELECT count(*) FROM sqlite_schema"), "0") << "nothing is left";
    return text;
  }
  std::string warnings(const std::string& bytes, const std::string& options = "{}") {
    return db.value("SELECT json_extract((" + call(bytes, options) + "), '$.warnings')");
  }

  const std::string one = work("w1", heading("a") + "," + heading("b"));
  const std::string two = work("w2", heading("b"));
  const std::string three = work("w3", heading("c"));
  TemporaryFolder folder;
  Database db;
};

TEST_F(Formats, EveryFrameGivesTheSameTables) {
  Database lines;
  lines.run(call(one + "\n" + two + "\n" + three + "\n"));
  ASSERT_EQ(lines.value("SELECT count(*) FROM work_subjects"), "4");
  const std::string page = R"({"type":"ResultList","pageSize":2,"results":[)";
  for (const std::string& text :
       {"[\n" + one + ",\n" + two + ",\n" + three + "\n]\n",
        "[" + one + "," + two + "," + three + "]", one + two + " " + three,
        one + "\r" + two + "\r" + three, one + "\r\n" + two + "\r\n" + three,
        page + one + ",\n" + two + "]}\n" + page + three + "]}",
        "\xef\xbb\xbf" + one + "\n\xef\xbb\xbf" + two + "\n" + three,
        "\x1e" + one + "\n\x1e" + two + "\n\x1e" + three}) {
    Database other;
    other.run(call(text));
    EXPECT_EQ(other.contents(), lines.contents()) << text.substr(0, 40);
  }
}

TEST_F(Formats, PrettyPrintedDocuments) {
  std::string pretty;
  for (const std::string& document : {one, two, three}) {
    for (const char c : document)
      pretty += c == '{' || c == ',' ? std::string{c, '\n', ' '} : std::string{c};
    pretty += "\n";
  }
  EXPECT_EQ(pairs(pretty), pairs("[" + one + "," + two + "," + three + "]"));
}

TEST_F(Formats, ManyFilesAreOne) {
  const std::string again = work("w1", heading("z"));
  Database whole, parts;
  whole.run(call(one + "\n" + two + "\n" + three + "\n" + again));
  folder.write("part1.json", one + "\n" + two);
  folder.write("part2.json.gz", gzip(three));
  folder.write("part3.json", "[" + again + "]");
  const std::string summary = parts.value("SELECT subjrec_import('" + folder.file("part*") + "')");
  EXPECT_EQ(parts.contents(), whole.contents());
  EXPECT_THAT(summary, HasSubstr("\"files\":3,\"works_read\":4,\"works\":3,"));
  Database list;
  list.run("SELECT subjrec_import(json_array('" + folder.file("part1.json") + "', '" +
           folder.file("part[23]*") + "'))");
  EXPECT_EQ(list.contents(), whole.contents());
  EXPECT_EQ(list.error("SELECT subjrec_import('" + folder.file("no*") + "')"),
            "subjrec_import: no file matches '" + folder.file("no*") + "'");
  EXPECT_THAT(list.error("SELECT subjrec_import('[\"x\", \"x\"]')"), HasSubstr("names 'x' twice"));
  EXPECT_THAT(list.error("SELECT subjrec_import('[7]')"), HasSubstr("JSON array of paths, got 7"));
  folder.write("part4.json", "{\"id\":");
  EXPECT_THAT(list.error("SELECT subjrec_import('" + folder.file("part*") + "')"),
              HasSubstr("the first: " + folder.file("part4.json") + ", line 1"));
  EXPECT_EQ(list.contents(), whole.contents()) << "a part that cannot be read leaves all as it was";
}

TEST_F(Formats, FailsWhereTooMuchIsSkipped) {
  const std::string cut = one + "\n" + two + "\n{\"id\":\"w3\",\"subj";
  EXPECT_THAT(error(cut), HasSubstr("1 of 3 records were skipped, which is more than the option "
                                    "\"skipped_limit\" (0.001) allows; the first: line 3, from "));
  EXPECT_THAT(error(cut), HasSubstr("type {\"skipped_limit\": 0.34}"));
  EXPECT_EQ(pairs(cut, R"({"skipped_limit": 0.34})").size(), 3u);
  EXPECT_THAT(warnings(cut, R"({"skipped_limit": 1})"), HasSubstr("the file is cut off"));
  EXPECT_THAT(error("[" + one + "," + two), HasSubstr("cut off: the file ends inside it"));
  EXPECT_THAT(error(R"({"id":12345678901234567890,"subjects":[]})"
                    "\n"
                    R"({"id":1.5})"),
              HasSubstr("has an id that is neither a text nor a whole number: 1.5"));
  EXPECT_THAT(error(""), HasSubstr("holds no works: it is empty"));
}

TEST_F(Formats, DeletesNothingThatCouldNotBeRead) {
  const std::string good = one + "\n" + two + "\n" + three + "\n";
  db.run(call(good));
  const auto before = db.contents();
  const std::string cut = one + "\n" + two + "\n{\"id\":";
  EXPECT_THAT(db.error(call(cut, R"({"missing":"delete","skipped_limit":1,"delete_limit":1})")),
              HasSubstr("what this file lacks cannot be told from what could not be read"));
  EXPECT_THAT(db.error(call(one, R"({"missing":"delete"})")),
              HasSubstr("lacks 2 of the 3 works in the table"));
  EXPECT_THAT(db.error(call(one, R"({"missing":"delete"})")),
              HasSubstr("type {\"missing\": \"delete\", \"delete_limit\": 0.67}"));
  EXPECT_EQ(db.contents(), before);
  db.run(call(one, R"({"missing":"delete","delete_limit":0.67})"));
  EXPECT_EQ(db.value("SELECT count(*) FROM works"), "1");
}

TEST_F(Formats, WarnsOfPairsThatAreTakenAway) {
  EXPECT_EQ(warnings(one + "\n" + two + "\n" + three), "[]");
  EXPECT_THAT(warnings(work("w1", "\"Bees\"") + "\n" + work("w2", "\"Surgery\"")),
              HasSubstr("3 of the 3 pairs that the works of this file had before were taken away"));
  EXPECT_EQ(db.value("SELECT count(*) FROM work_subjects"), "3");
}

TEST_F(Formats, TextsAreSubjects) {
  EXPECT_THAT(pairs(work("w1", "\"Surgery\",\"Bees\"") + "\n" + work("w2", "\"Surgery\"")),
              ElementsAre("w1|Bees", "w1|Surgery", "w2|Surgery"));
}

TEST_F(Formats, LabelsWhereThereAreNoIds) {
  const std::string text =
      work("w", R"({"label":"A - B","concepts":[{"label":"A"},{"label":"B"}]})");
  EXPECT_THAT(error(text),
              HasSubstr("none of its 1 works has a subject that can be used: 2 subjects "
                        "have no id; to know them by their label, type "
                        "{\"without_id\": \"label\"}; nothing was imported"));
  EXPECT_THAT(pairs(text, R"({"without_id":"label"})"), ElementsAre("w|A", "w|B"));
  EXPECT_THAT(pairs(text, R"({"without_id":"label","level":"heading"})"), ElementsAre("w|A - B"));
  EXPECT_THAT(pairs(text, R"({"without_id":"label","level":"both"})"),
              ElementsAre("w|A", "w|A - B", "w|B"));
}

TEST_F(Formats, ShapeOfOpenAlex) {
  const std::string text =
      R"({"id":"https://x/W1","title":"T","concepts":[{"id":"https://x/C1","display_name":"Bees","score":0.4}],)"
      R"("authorships":[{"author":{"id":"https://x/A1","display_name":"Ann"}}],"language":"en"})";
  EXPECT_THAT(error(text), HasSubstr("no record has the member \"subjects\""));
  EXPECT_THAT(error(text), HasSubstr("{\"shape\": \"openalex\"}"));
  EXPECT_THAT(pairs(text, R"({"shape":"openalex"})"), ElementsAre("https://x/W1|https://x/C1"));
  db.run(call(text, R"({"shape":"openalex"})"));
  EXPECT_THAT(db.rows("SELECT * FROM features"),
              ElementsAre("contributor:https://x/A1|contributor|Ann", "language:en|language|en"));
}

TEST_F(Formats, ShapeOfMarc) {
  const std::string text = R"({"leader":"00714cam a2200205 a 4500","fields":[{"001":" 42 "},
    {"008":"750202s1975    enk           000 0 eng d"},
    {"100":{"ind1":"1","ind2":" ","subfields":[{"a":"Smith, Ann,"},{"d":"1920-"}]}},
    {"245":{"ind1":"1","ind2":"0","subfields":[{"a":"Bees :"},{"b":"a history /"},{"c":"A. Smith."}]}},
    {"264":{"ind1":" ","ind2":"1","subfields":[{"c":"1975."}]}},
    {"650":{"ind1":" ","ind2":"0","subfields":[{"a":"Bees."},{"0":"(uri) http://x/sh1"}]}},
    {"650":{"ind1":" ","ind2":"0","subfields":[{"a":"Bees"},{"x":"History"},{"z":"England."}]}},
    {"653":{"ind1":" ","ind2":" ","subfields":[{"a":"honey"},{"a":"wax"}]}},
    {"655":{"ind1":" ","ind2":"7","subfields":[{"a":"Essays."}]}}]})";
  db.run(call(text, R"({"shape":"marc"})"));
  EXPECT_THAT(db.rows("SELECT work_id, title, work_type, production_date FROM works"),
              ElementsAre("42|Bees : a history|Language material|1975"));
  EXPECT_THAT(db.rows("SELECT * FROM subjects"),
              ElementsAre("Bees|Bees|Concept", "England|England|Place", "History|History|Concept",
                          "honey|honey|Concept", "http://x/sh1|Bees|Concept", "wax|wax|Concept"));
  EXPECT_THAT(
      db.rows("SELECT feature_id FROM features"),
      ElementsAre("contributor:Smith, Ann, 1920-", "genre:Essays", "language:eng", "work_type:a"));
  EXPECT_THAT(
      pairs(text, R"({"shape":"marc","level":"heading"})"),
      ElementsAre("42|Bees -- History -- England", "42|honey", "42|http://x/sh1", "42|wax"));
  EXPECT_THAT(error(one, R"({"shape":"marc"})"), HasSubstr("no record has the member \"fields\""));
}

TEST_F(Formats, ShapeOfAnnif) {
  EXPECT_THAT(
      pairs(
          R"({"document_id":"d1","text":"About bees","subjects":[{"uri":"http://x/1","label":"bees"}]})",
          R"({"shape":"annif"})"),
      ElementsAre("d1|http://x/1"));
  db.run(call("[About] bees\t<http://x/1> <http://x/2>\nAbout wax\t<http://x/2>\n",
              R"({"shape":"annif"})"));
  EXPECT_THAT(
      db.rows(
          "SELECT title, subject_id FROM work_subjects JOIN works USING (work_id) ORDER BY 1, 2"),
      ElementsAre("About wax|http://x/2", "[About] bees|http://x/1", "[About] bees|http://x/2"));
}

TEST_F(Formats, ShapesOfDataCiteAndOpenLibrary) {
  EXPECT_THAT(pairs(R"({"data":[{"id":"10.1/a","type":"dois","attributes":{"titles":[{"title":"T"}],
                        "subjects":[{"subject":"bees"},{"subject":"wax","valueUri":"http://x/2"}]}}]})",
                    R"({"shape":"datacite"})"),
              ElementsAre("10.1/a|bees", "10.1/a|http://x/2"));
  EXPECT_THAT(
      pairs("/type/work\t/works/OL1W\t3\t2010-01-01\t{\"key\":\"/works/OL1W\",\"title\":\"T\","
            "\"subjects\":[\"Bees\"],\"subject_places\":[\"England\"]}\n",
            R"({"shape":"openlibrary"})"),
      ElementsAre("/works/OL1W|Bees", "/works/OL1W|England"));
}

TEST_F(Formats, ShapeByPaths) {
  const std::string text =
      R"({"n":7,"t":{"main":"One"},"topics":[{"@id":"a","name":"A"},{"@id":"b"}],"lang":"en"})";
  db.run(call(text,
              R"({"shape":{"work_id":"$.n","title":"$.t.main","subject_id":"$.topics[*][''@id'']",)"
              R"("label":"$.topics[*].name","features":{"language":"$.lang"}}})"));
  EXPECT_THAT(db.rows("SELECT work_id, title FROM works"), ElementsAre("7|One"));
  EXPECT_THAT(db.rows("SELECT subject_id, label FROM subjects"), ElementsAre("a|A", "b|NULL"));
  EXPECT_THAT(db.rows("SELECT feature_id FROM work_features"), ElementsAre("language:en"));
  EXPECT_THAT(
      error(text, R"({"shape":{"work_id":"$.n","subject_id":"$.concepts[*].id"}})"),
      HasSubstr("no record has $.concepts[*].id, as the shape \"mapped\" wants; the first has "
                "the members n, t, topics, lang"));
  const std::pair<const char*, const char*> wrong[] = {
      {R"({"shape":"marcxml"})",
       "must be one of \"wellcome\", \"marc\", \"annif\", \"openalex\", "
       "\"datacite\", \"openlibrary\", or an object of JSON paths, got \"marcxml\""},
      {R"({"shape":{"work_id":"n","subject_id":"$.a"}})", "\"work_id\" must be a JSON path"},
      {R"({"shape":{"work_id":"$.n"}})",
       "must have a \"work_id\" and a \"subject_id\" or a \"label\""},
      {R"({"shape":{"work_id":"$.n","subject_id":"$.topics[*].name","weight":"$.w[*]"}})",
       "must go through the same list, but $.topics[*].name and $.w[*] do not"},
      {R"({"shape":{"id":"$.n"}})", "\"id\" is not known; a shape has work_id, title, "},
      {R"({"shape":{"work_id":"$.n","subject_id":"$.a[*].b","label":"$.c[*].d"}})",
       "must go through the same list, but $.a[*].b and $.c[*].d do not"},
      {R"({"records":"results"})", "option \"records\" must be a JSON pointer"},
      {R"({"shape":7})", "option \"shape\" must be a text"},
  };
  for (const auto& [options, message] : wrong)
    EXPECT_THAT(error(text, options), HasSubstr(message));
}

/// Records whose subjects have weights, as OpenAlex's do.
class Weights : public Formats {
 protected:
  const std::string shape =
      R"({"shape":{"work_id":"$.id","subject_id":"$.tags[*].id","weight":"$.tags[*].w"}})";
  std::vector<std::string> weights() {
    return db.rows("SELECT work_id, subject_id, weight FROM work_subjects");
  }
};

TEST_F(Weights, AreAColumnOfThePairs) {
  db.run(call(R"({"id":"w","tags":[{"id":"b","w":0.25},{"id":"a","w":3},{"id":"c","w":"1e-1"},)"
              R"({"id":"b","w":0.5},{"id":"d"},"e",{"id":"f","w":0}]})",
              shape));
  EXPECT_THAT(weights(),
              ElementsAre("w|a|3.0", "w|b|0.5", "w|c|0.1", "w|d|1.0", "w|e|1.0", "w|f|0.0"));
  db.run("UPDATE work_subjects SET weight = 0.5 WHERE subject_id IN ('a', 'c')");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_train('m', 'work_subjects', "
                     "'{\"algorithm\":\"popularity\"}'), '$.interactions')"),
            "5")
      << "a weight of 0 is no interaction";
}

TEST_F(Weights, AreBroughtUpToDate) {
  db.run(call(R"({"id":"w","tags":[{"id":"a","w":1},{"id":"b","w":2},{"id":"c","w":3}]})", shape));
  const std::string again =
      call(R"({"id":"w","tags":[{"id":"a","w":1},{"id":"b","w":5},{"id":"d","w":4}]})", shape);
  EXPECT_THAT(db.rows("SELECT r ->> 'interactions_added', r ->> 'interactions_deleted' FROM (" +
                      again + " AS r)"),
              ElementsAre("1|1"));
  EXPECT_THAT(weights(), ElementsAre("w|a|1.0", "w|b|5.0", "w|d|4.0"));
  db.run(call(R"({"id":"w","tags":[{"id":"a"},{"id":"b"},{"id":"e"}]})",
              R"({"shape":{"work_id":"$.id","subject_id":"$.tags[*].id"}})"));
  EXPECT_THAT(weights(), ElementsAre("w|a|1.0", "w|b|5.0", "w|e|1.0"))
      << "an import without weights keeps those that are there";
}

TEST_F(Weights, ThatAreNoneAreCounted) {
  const std::string odd =
      call(R"({"id":"w","tags":[{"id":"a","w":-1},{"id":"b","w":"much"},{"id":"c","w":[]},)"
           R"({"id":"d","w":null},{"id":"e","w":2}]})",
           shape);
  EXPECT_THAT(
      db.value("SELECT json_extract((" + odd + "), '$.warnings[0]')"),
      AllOf(HasSubstr("3 parts of works"), HasSubstr("\"weight\" is -1, wanted 0 or more")));
  EXPECT_THAT(weights(), ElementsAre("w|a|1.0", "w|b|1.0", "w|c|1.0", "w|d|1.0", "w|e|2.0"));
}

TEST_F(Weights, SayWhatIsWrong) {
  const std::string plain = R"({"id":"w","tags":[{"id":"a"}]})";
  EXPECT_THAT(error(plain, shape), HasSubstr("no record has $.tags[*].w"));
  db.run(call(plain, R"({"shape":{"work_id":"$.id","subject_id":"$.tags[*].id"}})"));
  EXPECT_THAT(db.error(call(R"({"id":"w","tags":[{"id":"a","w":1}]})", shape)),
              HasSubstr("work_subjects is not a table that an import can fill: wanted the columns "
                        "work_id, subject_id, weight with the primary key (work_id, subject_id), "
                        "got the columns work_id, subject_id"));
}

TEST_F(Formats, TextsAmongObjectsAreSubjectsInAnyShape) {
  db.run(call(R"({"id":"w","tags":["Surgery",{"id":"t:1","name":"Bees"}],"by":["Ann",{"id":"b"}]})",
              R"({"shape":{"work_id":"$.id","subject_id":"$.tags[*].id","label":"$.tags[*].name",)"
              R"("features":{"author":"$.by[*].id"}}})"));
  EXPECT_THAT(db.rows("SELECT subject_id, label FROM subjects"),
              ElementsAre("Surgery|Surgery", "t:1|Bees"));
  EXPECT_THAT(db.rows("SELECT feature_id FROM work_features"),
              ElementsAre("author:Ann", "author:b"));
}

TEST_F(Formats, RecordsWhereThePointerSays) {
  const std::string text = "{\"a\":{\"list\":[" + one + "," + two + "]}}";
  EXPECT_EQ(pairs(text, R"({"records":"/a/list"})").size(), 3u);
  EXPECT_THAT(error(text, R"({"records":"/b"})"), HasSubstr("have no array at \"/b\""));
}

TEST_F(Formats, LinesGivesRecordsAsTheyStand) {
  const std::string from =
      " FROM subjrec_lines('" +
      folder.write("f", gzip("[\n {\"a\": 1},\n 7, {\"b\": NaN},\n{\"c\": }\n]")) + "'";
  const std::string not_json =
      "not JSON: The JSON document has an improper structure: missing or superfluous commas, "
      "braces, "
      "missing keys, etc.";
  EXPECT_THAT(
      db.rows("SELECT n, offset, json, error" + from + ")"),
      ElementsAre("1|3|{\"a\": 1}|NULL", "2|14|7|NULL",
                  "3|17|{\"b\": \"\xef\xbf\xbdNaN\"}|" + not_json, "4|29|NULL|" + not_json));
  EXPECT_EQ(db.value("SELECT count(*)" + from + ", '{\"records\": \"\"}')"), "4");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_lines"), "subjrec_lines: argument 1 (path) is missing");
  EXPECT_THAT(db.error("SELECT * FROM subjrec_lines(7)"), HasSubstr("must be a text"));
  EXPECT_THAT(db.error("SELECT *" + from + ", '{\"pointer\": \"\"}')"),
              HasSubstr("did you mean \"records\"?"));
  EXPECT_THAT(db.error("SELECT * FROM subjrec_lines('" + folder.write("x", "<xml/>") + "')"),
              HasSubstr(" is XML; "));
}

}  // namespace
}  // namespace subjrec::test
