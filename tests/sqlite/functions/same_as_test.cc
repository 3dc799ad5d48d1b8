#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"

namespace subjrec::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Works carry "l..." of one authority or its twin "m..." of another; l0 is m0, and so on.
const char* kCatalogue =
    "CREATE TABLE tags(work_id, subject_id);"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 239)"
    "INSERT INTO tags SELECT 'w' || (i / 4), CASE WHEN i % 3 = 0 THEN 'm' ELSE 'l' END || "
    "((i / 4 * 7 + i % 4 * (1 + i / 40)) % 12) FROM n;"
    "CREATE TABLE twins(subject_id, canonical);"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 11)"
    "INSERT INTO twins SELECT 'm' || i, 'l' || i FROM n;";
class SameAs : public ::testing::TestWithParam<const char*> {
 protected:
  SameAs() { db.run(kCatalogue); }
  std::string options(const std::string& more) const {
    return std::string("'{\"algorithm\":\"") + GetParam() + "\",\"epochs\":3,\"threads\":1" + more +
           "}'";
  }
  std::string train(const char* model, const std::string& source, const std::string& more) const {
    return "SELECT json_extract(subjrec_train('" + std::string(model) + "', '" + source + "', " +
           options(more) + "), '$.subjects', '$.twins')";
  }
  Database db;
};

TEST_P(SameAs, TrainsWhatFoldingByHandTrains) {
  EXPECT_EQ(db.value(train("rec", "tags", ",\"same_as\":\"twins\"")), "[12,12]");
  db.value(train("plain",
                 std::string("SELECT DISTINCT work_id, replace(subject_id, ''m'', ''l'') "
                             "FROM tags"),
                 ""));
  for (const char* table : {"works", "subjects"}) {
    EXPECT_EQ(db.rows(std::string("SELECT * FROM rec_") + table),
              db.rows(std::string("SELECT * FROM plain_") + table));
  }
  // What a database file says of twins is part of the model, and of its digest.
  EXPECT_EQ(db.value("SELECT count(DISTINCT value) FROM (SELECT value FROM rec_config WHERE key = "
                     "'digest' UNION ALL SELECT value FROM plain_config WHERE key = 'digest')"),
            "2");
}

TEST_P(SameAs, OffersNobodyTheTwinOfWhatItHas) {
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  EXPECT_THAT(db.rows("SELECT t.work_id, o.subject_id FROM (SELECT DISTINCT work_id FROM tags) t, "
                      "subjrec_topk('rec', t.work_id, 12, 'new') o JOIN tags c ON c.work_id = "
                      "t.work_id AND replace(c.subject_id, 'm', 'l') = o.subject_id"),
              IsEmpty());
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE tagged"),
            db.value("SELECT count(*) FROM (SELECT DISTINCT work_id, replace(subject_id, 'm', 'l') "
                     "FROM tags)"));
}

TEST_P(SameAs, FunctionsTakeATwinForItsCanonicalSubject) {
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  const auto suggest = [&](const std::string& ids) {
    return db.rows("SELECT subject_id, score FROM subjrec_suggest('rec', '" + ids + "', 20)");
  };
  EXPECT_EQ(suggest("[\"m1\", \"m2\"]"), suggest("[\"l1\", \"l2\"]"));
  EXPECT_EQ(suggest("[\"m1\", \"l1\"]"), suggest("[\"l1\"]"));
  EXPECT_THAT(suggest("[\"m1\"]"), Each(Not(HasSubstr("l1|"))));
  const auto explain = [&](const std::string& id) {
    return db.rows("SELECT * FROM subjrec_explain('rec', 'w3', '" + id + "')");
  };
  EXPECT_EQ(explain("m4"), explain("l4"));
  const auto evaluate = [&](const std::string& id) {
    return db.rows("SELECT * FROM subjrec_evaluate('rec', 'SELECT work_id, ''" + id +
                   "'' FROM tags WHERE work_id IN (SELECT work_id FROM rec WHERE subject_id = "
                   "''" +
                   (id == "m5" ? std::string("l5") : id) + "'' AND NOT tagged)')");
  };
  EXPECT_EQ(evaluate("m5"), evaluate("l5"));
}

TEST_P(SameAs, TheModelsTableHasRowsOfCanonicalSubjectsAlone) {
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  EXPECT_THAT(db.rows("SELECT * FROM rec WHERE subject_id = 'm1'"), IsEmpty());
  EXPECT_THAT(db.rows("SELECT * FROM rec WHERE subject_id = 'm1' AND work_id = 'w1'"), IsEmpty());
  EXPECT_EQ(db.value("SELECT count(*) FROM twins JOIN rec ON rec.subject_id = canonical WHERE "
                     "twins.subject_id = 'm1'"),
            "60");
}

TEST_P(SameAs, UpdatesFoldAsTheTrainingDid) {
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  db.run("CREATE VIEW folded AS SELECT DISTINCT work_id, replace(subject_id, 'm', 'l') FROM tags");
  db.value(train("plain", "folded", ""));
  const std::string update =
      "SELECT json_extract(subjrec_update('rec'), '$.works_added', '$.works_changed', "
      "'$.unknown_subjects')";
  EXPECT_EQ(db.value(update), "[0,0,0]");
  db.run("DROP TABLE twins; INSERT INTO tags VALUES ('new', 'm1'), ('new', 'l1'), ('new', 'm2')");
  EXPECT_EQ(db.value(update), "[1,0,0]");
  EXPECT_THAT(db.rows("SELECT subject_id FROM rec WHERE work_id = 'new' AND tagged ORDER BY 1"),
              ElementsAre("l1", "l2"));
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_update('plain'), '$.works_added')"), "1");
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM subjrec_topk('rec', 'new', 12, 'new')"),
            db.rows("SELECT subject_id, score FROM subjrec_topk('plain', 'new', 12, 'new')"));
}

TEST_P(SameAs, IsRememberedAndReadAgainByTheNextTraining) {
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  db.run("DELETE FROM twins WHERE subject_id = 'm0'");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_train('rec'), '$.subjects', '$.twins')"),
            "[13,11]");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_train('rec', 'tags', '{\"same_as\":\"\"}'), "
                     "'$.subjects', '$.twins')"),
            "[24,null]");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_config WHERE key LIKE 'same!_as%' ESCAPE '!'"), "0");
}

TEST_P(SameAs, NoTwinsGiveTheSameDigestAsNoOption) {
  const auto digest = [&] { return db.value("SELECT value FROM rec_config WHERE key = 'digest'"); };
  db.value(train("rec", "tags", ""));
  const std::string without = digest();
  db.value(
      train("rec", "tags",
            ",\"same_as\":\"SELECT ''no such'', ''unheard of'' UNION ALL SELECT NULL, ''l1''\""));
  EXPECT_EQ(digest(), without);
}

TEST_P(SameAs, RowOrderAndChainsChangeNothing) {
  db.run("INSERT INTO twins VALUES ('x', 'm1'), ('l2', 'l2'), (NULL, 'l3'), ('l3', NULL)");
  const auto digest = [&](const std::string& twins) {
    db.value(train("rec", "tags", ",\"same_as\":\"" + twins + "\""));
    return db.value("SELECT value FROM rec_config WHERE key = 'digest'");
  };
  EXPECT_EQ(digest("SELECT * FROM twins ORDER BY 1"),
            digest("SELECT * FROM twins ORDER BY canonical DESC, 1 DESC"));
  EXPECT_EQ(db.rows("SELECT subject_id FROM subjrec_suggest('rec', '[\"x\"]', 5)"),
            db.rows("SELECT subject_id FROM subjrec_suggest('rec', '[\"l1\"]', 5)"));
}

TEST_P(SameAs, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT ''a'', ''b'' UNION ALL SELECT ''b'', ''c'' UNION ALL SELECT ''c'', ''a''",
       "subjrec_train: option \"same_as\": subject 'a' is its own twin, by way of 'b'; leave out "
       "the row of the one that is to be canonical"},
      {"SELECT ''a'', ''b'' UNION ALL SELECT ''a'', ''c''",
       "subjrec_train: option \"same_as\": subject 'a' has two canonical subjects, 'b' and 'c'; "
       "give it one"},
      {"SELECT ''a''",
       "subjrec_train: option \"same_as\" must give 2 columns, subject and canonical, got 1 "
       "column"},
      {"no_such",
       "subjrec_train: option \"same_as\" must be a table, a view or a SELECT whose first columns "
       "are subject and canonical; there is no table \"no_such\""},
      {"SELECT 1.5, 2", "must be INTEGER, TEXT or BLOB, got 1.5"},
  };
  for (const auto& [twins, wanted] : cases) {
    EXPECT_THAT(db.error(train("rec", "tags", std::string(",\"same_as\":\"") + twins + "\"")),
                HasSubstr(wanted));
  }
  EXPECT_THAT(
      db.error(
          "SELECT subjrec_begin('{\"shards\":2,\"algorithm\":\"ease\",\"same_as\":\"twins\"}')"),
      HasSubstr("option \"same_as\" is not for a training over shards"));
}

TEST_P(SameAs, KeepsIdsOfEveryKind) {
  db.run(
      "INSERT INTO twins VALUES (7, 'l1'), (x'00ff', 'l2'), (CAST(x'ff41' AS TEXT), 'l3'), "
      "('it''s \"so\"', 'l4')");
  db.run(
      "INSERT INTO tags VALUES ('q', 7), ('q', x'00ff'), ('q', CAST(x'ff41' AS TEXT)), "
      "('q', 'it''s \"so\"')");
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_update('rec'), '$.works_unchanged', "
                     "'$.unknown_subjects')"),
            "[61,0]");
}

TEST_P(SameAs, IsReadWithDistrust) {
  db.value(train("rec", "tags", ",\"same_as\":\"twins\""));
  db.run("UPDATE rec_config SET value = '[[\"m1\", 99]]' WHERE key = 'same_as_0'");
  EXPECT_THAT(db.error("SELECT * FROM subjrec_topk('rec', 'w1', 3)"), HasSubstr("rec_config"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, SameAs,
                         ::testing::Values("blend", "composed", "ease", "ials", "bce",
                                           "neighbours"));

TEST(SameAsInTuning, IsOneForAllRuns) {
  Database db;
  db.run(kCatalogue);
  const auto tune = [&](const std::string& grid) {
    return "SELECT count(*) FROM subjrec_tune('tags', '" + grid + "', '{\"validation\":0.2}')";
  };
  EXPECT_EQ(db.value(tune("{\"algorithm\":\"ease\",\"same_as\":\"twins\","
                          "\"regularization\":[1,2]}")),
            "2");
  EXPECT_THAT(db.error(tune("[{\"algorithm\":\"ease\",\"same_as\":\"twins\"},"
                            "{\"algorithm\":\"ease\"}]")),
              HasSubstr("option \"same_as\" must be the same in all runs"));
}

}  // namespace
}  // namespace subjrec::test
