// The option subject_labels: words of labels in the texts of works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// 120 works of which a tenth is on one of twelve matters, which their titles name in the plural,
/// and some of which are about a second one that their titles do not name.
constexpr const char* kLabelled =
    "CREATE TABLE matters(m, label);"
    "INSERT INTO matters VALUES (0,'Bee'),(1,'Comet'),(2,'Garden'),(3,'Lighthouse'),(4,'River'),"
    "(5,'Castle'),(6,'Violin'),(7,'Horse'),(8,'Volcano'),(9,'Railway'),(10,'Orchid'),(11,'Pearl');"
    "CREATE TABLE works(work_id, title);"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 119) "
    "INSERT INTO works SELECT i, 'Of ' || label || 's, number ' || (i % 9) FROM n JOIN matters ON "
    "m = i % 12;"
    "CREATE TABLE tags(work_id, subject_id);"
    "INSERT INTO tags SELECT work_id, 's' || (work_id % 12) FROM works WHERE work_id % 5 > 0;"
    "INSERT INTO tags SELECT work_id, 's' || (work_id * 7 % 12) FROM works;"
    "INSERT INTO tags SELECT work_id, 's' || (work_id * 5 % 12) FROM works;"
    "CREATE TABLE labels AS SELECT 's' || m AS subject_id, label FROM matters "
    "UNION ALL SELECT 's0', 'Honey insect' UNION ALL SELECT 's1', NULL UNION ALL SELECT 'unused', "
    "'Whales';";

constexpr const char* kOptions =
    "json_object('algorithm', 'blend', 'epochs', 4, 'embedding_dim', 8, "
    "'work_text', 'SELECT work_id, title FROM works'";

class SubjectLabels : public ::testing::Test {
 protected:
  SubjectLabels() { db.run(kLabelled); }
  std::string train(const std::string& name, const std::string& more = "",
                    const std::string& labels = "labels") {
    return db.value("SELECT subjrec_train('" + name + "', 'tags', " + kOptions +
                    ", 'subject_labels', '" + labels + "'" + more + "))");
  }
  std::string digest(const std::string& name) {
    return db.value("SELECT value FROM " + name + "_config WHERE key = 'digest'");
  }
  Database db;
};

TEST_F(SubjectLabels, SaysWhatItRead) {
  const std::string summary = train("rec");
  EXPECT_EQ(db.value("SELECT json_extract('" + summary + "', '$.labels'), json_extract('" +
                     summary + "', '$.subjects_on_no_work')"),
            "14|1");
  EXPECT_EQ(db.value("SELECT json_array_length('" + summary + "', '$.blend.warm')"), "12");
  db.run("SELECT subjrec_train('plain', 'tags', " + std::string(kOptions) + "))");
  EXPECT_EQ(db.value("SELECT json_array_length(value) FROM plain_config WHERE key = 'blend'"),
            "12");
  EXPECT_EQ(db.value("SELECT json_array_length(value) FROM rec_config WHERE key = 'blend'"), "24");
  train("rec", "", "SELECT * FROM labels WHERE subject_id <> ''unused''");
  EXPECT_EQ(db.value("SELECT json_array_length(value) FROM rec_config WHERE key = 'blend'"), "18")
      << "of works' subjects alone";
}

TEST_F(SubjectLabels, FindASubjectByAnotherFormOfItsWord) {
  // "insects" is in no title: it says nothing but by the label.
  db.run("SELECT subjrec_train('plain', 'tags', " + std::string(kOptions) + "))");
  train("rec");
  const auto score = [&](const std::string& model, const std::string& text) {
    return db.value("SELECT score FROM subjrec_suggest_text('" + model + "', '" + text +
                    "', 12) WHERE subject_id = 's0'");
  };
  EXPECT_EQ(score("plain", "honey insects"), score("plain", "wax"));
  EXPECT_EQ(db.value("SELECT " + score("rec", "honey insect") + " > " + score("rec", "wax")), "1");
  EXPECT_EQ(score("rec", "insects"), score("rec", "wax"))
      << "a form that neither titles nor labels have";
  EXPECT_EQ(score("rec", "Honey and an INSECT"), score("rec", "honey insect"));
}

TEST_F(SubjectLabels, ExplainScoresByTheWord) {
  train("rec");
  for (const char* work : {"0", "12", "37"}) {
    const std::string call =
        "subjrec_explain('rec', " + std::string(work) + ", 's' || (" + work + " % 12))";
    EXPECT_EQ(db.value("SELECT count(*) FROM " + call +
                       " WHERE cause = 'label' AND id LIKE "
                       "'text:%s'"),
              "1");
    EXPECT_EQ(db.value("SELECT abs(sum(contribution) - (SELECT score FROM rec WHERE work_id = " +
                       std::string(work) + " AND subject_id = 's' || (" + work +
                       " % 12))) < 1e-4 FROM " + call),
              "1");
  }
}

TEST_F(SubjectLabels, GiveTheSameScoresByEveryRoute) {
  train("rec");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec AS r JOIN (SELECT * FROM rec WHERE work_id = 17) AS "
                     "w USING (work_id, subject_id) WHERE r.score = w.score"),
            "13");
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM subjrec_topk('rec', 17, 13)"),
            db.rows("SELECT subject_id, score FROM rec WHERE work_id = 17"));
  EXPECT_EQ(db.rows("SELECT score FROM rec WHERE work_id = 17 AND subject_id = 's3'"),
            db.rows("SELECT score FROM rec WHERE subject_id = 's3' AND +work_id = 17"));
  EXPECT_EQ(db.value("SELECT count(*) > 4 FROM subjrec_evaluate('rec', 'SELECT 5, ''s3''')"), "1");
}

TEST_F(SubjectLabels, AreTheSameForAnyOrderOfRowsAndThreads) {
  train("rec");
  const std::string wanted = digest("rec");
  train("rec", ", 'threads', 3");
  EXPECT_EQ(digest("rec"), wanted);
  train("rec", "", "SELECT subject_id, lower(label) FROM labels ORDER BY label DESC");
  EXPECT_EQ(digest("rec"), wanted);
  train("rec", "", "SELECT * FROM labels WHERE subject_id <> ''s3''");
  EXPECT_NE(digest("rec"), wanted);
}

TEST_F(SubjectLabels, HoldForWorksThatComeLater) {
  train("rec");
  db.run(
      "INSERT INTO works VALUES (500, 'Honey insect'); INSERT INTO tags VALUES (500, 's7');"
      "SELECT subjrec_update('rec')");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_explain('rec', 500, 's0') WHERE cause = "
                     "'label'"),
            "2");
}

TEST_F(SubjectLabels, OfATwinAreThoseOfItsCanonicalSubject) {
  db.run("INSERT INTO labels VALUES ('twin', 'Apiary'); CREATE TABLE same AS SELECT 'twin', 's0'");
  train("rec", ", 'same_as', 'same'");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'apiary', 1)"), "s0");
}

TEST_F(SubjectLabels, ThatAreEqualAreFoldedInDiverseLists) {
  db.run("INSERT INTO labels VALUES ('s4', 'LIGHTHOUSES')");
  train("rec");
  const auto both = [&](const std::string& call) {
    return db.value("SELECT count(*) FROM " + call + " WHERE +subject_id IN ('s3', 's4')");
  };
  EXPECT_EQ(both("subjrec_suggest_text('rec', 'lighthouse', 12, 0, 0, 0)"), "2");
  EXPECT_EQ(both("subjrec_suggest_text('rec', 'lighthouse', 12, 0, 0, 0.001)"), "1");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'lighthouse', 1, 0, 0, "
                     "0.001)"),
            db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'lighthouse', 1)"))
      << "the best of them stays";
  EXPECT_EQ(both("subjrec_suggest('rec', '[\"s3\"]', 12, NULL, NULL, 0, 0, 0)"), "1");
  EXPECT_EQ(both("subjrec_suggest('rec', '[\"s3\"]', 12, NULL, NULL, 0, 0, 0.001)"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest_text('rec', 'wax', 5, 0, 0, 0.001)"),
            "5")
      << "what is folded makes room";
}

TEST_F(SubjectLabels, MakeAnotherRunOfATuning) {
  const auto run = [&] {
    db.run(
        "SELECT * FROM subjrec_tune('tags', '[{\"algorithm\":\"blend\",\"epochs\":1,"
        "\"embedding_dim\":8,\"work_text\":\"SELECT work_id, title FROM works\","
        "\"subject_labels\":\"labels\"}]', '{\"results\":\"trials\"}')");
    return db.value("SELECT count(*) FROM trials");
  };
  EXPECT_EQ(run(), "1");
  EXPECT_EQ(run(), "1") << "the same is not run again";
  db.run("UPDATE labels SET label = 'Comet tail' WHERE subject_id = 's1'");
  EXPECT_EQ(run(), "2");
}

TEST_F(SubjectLabels, RefuseWhatIsNotOne) {
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', '{\"subject_labels\":\"labels\"}')"),
            "subjrec_train: option \"subject_labels\" needs \"work_text\", the texts of works in "
            "which the words of the labels are looked for");
  EXPECT_THAT(
      db.error("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ease\","
               "\"work_text\":\"works\",\"subject_labels\":\"labels\"}')"),
      StartsWith("subjrec_train: option \"subject_labels\" is for the algorithm \"blend\""));
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', " + std::string(kOptions) +
                     ", 'subject_labels', 'SELECT ''s1'', x''00'''))"),
            "subjrec_train: option \"subject_labels\", row 1, subject 's1': wanted a text, got a "
            "BLOB of 1 bytes");
  EXPECT_THAT(db.error("SELECT subjrec_train('rec', 'tags', " + std::string(kOptions) +
                       ", 'subject_labels', 'nowhere'))"),
              HasSubstr("option \"subject_labels\""));
  EXPECT_NE(train("rec", "", "SELECT ''s1'', '' ..!'' UNION ALL SELECT NULL, ''x''"), "");
}

TEST_F(SubjectLabels, AreCheckedWhereTheyAreStored) {
  train("rec");
  for (const std::string key : {"subject_labels_0", "label_words_0"}) {
    for (const std::string value :
         {"", "[", "[[]]", "[[1]]", "[[0,1],]", "[[1,2]", "[[0,99999]]", "[[99999,0]]",
          "[[1,0],[0,1]]", "[[0,1,1]]", "[[0,x]]", "[[0,1][0,1]]", "[[-1,1]]"}) {
      db.run(
          "CREATE TABLE kept AS SELECT key AS k, value AS v FROM rec_config;"
          "UPDATE rec_config SET value = '" +
          value + "' WHERE key = '" + key + "'");
      const std::string error = db.error("SELECT * FROM subjrec_topk('rec', 1, 1)");
      EXPECT_THAT(error, HasSubstr("rec_config")) << key << " " << value;
      // What somebody has blessed is read, or refused for its shape.
      std::vector<std::string> rows;
      if (db.attempt("INSERT INTO rec(rec) VALUES('bless')", &rows).empty()) {
        db.attempt("SELECT * FROM subjrec_topk('rec', 1, 1)", &rows);
      }
      db.run("UPDATE rec_config SET value = (SELECT v FROM kept WHERE k = key); DROP TABLE kept");
    }
  }
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 1, 1)"), "1");
}

}  // namespace
}  // namespace subjrec::test
