#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::gzip;
using ::subjrec::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kTerms =
    R"({"id":"bees","label":"Bees","altLabel":["Apis","Apiformes"],"broader":["insects"]})"
    "\n"
    R"({"id":"honey","label":"Honey bees","altLabel":"Hive bees","broader":"bees","type":"Topic"})"
    "\n"
    R"({"id":"insects","label":"Insects","narrower":[{"id":"ants"},{"id":"bees"}]})"
    "\n"
    R"({"id":"ants","label":"Ants"})"
    "\n";

class Vocabulary : public ::testing::Test {
 protected:
  std::string import(const std::string& bytes, const std::string& more = "") {
    return "subjrec_import('" + folder.write("terms" + std::to_string(++files) + ".json", bytes) +
           "', '{\"kind\":\"vocabulary\"" + (more.empty() ? "" : "," + more) + "}')";
  }
  std::vector<std::string> everything() {
    std::vector<std::string> all;
    for (const char* table : {"subjects", "subject_labels", "subject_broader"}) {
      for (const std::string& row : db.rows(std::string("SELECT * FROM ") + table)) {
        all.push_back(row);
      }
    }
    return all;
  }
  /// The members of the summary that are named, as one row.
  std::string summary(const std::string& call, const std::string& members) {
    return db.rows("SELECT json_extract(" + call + ", " + members + ")").at(0);
  }

  TemporaryFolder folder;
  int files = 0;
  Database db;
};

TEST_F(Vocabulary, FillsSubjectsLabelsAndBroader) {
  EXPECT_EQ(
      summary(import(kTerms), "'$.kind', '$.subjects', '$.labels', '$.broader', '$.warnings'"),
      R"(["vocabulary",4,3,3,[]])");
  const auto expected = ElementsAre("ants|Ants|NULL", "bees|Bees|NULL", "honey|Honey bees|Topic",
                                    "insects|Insects|NULL",                            //
                                    "bees|Apiformes", "bees|Apis", "honey|Hive bees",  //
                                    "ants|insects", "bees|insects", "honey|bees");
  EXPECT_THAT(everything(), expected);
  EXPECT_EQ(summary(import(kTerms), "'$.subjects_changed', '$.labels_added', '$.broader_added'"),
            "[0,0,0]");
  EXPECT_THAT(everything(), expected);
}

TEST_F(Vocabulary, EveryFrameGivesTheSameTables) {
  db.rows("SELECT " + import(kTerms));
  const auto expected = everything();
  std::string array = "[" + kTerms;
  for (size_t at = 0; (at = array.find("}\n{", at)) != std::string::npos; ++at) {
    array.replace(at, 3, "},\n{");
  }
  array += "]";
  for (const std::string& file : {array, "{\"results\":" + array + "}", gzip(kTerms)}) {
    db.rows("DELETE FROM subjects");
    db.rows("DELETE FROM subject_labels");
    db.rows("DELETE FROM subject_broader");
    db.rows("SELECT " + import(file));
    EXPECT_EQ(everything(), expected);
  }
}

TEST_F(Vocabulary, IsReadByPathsOfItsOwn) {
  db.rows("SELECT " + import(R"([{"no":7,"name":"Bees","also":[{"text":"Apis"},{"text":"Bees"}],)"
                             R"("up":[{"no":9}]},{"no":9,"name":"Insects","also":[],"up":[]}])",
                             R"("shape":{"subject_id":"$.no","label":"$.name",)"
                             R"("alternative_label":"$.also[*].text","broader":"$.up[*].no"})"));
  EXPECT_THAT(everything(), ElementsAre("7|Bees|NULL", "9|Insects|NULL", "7|Apis", "7|9"));
}

TEST_F(Vocabulary, OtherWaysOfWritingIt) {
  db.rows("SELECT " + import(R"({"@graph":[{"@id":"u:1","@type":"skos:Concept",)"
                             R"("skos:prefLabel":{"@language":"en","@value":"Bees"},)"
                             R"("skos:altLabel":[{"@value":"Apis"}],"skos:broader":{"@id":"u:2"}},)"
                             R"({"@id":"u:2","skos:prefLabel":[{"@value":"Insects"}]}]})"));
  db.rows("SELECT " + import(R"({"uri":"s:1","prefLabel":{"fr":"Abeilles","en":"Bees"},)"
                             R"("altLabel":{"en":["Apis"]},"broader":[{"uri":"s:2"}]})"));
  EXPECT_THAT(everything(),
              ElementsAre("s:1|Bees|NULL", "u:1|Bees|skos:Concept", "u:2|Insects|NULL",  //
                          "s:1|Apis", "u:1|Apis",                                        //
                          "s:1|s:2", "u:1|u:2"));
}

TEST_F(Vocabulary, ASubjectThatComesTwiceBecomesOne) {
  EXPECT_EQ(summary(import(R"({"id":"a","label":"First","altLabel":["x"],"broader":["b","a"]})"
                           R"({"id":"a","label":"Second","altLabel":["y","x","First"],"type":"T"})"
                           R"({"id":"b","label":"B"})"),
                    "'$.subjects', '$.subjects_repeated', '$.labels', '$.broader'"),
            "[2,1,2,1]");
  EXPECT_THAT(everything(), ElementsAre("a|First|T", "b|B|NULL", "a|x", "a|y", "a|b"));
}

TEST_F(Vocabulary, ANewerFileUpdates) {
  db.rows("SELECT " + import(kTerms));
  EXPECT_EQ(summary(import(R"({"id":"bees","label":"Bees and wasps","altLabel":["Apis"]})"),
                    "'$.subjects_changed', '$.labels_deleted', '$.broader_deleted', "
                    "'$.warnings[0]'"),
            "[1,1,1,\"1 of the 1 pairs that the subjects of this file had before were taken away; "
            "if that is not meant, import the older file again\"]");
  EXPECT_THAT(everything(),
              ElementsAre("ants|Ants|NULL", "bees|Bees and wasps|NULL", "honey|Honey bees|Topic",
                          "insects|Insects|NULL", "bees|Apis", "honey|Hive bees", "ants|insects",
                          "honey|bees"));
}

TEST_F(Vocabulary, DeletesWhatIsMissingWhenTold) {
  db.rows("SELECT " + import(kTerms));
  const std::string one = R"({"id":"bees","label":"Bees"})";
  const auto before = everything();
  EXPECT_THAT(db.error("SELECT " + import(one, R"("missing":"delete")")),
              HasSubstr("lacks 3 of the 4 subjects in the table"));
  EXPECT_EQ(everything(), before);
  db.rows("SELECT " + import(one, R"("missing":"delete","delete_limit":1)"));
  EXPECT_THAT(everything(), ElementsAre("bees|Bees|NULL"));
}

TEST_F(Vocabulary, AnImportOfWorksKeepsItsSubjects) {
  db.rows("SELECT " + import(kTerms));
  const std::string works =
      folder.write("works.json", R"({"id":"w","title":"W","subjects":["bees"]})");
  db.rows("SELECT subjrec_import('" + works + "', '{\"missing\":\"delete\"}')");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjects"), "4");
}

TEST_F(Vocabulary, WarnsOfWhatIsOdd) {
  EXPECT_EQ(summary(import(R"({"id":"a","label":"A","broader":["gone",{"name":"no id"}]})"
                           R"({"id":"b"})"),
                    "'$.warnings'"),
            R"(["1 subjects have no label",)"
            R"("1 broader or narrower subjects have no id and were left out",)"
            R"("1 pairs in subject_broader lead to a subject that is not in subjects"])");
}

TEST_F(Vocabulary, SaysWhatIsWrong) {
  db.rows("SELECT " + import(kTerms));
  const auto before = everything();
  const std::pair<std::string, const char*> cases[] = {
      {import(""), "holds no subjects: it is empty"},
      {import(kTerms.substr(0, kTerms.size() - 5)), "1 of 4 records were skipped"},
      {import(kTerms + "{\"label\":\"no id\"}"), "1 of 5 records were skipped"},
      {import(R"({"id":"w1","title":"A work","subjects":[]})"), "no record has $.label"},
      {import(R"({"name":"no id"})"), "no record has $.id"},
      {import(kTerms, R"("shape":"marc")"),
       "option \"shape\" of a vocabulary must be an object of JSON paths, like "
       "{\"subject_id\": \"$.id\", \"label\": \"$.name\"}, got \"marc\""},
      {import(kTerms, R"("shape":{"work_id":"$.id"})"),
       "\"work_id\" is not known; the shape of a vocabulary has subject_id, label, type, "
       "alternative_label, broader, narrower"},
      {import(kTerms, R"("shape":{"label":"$.label"})"), "must have a \"subject_id\""},
      {import(kTerms, R"("level":"heading")"),
       "option \"level\" is for works, and says nothing of {\"kind\": \"vocabulary\"}"},
      {import("<rdf:RDF xmlns:rdf='x'/>"), "is XML; subjrec reads JSON"},
  };
  for (const auto& [call, wanted] : cases) {
    EXPECT_THAT(db.error("SELECT " + call), HasSubstr(wanted)) << call;
    EXPECT_EQ(everything(), before);
  }
  db.rows("DROP TABLE subject_broader");
  db.rows("CREATE TABLE subject_broader(a, b)");
  EXPECT_THAT(db.error("SELECT " + import(kTerms)),
              HasSubstr("main.subject_broader is not a table that an import can fill: wanted the "
                        "columns subject_id, broader_id with the primary key"));
  EXPECT_THAT(db.rows("SELECT * FROM subject_broader"), IsEmpty());
}

TEST_F(Vocabulary, AsRowsEndsWithTheSummary) {
  EXPECT_EQ(db.value("SELECT json_extract(summary, '$.subjects') FROM " + import(kTerms) +
                     " WHERE summary IS NOT NULL"),
            "4");
}

}  // namespace
}  // namespace subjrec::test
