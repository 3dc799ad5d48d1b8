// Hints for a label that was given where an id is wanted.
#include "sqlite/store/label_hint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

constexpr const char* kUnknown = "subjrec_similar: model \"rec\" knows no subject ";

/// The catalogue with a table of labels: 'x' and 'y' are both Bees.
class LabelHint : public Catalogue {
 protected:
  LabelHint() {
    db.run(
        "CREATE TABLE subjects(subject_id PRIMARY KEY, label TEXT);"
        "INSERT INTO subjects VALUES ('w', 'Honey'), ('x', 'Bees'), ('y', 'Bees'), "
        "('z', 'O''Hara'), ('new', 'Not trained on'), (5, '5 a.m.');");
  }
  std::string similar(const std::string& label) {
    return db.error("SELECT * FROM subjrec_similar('rec', 'subject', '" + label + "', 3)");
  }
};

TEST_F(LabelHint, NamesTheSubjectThatHasTheLabel) {
  EXPECT_EQ(similar("Honey"), std::string(kUnknown) +
                                  "'Honey'; an id is wanted, and one subject has that label: 'w'");
  EXPECT_EQ(
      similar("O''Hara"),
      std::string(kUnknown) + "'O''Hara'; an id is wanted, and one subject has that label: 'z'");
}

TEST_F(LabelHint, IsGivenWhereverASubjectIsUnknown) {
  const std::string hint = "; an id is wanted, and one subject has that label: 'w'";
  EXPECT_EQ(db.error("SELECT subjrec_similarity('rec', 'subject', 'x', 'Honey')"),
            "subjrec_similarity: model \"rec\" knows no subject 'Honey'" + hint);
  EXPECT_EQ(db.error("SELECT * FROM subjrec_explain('rec', 'a', 'Honey')"),
            "subjrec_explain: model \"rec\" knows no subject 'Honey'" + hint);
  EXPECT_EQ(
      db.error("SELECT * FROM subjrec_suggest('rec', '[\"Honey\", \"Bees\"]', 3)"),
      "subjrec_suggest: the model knows none of the subjects in argument 2, like 'Honey'" + hint);
}

TEST_F(LabelHint, NamesSeveralSubjectsButNotAll) {
  EXPECT_EQ(similar("Bees"), std::string(kUnknown) +
                                 "'Bees'; an id is wanted, and 2 subjects have that label: "
                                 "'x', 'y'");
  db.run("UPDATE subjects SET label = 'Bees'");
  EXPECT_EQ(similar("Bees"), std::string(kUnknown) +
                                 "'Bees'; an id is wanted, and more than 3 subjects have that "
                                 "label, such as 'w', 'x', 'y'");
}

TEST_F(LabelHint, NamesNoSubjectThatTheModelDoesNotKnow) {
  EXPECT_EQ(similar("Not trained on"), std::string(kUnknown) + "'Not trained on'");
  EXPECT_EQ(similar("5 a.m."), std::string(kUnknown) + "'5 a.m.'");
}

TEST_F(LabelHint, IsLeftOutWhereNothingMatches) {
  EXPECT_EQ(similar("honey"), std::string(kUnknown) + "'honey'");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_similar('rec', 'subject', 7, 3)"),
            std::string(kUnknown) + "7");
  EXPECT_THAT(db.error("SELECT * FROM subjrec_similar('rec', 'work', 'Honey', 3)"),
              ::testing::Not(::testing::HasSubstr("label")));
}

TEST_F(LabelHint, NeedsAnOrdinaryTableWithBothColumns) {
  for (const std::string other :
       {"SELECT 1", "CREATE TABLE subjects(subject_id, name)", "CREATE TABLE subjects(label)",
        "CREATE VIEW subjects AS SELECT 'w' AS subject_id, 'Honey' AS label",
        "CREATE VIEW subjects AS SELECT * FROM nowhere",
        "CREATE VIRTUAL TABLE subjects USING fts5(subject_id, label)"}) {
    db.run("DROP TABLE IF EXISTS subjects");
    db.run(other);
    EXPECT_EQ(similar("Honey"), std::string(kUnknown) + "'Honey'") << other;
    db.run(other.find("VIEW") == std::string::npos ? "SELECT 1" : "DROP VIEW subjects");
  }
}

TEST_F(LabelHint, ReadsTheSchemaOfTheModel) {
  db.run(
      "ATTACH ':memory:' AS aux; CREATE TABLE aux.subjects(subject_id, label);"
      "INSERT INTO aux.subjects VALUES ('z', 'Honey');"
      "CREATE TEMP TABLE subjects(subject_id, label);"
      "INSERT INTO temp.subjects VALUES ('y', 'Honey')");
  EXPECT_THAT(similar("Honey"), ::testing::EndsWith("one subject has that label: 'w'"));
  db.run(train_sql("aux.rec", "bce", ",\"embedding_dim\":4,\"epochs\":5", "main.tags"));
  EXPECT_THAT(db.error("SELECT * FROM subjrec_similar('aux.rec', 'subject', 'Honey', 3)"),
              ::testing::EndsWith("one subject has that label: 'z'"));
}

TEST_F(LabelHint, LeavesTheTableAloneUnlessThereIsAnError) {
  const auto deny_labels = [](void*, int action, const char* table, const char*, const char*,
                              const char*) {
    const bool labels = action == SQLITE_READ && std::string(table) == "subjects";
    return labels ? SQLITE_DENY : SQLITE_OK;
  };
  sqlite3_set_authorizer(db.get(), deny_labels, nullptr);
  EXPECT_EQ(db.rows("SELECT id FROM subjrec_similar('rec', 'subject', 'w', 3)").size(), 3U);
  EXPECT_EQ(similar("Honey"), std::string(kUnknown) + "'Honey'");
  sqlite3_set_authorizer(db.get(), nullptr, nullptr);
}

TEST_F(LabelHint, LooksAtABoundedNumberOfRows) {
  db.run(
      "DROP TABLE subjects; CREATE TABLE subjects(subject_id, label);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(kLabelRows) +
      ") INSERT INTO subjects SELECT NULL, NULL FROM n;"
      "INSERT INTO subjects VALUES ('w', 'Honey')");
  EXPECT_EQ(similar("Honey"), std::string(kUnknown) + "'Honey'");
}

}  // namespace
}  // namespace subjrec::test
