// Lists in WHERE choose among which subjects the best are found; a join does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Candidates = PlantedCatalogue;

// The best of a list are what is left of the whole ranking without the others.
TEST_P(Candidates, AreFilteredBeforeTheBestAreTaken) {
  for (const std::string list :
       {"SELECT 39 UNION ALL SELECT 17", "SELECT DISTINCT subject FROM tags WHERE subject % 3 = 0",
        "SELECT subject FROM tags"}) {
    for (const std::string which : {"'all'", "'new', 1", "'new', 0.5"}) {
      const auto topk = [&](const std::string& k) {
        return "SELECT subject_id, score, probability, tagged FROM subjrec_topk('rec', 5, " + k +
               ", " + which + ")";
      };
      EXPECT_EQ(db.rows(topk("4") + " WHERE subject_id IN (" + list + ")"),
                db.rows("SELECT * FROM (" + topk("1000") + ") WHERE +subject_id IN (" + list +
                        ") LIMIT 4"))
          << list << which;
    }
    const auto suggest = [&](const std::string& k) {
      return "SELECT subject_id, score FROM subjrec_suggest('rec', '[3, 5]', " + k + ")";
    };
    EXPECT_EQ(db.rows(suggest("4") + " WHERE subject_id IN (" + list + ")"),
              db.rows("SELECT * FROM (" + suggest("1000") + ") WHERE +subject_id IN (" + list +
                      ") LIMIT 4"));
    for (const std::string kind : {"subject", "work"}) {
      const auto similar = [&](const std::string& k) {
        return "SELECT id, similarity FROM subjrec_similar('rec', '" + kind + "', 3, " + k + ")";
      };
      EXPECT_EQ(
          db.rows(similar("4") + " WHERE id IN (" + list + ")"),
          db.rows("SELECT * FROM (" + similar("1000") + ") WHERE +id IN (" + list + ") LIMIT 4"));
    }
  }
}

TEST_P(Candidates, AreRankedFromOne) {
  EXPECT_THAT(db.rows("SELECT rank FROM subjrec_topk('rec', 5, 3) WHERE subject_id IN "
                      "(SELECT subject FROM tags WHERE subject > 20)"),
              ElementsAre("1", "2", "3"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Candidates,
                         ::testing::Values("bce", "composed", "ials", "ease"));

/// The small catalogue: works a to e, subjects w to z.
class CandidateLists : public Catalogue {
 protected:
  std::vector<std::string> among(const std::string& condition) {
    return db.rows("SELECT subject_id FROM subjrec_topk('rec', 'a', 2) WHERE " + condition +
                   " ORDER BY subject_id");
  }
  std::vector<std::string> best(const std::string& k) {
    return db.rows("SELECT subject_id FROM subjrec_topk('rec', 'a', " + k + ")");
  }
};

TEST_F(CandidateLists, MayBeEmptyOrUnknownOrHoldAnything) {
  EXPECT_THAT(among("subject_id IN (SELECT subject FROM tags WHERE 0)"), IsEmpty());
  EXPECT_THAT(among("subject_id IN ()"), IsEmpty());
  EXPECT_THAT(among("subject_id IN (NULL, 'nobody')"), IsEmpty());
  EXPECT_THAT(among("subject_id IN ('w', NULL, 7, 'w', 1.5, x'77', 'z', 'z')"),
              ElementsAre("w", "z"));
  EXPECT_THAT(among("subject_id IN (SELECT NULL UNION ALL SELECT 'z')"), ElementsAre("z"));
  EXPECT_THAT(among("subject_id IN (SELECT 'z' FROM tags)"), ElementsAre("z"));
  EXPECT_THAT(db.rows("SELECT subject_id FROM subjrec_topk('rec', 'b', 9, 'new') WHERE subject_id "
                      "IN ('x', 'y', 'z')"),
              ElementsAre("y"))
      << "b carries x and z";
}

TEST_F(CandidateLists, CompareIdsAsTheyAre) {
  db.run(
      "CREATE TABLE numbers(work, subject); INSERT INTO numbers VALUES (1, 1), (1, '1'), "
      "(1, x'31'), (2, 2), (2, 1)");
  db.run(train_sql("kinds", "bce", "", "numbers"));
  const auto kinds = [&](const std::string& list) {
    return db.rows(
        "SELECT typeof(subject_id) FROM subjrec_topk('kinds', 1, 9) WHERE subject_id IN "
        "(" +
        list + ") ORDER BY 1");
  };
  EXPECT_THAT(kinds("1, 99"), ElementsAre("integer"));
  EXPECT_THAT(kinds("1.0, 99"), ElementsAre("integer"));
  EXPECT_THAT(kinds("'1', 99"), ElementsAre("text"));
  EXPECT_THAT(kinds("x'31', 99"), ElementsAre("blob"));
  EXPECT_THAT(kinds("1, '1', x'31'"), ElementsAre("blob", "integer", "text"));
  EXPECT_THAT(among("subject_id COLLATE nocase IN ('W', 'X', 'Y', 'Z')"), ::testing::SizeIs(2))
      << "another collation is SQLite's to compare, after the two best";
}

TEST_F(CandidateLists, TwoOfThemAreOneOfWhatIsInBoth) {
  EXPECT_THAT(among("subject_id IN ('w', 'x', 'z') AND subject_id IN ('w', 'y', 'z')"),
              ElementsAre("w", "z"));
}

// In a join every row of the other table has its own id to compare with. To take that for a list
// would give k rows of each.
TEST_F(CandidateLists, AJoinIsNoList) {
  db.run(
      "CREATE TABLE subjects(subject_id PRIMARY KEY) WITHOUT ROWID; "
      "INSERT INTO subjects VALUES ('w'), ('x'), ('y'), ('z')");
  const std::vector<std::string> two = best("2");
  for (const std::string from :
       {"subjrec_topk('rec', 'a', 2) JOIN subjects USING (subject_id)",
        "subjects JOIN subjrec_topk('rec', 'a', 2) USING (subject_id)",
        "subjrec_topk('rec', 'a', 2) CROSS JOIN subjects USING (subject_id)",
        "subjects CROSS JOIN subjrec_topk('rec', 'a', 2) USING (subject_id)",
        "subjrec_topk('rec', 'a', 2) LEFT JOIN subjects USING (subject_id)",
        "subjects NATURAL JOIN subjrec_topk('rec', 'a', 2)",
        "subjrec_topk('rec', 'a', 2) WHERE EXISTS (SELECT 1 FROM subjects s WHERE s.subject_id = "
        "subjrec_topk.subject_id)",
        "(SELECT 'a' AS work) CROSS JOIN subjrec_topk('rec', work, 2) JOIN subjects USING "
        "(subject_id)"}) {
    EXPECT_EQ(db.rows("SELECT subject_id FROM " + from + " ORDER BY rank"), two) << from;
  }
  // To SQLite the one column is the other here, and so its value a list of one.
  for (const std::string& subject : best("4")) {
    EXPECT_EQ(db.rows("SELECT t.rank FROM subjrec_topk('rec', 'a', 2) t JOIN subjects s USING "
                      "(subject_id) WHERE s.subject_id = '" +
                      subject + "'"),
              std::vector<std::string>{"1"});
  }
}

// A value is a list of one, and what is excluded makes the list no shorter.
TEST_F(CandidateLists, MayBeOneValueOrExclude) {
  const std::vector<std::string> ranked = best("4");
  const auto quoted = [](const std::string& id) { return "'" + id + "'"; };
  const std::string first_two = quoted(ranked[0]) + ", " + quoted(ranked[1]);
  const std::vector<std::string> last_two = [&] {
    std::vector<std::string> ids = {ranked[2], ranked[3]};
    std::sort(ids.begin(), ids.end());
    return ids;
  }();
  EXPECT_THAT(among("subject_id = " + quoted(ranked[1])), ElementsAre(ranked[1]));
  EXPECT_THAT(among("subject_id = " + quoted(ranked[2])), ElementsAre(ranked[2]));
  EXPECT_THAT(among("subject_id IN (" + quoted(ranked[2]) + ")"), ElementsAre(ranked[2]));
  EXPECT_THAT(among("subject_id IN (SELECT " + quoted(ranked[2]) + ")"), ElementsAre(ranked[2]));
  EXPECT_EQ(among("subject_id NOT IN ('nobody', 'none')").size(), 2u);
  EXPECT_EQ(among("subject_id NOT IN (" + first_two + ")"), last_two);
  EXPECT_EQ(
      among("subject_id NOT IN (SELECT subject FROM tags WHERE subject IN (" + first_two + "))"),
      last_two);
  EXPECT_EQ(among("subject_id <> " + quoted(ranked[0]) + " AND subject_id <> " + quoted(ranked[1])),
            last_two);
  EXPECT_THAT(among("subject_id NOT IN (SELECT subject FROM tags)"), IsEmpty());
  EXPECT_THAT(among("subject_id NOT IN (SELECT NULL)"), IsEmpty());
  EXPECT_THAT(db.rows("SELECT rank FROM subjrec_topk('rec', 'a', 2) WHERE subject_id NOT IN (" +
                      first_two + ")"),
              ElementsAre("1", "2"));
  EXPECT_THAT(among("(subject_id IN (" + quoted(ranked[2]) + ", 'q') AND rank < 9 OR rank > 9)"),
              IsEmpty())
      << "a condition on other columns too is SQLite's to test, after the two best";
  EXPECT_THAT(among("+subject_id = " + quoted(ranked[2])), IsEmpty());
}

// In a view, in ON and in WHERE, for each row of a join, and for a parameter.
TEST_F(CandidateLists, ExcludeWhereverTheyAreWritten) {
  const std::vector<std::string> ranked = best("4");
  db.run(
      "CREATE TABLE banned AS SELECT '" + ranked[0] +
      "' AS subject_id; CREATE VIEW fresh AS "
      "SELECT * FROM subjrec_topk('rec', 'a', 2) WHERE subject_id NOT IN (SELECT * FROM banned)");
  const std::vector<std::string> wanted = {ranked[1], ranked[2]};
  for (const std::string from :
       {"fresh", "fresh WHERE rank", "(SELECT * FROM fresh)",
        "subjrec_topk('rec', 'a', 2) WHERE subject_id NOT IN (SELECT * FROM banned)",
        "(SELECT 'a' AS work) JOIN subjrec_topk('rec', work, 2) ON subject_id NOT IN (SELECT * "
        "FROM banned)",
        "(SELECT DISTINCT work FROM tags WHERE work = 'a' LIMIT 1) LEFT JOIN subjrec_topk('rec', "
        "work, 2) "
        "ON subject_id NOT IN (SELECT * FROM banned)",
        "(SELECT DISTINCT work FROM tags WHERE work = 'a') JOIN subjrec_topk('rec', work, 2) "
        "WHERE subject_id NOT IN (SELECT * FROM banned)"}) {
    EXPECT_EQ(db.rows("SELECT subject_id FROM " + from + " ORDER BY rank"), wanted) << from;
  }
}

TEST_F(CandidateLists, MayDependOnTheWork) {
  db.run(
      "CREATE TABLE allowed(work, subject); INSERT INTO allowed VALUES ('a', 'w'), ('a', 'z'), "
      "('c', 'y')");
  EXPECT_THAT(
      db.rows(
          "SELECT w, group_concat(subject_id) FROM (SELECT w.work AS w, subject_id FROM "
          "(SELECT DISTINCT work FROM tags) w, subjrec_topk('rec', w.work, 1) t WHERE "
          "t.subject_id IN (SELECT subject FROM allowed a WHERE a.work = w.work) ORDER BY 1, 2) "
          "GROUP BY 1"),
      ElementsAre(
          "a|" + db.value("SELECT subject_id FROM rec WHERE work_id = 'a' AND subject_id IN "
                          "('w', 'z') ORDER BY score DESC LIMIT 1"),
          "c|y"));
}

TEST_F(CandidateLists, ArriveAsParametersOfAStatementThatIsUsedAgain) {
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(db.get(),
                               "SELECT group_concat(subject_id) FROM (SELECT subject_id FROM "
                               "subjrec_topk('rec', 'a', 2) WHERE subject_id IN (SELECT value FROM "
                               "json_each(?)) ORDER BY 1)",
                               -1, &statement, nullptr),
            SQLITE_OK);
  for (const auto& [list, wanted] : {std::pair{"[\"w\"]", "w"}, {"[\"z\",\"y\"]", "y,z"}}) {
    sqlite3_bind_text(statement, 1, list, -1, SQLITE_STATIC);
    ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
    EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), wanted);
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
}

}  // namespace
}  // namespace subjrec::test
