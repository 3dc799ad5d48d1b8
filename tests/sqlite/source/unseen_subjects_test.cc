// Subjects that no work carries, known by the labels that subject_labels has of them.
#include <gtest/gtest.h>

#include "support/database.h"

namespace subjrec::test {
namespace {

/// 240 works on twelve matters, one of which each title names, and two matters on no work at all.
constexpr const char* kCatalogue =
    "CREATE TABLE labels(subject_id, label);"
    "INSERT INTO labels VALUES (0,'Bee'),(10,'Comet'),(20,'Garden'),(30,'Lighthouse'),(40,'River'),"
    "(50,'Castle'),(60,'Violin'),(70,'Horse'),(80,'Volcano'),(90,'Railway'),(100,'Orchid'),"
    "(110,'Pearl'),(35,'Whale'),(200,'Steam engine'),(201,' ..!'),(202, NULL);"
    "CREATE TABLE works(work_id, title);"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 239) "
    "INSERT INTO works SELECT i, 'Of ' || label || 's, number ' || (i % 9) FROM n JOIN labels ON "
    "subject_id = i % 12 * 10;"
    "CREATE TABLE tags(work_id, subject_id);"
    "INSERT INTO tags SELECT work_id, work_id % 12 * 10 FROM works WHERE work_id % 5 > 0;"
    "INSERT INTO tags SELECT work_id, work_id * 7 % 12 * 10 FROM works;"
    "INSERT INTO tags SELECT work_id, work_id * 5 % 12 * 10 FROM works;";

class UnseenSubjects : public ::testing::Test {
 protected:
  UnseenSubjects() { db.run(kCatalogue); }
  std::string train(const std::string& more = "", const std::string& labels = "labels") {
    return db.value(
        "SELECT subjrec_train('rec', 'tags', json_object('algorithm', 'blend', 'epochs', 4, "
        "'embedding_dim', 8, 'work_text', 'SELECT work_id, title FROM works', 'subject_labels', '" +
        labels + "'" + more + "))");
  }
  std::string of_summary(const std::string& summary, const std::string& key) {
    return db.value("SELECT json_extract('" + summary + "', '$." + key + "')");
  }
  std::string digest() { return db.value("SELECT value FROM rec_config WHERE key = 'digest'"); }
  Database db;
};

TEST_F(UnseenSubjects, AreCounted) {
  const std::string summary = train();
  EXPECT_EQ(of_summary(summary, "subjects"), "14");
  EXPECT_EQ(of_summary(summary, "subjects_on_no_work"), "2");
  EXPECT_EQ(of_summary(summary, "labels"), "14");
  EXPECT_EQ(of_summary(train("", "SELECT * FROM labels WHERE subject_id NOT IN (35, 200)"),
                       "subjects_on_no_work"),
            "0");
}

TEST_F(UnseenSubjects, ComeUpWhereATextHasTheirLabel) {
  train();
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'A whale', 1)"), "35");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'steam engine', 1)"),
            "200");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest_text('rec', 'bees', 9) WHERE "
                     "+subject_id IN (35, 200)"),
            "0")
      << "what has no word of theirs does not bring them up";
}

TEST_F(UnseenSubjects, GainByTheirLabelOnWorksWithSubjects) {
  train();
  db.run(
      "INSERT INTO works VALUES (500, 'Whale'), (501, 'Nothing'); "
      "INSERT INTO tags VALUES (500, 70), (501, 70); SELECT subjrec_update('rec')");
  const auto score = [](const std::string& work, const std::string& subject) {
    return "(SELECT score FROM subjrec_topk('rec', " + work +
           ", 14) WHERE +subject_id = " + subject + ")";
  };
  EXPECT_EQ(db.value("SELECT " + score("500", "35") + " > " + score("501", "35") + " + 1"), "1");
  EXPECT_EQ(db.value("SELECT " + score("500", "35") + " > " + score("500", "200") + " + 1"), "1");
  EXPECT_EQ(db.value("SELECT " + score("501", "35") + " = " + score("501", "200")), "1");
}

TEST_F(UnseenSubjects, AreExplainedByTheirLabel) {
  train();
  db.run(
      "INSERT INTO works VALUES (500, 'Steam engine'); INSERT INTO tags VALUES (500, 70);"
      "SELECT subjrec_update('rec')");
  EXPECT_EQ(db.rows("SELECT id FROM subjrec_explain('rec', 500, 200) WHERE cause = 'label' "
                    "ORDER BY id"),
            (std::vector<std::string>{"text:engine", "text:steam"}));
  EXPECT_EQ(
      db.value("SELECT abs(sum(contribution) - (SELECT score FROM rec WHERE work_id = 500 AND "
               "subject_id = 200)) < 1e-4 FROM subjrec_explain('rec', 500, 200)"),
      "1");
}

TEST_F(UnseenSubjects, HaveNoWorkAndNoEmbedding) {
  train();
  EXPECT_EQ(db.rows("SELECT subject_id, works, n, hex(embedding) = hex(zeroblob(32)), "
                    "hex(input) = hex(zeroblob(32)) FROM rec_subjects WHERE works = 0"),
            (std::vector<std::string>{"35|0|4|1|1", "200|0|13|1|1"}))
      << "in the order of ids";
  EXPECT_EQ(db.value("SELECT json_array_length(value) FROM rec_config WHERE key = 'blend'"), "24");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec"), "3360");
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM subjrec_topk('rec', 17, 14)"),
            db.rows("SELECT subject_id, score FROM rec WHERE work_id = 17"));
}

TEST_F(UnseenSubjects, AreTheSameForAnyOrderOfRowsAndThreads) {
  train();
  const std::string wanted = digest();
  train(", 'threads', 3");
  EXPECT_EQ(digest(), wanted);
  train("", "SELECT subject_id, upper(label) FROM labels ORDER BY label DESC");
  EXPECT_EQ(digest(), wanted);
  db.run("INSERT INTO rec(rec) VALUES('bless')");
  EXPECT_EQ(digest(), wanted);
}

TEST_F(UnseenSubjects, AreOrdinaryOnesOfAnUpdate) {
  train();
  db.run("INSERT INTO tags VALUES (3, 35), (4, 35);");
  const std::string summary = db.value("SELECT subjrec_update('rec')");
  EXPECT_EQ(of_summary(summary, "unknown_interactions"), "0");
  EXPECT_EQ(of_summary(summary, "works_changed"), "2");
  EXPECT_EQ(db.value("SELECT works FROM rec_subjects WHERE subject_id = 35"), "2");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'A whale', 1)"), "35");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_suggest('rec', '[35]', 5)"), "5");
}

TEST_F(UnseenSubjects, OfATwinAreItsCanonicalSubject) {
  db.run(
      "CREATE TABLE same AS SELECT 35 AS a, 300 AS b UNION ALL SELECT 301, 20;"
      "INSERT INTO labels VALUES (301, 'Allotment')");
  EXPECT_EQ(of_summary(train(", 'same_as', 'same'"), "subjects_on_no_work"), "2");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'A whale', 1)"), "300");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'allotment', 1)"), "20");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_explain('rec', 3, 35) WHERE cause = 'bias'"),
            db.value("SELECT count(*) FROM subjrec_explain('rec', 3, 300) WHERE cause = 'bias'"));
}

TEST_F(UnseenSubjects, LeaveTheRestOfTheProductAtWork) {
  train();
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_similar('rec', 'subject', 35, 3)"),
            db.value("SELECT count(*) FROM subjrec_similar('rec', 'subject', 20, 3)"));
  db.run("SELECT subjrec_map('rec', 'subject')");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_map WHERE kind = 'subject'"), "14");
  EXPECT_GT(db.value("SELECT subjrec_plot('rec', 'subjects')").size(), 1000u);
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_outliers('rec', 3)"), "3");
  EXPECT_EQ(db.value("SELECT value FROM subjrec_evaluate('rec', 'SELECT 3, 35') WHERE metric = "
                     "'rows'"),
            "1.0");
  EXPECT_EQ(db.value("SELECT support FROM subjrec_evaluate_subjects('rec', 'SELECT 3, 35') WHERE "
                     "subject_id = 35"),
            "1");
  train(", 'validation', 0.2");
  EXPECT_EQ(db.value("SELECT subject_id FROM subjrec_suggest_text('rec', 'A whale', 1)"), "35");
}

TEST_F(UnseenSubjects, AreNotForgottenByTheModelThatACallKeeps) {
  db.run("SELECT subjrec_train('rec', 'tags', '{\"epochs\":1}')");
  const std::string before = digest();
  train("", "SELECT * FROM labels WHERE subject_id < 200");
  const std::string one = digest();
  train("", "SELECT subject_id + (subject_id = 35), label FROM labels WHERE subject_id < 200");
  EXPECT_NE(digest(), one) << "another id";
  EXPECT_NE(before, one);
}

}  // namespace
}  // namespace subjrec::test
