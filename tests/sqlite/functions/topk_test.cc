#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

using TopK = Catalogue;

TEST_F(TopK, EqualsTheModelTableInOrder) {
  for (const char* work : {"a", "b", "c", "d", "e"}) {
    const std::string w = work;
    const std::string all =
        " subject_id, score, probability, tagged FROM rec WHERE work_id = '" + w + "'";
    const std::string order = " ORDER BY +score DESC, subject_id LIMIT 3";
    EXPECT_EQ(db.rows("SELECT subject_id, score, probability, tagged FROM subjrec_topk('rec', '" +
                      w + "', 3)"),
              db.rows("SELECT" + all + order));
    EXPECT_EQ(db.rows("SELECT subject_id, score, probability, tagged FROM subjrec_topk('rec', '" +
                      w + "', 3, 'new')"),
              db.rows("SELECT" + all + " AND NOT tagged" + order));
  }
}

TEST_F(TopK, RanksFromOneAndStopsAtTheSubjectsThereAre) {
  EXPECT_THAT(db.rows("SELECT rank FROM subjrec_topk('rec', 'a', 1000000)"),
              ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(db.rows("SELECT DISTINCT tagged FROM subjrec_topk('rec', 'a', 9, 'new')"),
              ElementsAre("0"));
}

TEST_F(TopK, JoinsBothWaysAndSkipsWorksWithoutSubjects) {
  db.run("CREATE TABLE works(id); INSERT INTO works VALUES ('a'), ('none'), (NULL), ('c')");
  EXPECT_THAT(db.rows("SELECT w.id, count(*) FROM works w JOIN subjrec_topk('rec', w.id, 2) "
                      "GROUP BY 1 ORDER BY 1"),
              ElementsAre("a|2", "c|2"));
  EXPECT_THAT(db.rows("SELECT w.id, count(*) FROM subjrec_topk('rec', w.id, 2) JOIN works w "
                      "GROUP BY 1 ORDER BY 1"),
              ElementsAre("a|2", "c|2"));
}

// What a list costs: the digest is read to see that the model is the same, and the work's row.
TEST_F(TopK, RunsTwoStatementsForAList) {
  const std::string sql =
      "SELECT count(*) FROM json_each('[\"a\",\"b\",\"c\"]') w "
      "CROSS JOIN subjrec_topk('rec', w.value, 2)";
  EXPECT_EQ(db.value(sql), "6");
  int started = 0;
  const auto count = [](unsigned, void* n, void*, void*) { return ++*static_cast<int*>(n), 0; };
  sqlite3_trace_v2(db.get(), SQLITE_TRACE_STMT, count, &started);
  EXPECT_EQ(db.value(sql), "6");
  sqlite3_trace_v2(db.get(), 0, nullptr, nullptr);
  EXPECT_EQ(started, 1 + 3 * 2);
}

// SQLite plans the sides of an OR one by one, and then offers no arguments.
TEST_F(TopK, AnswersWhereSidesOfAnOrAreFilters) {
  EXPECT_THAT(db.rows("SELECT rank FROM subjrec_topk('rec', 'a', 4) WHERE rank = 2 OR (tagged = 9 "
                      "OR score > 1e9) OR subject_id IS NULL"),
              ElementsAre("2"));
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk WHERE rank = 2"),
            "subjrec_topk: argument 1 (model) is missing");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk WHERE rank = 2 OR score > 9"),
            "subjrec_topk: argument 1 (model) is missing");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_topk('rec', 'a') WHERE rank = 2"),
            "subjrec_topk: argument 3 (k) is missing");
}

TEST_F(TopK, RefusesBadArguments) {
  const auto error = [&](const std::string& arguments) {
    return db.error("SELECT * FROM subjrec_topk(" + arguments + ")");
  };
  EXPECT_EQ(error("'rec', 'a', 0"),
            "subjrec_topk: argument 3 (k) must be a whole number of at least 1, got 0");
  EXPECT_EQ(error("'rec', 'a', -1"),
            "subjrec_topk: argument 3 (k) must be a whole number of at least 1, got -1");
  EXPECT_EQ(error("'rec', 'a'"), "subjrec_topk: argument 3 (k) is missing");
  EXPECT_EQ(error("'rec', 'a', 1, 'old'"),
            "subjrec_topk: argument 4 (which) must be 'all' or 'new' (subjects that the work does "
            "not carry), got 'old'");
  EXPECT_EQ(error("'rec', 'a', 1, x'0102'"),
            "subjrec_topk: argument 4 (which) must be 'all' or 'new' (subjects that the work does "
            "not carry), got a BLOB of 2 bytes");
  EXPECT_EQ(error("NULL, 'a', 1"),
            "subjrec_topk: argument 1 (model) must be the name of a model, like 'rec', got NULL");
  EXPECT_EQ(error("'q', 'a', 1"),
            "subjrec_topk: there is no model \"q\"; the only model here is \"rec\"");
  EXPECT_EQ(error("'rec', 'zz', 1"),
            "subjrec_topk: model \"rec\" knows no work 'zz'; it was not in the training data, or "
            "has no subjects there; for a work that was never trained use subjrec_suggest('rec', "
            "'[subject ids]', k)");
  EXPECT_EQ(error("'rec', NULL, 1"),
            "subjrec_topk: argument 2 (work_id) must be the id of a work, got NULL");
}

}  // namespace
}  // namespace subjrec::test
