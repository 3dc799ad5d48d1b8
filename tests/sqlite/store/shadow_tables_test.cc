// Damaged shadow tables: each defect is an error that names the table, the row and the repair.
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

class Storage : public Catalogue {
 protected:
  std::string after(const std::string& damage, const std::string& query) {
    db.run(damage);
    return db.error(query);
  }
  static std::string damaged(const std::string& who, const std::string& table,
                             const std::string& what) {
    return who + ": table \"rec_" + table + "\" of model \"rec\" is damaged: " + what +
           "; train it again with SELECT subjrec_train('rec')";
  }
  const std::string topk = "SELECT * FROM subjrec_topk('rec', 'a', 2)";
  const std::string similar = "SELECT * FROM subjrec_similar('rec', 'work', 'a', 2)";
};

TEST_F(Storage, WrongLength) {
  EXPECT_EQ(after("UPDATE rec_subjects SET embedding = x'00000000' WHERE n = 1", topk),
            damaged("subjrec_topk", "subjects",
                    "the embedding of subject n = 1 has 4 bytes, not 16 (4 float32)"));
}

TEST_F(Storage, WrongLengthOfAWork) {
  EXPECT_EQ(after("UPDATE rec_works SET embedding = x'00000000' WHERE n = 2", similar),
            damaged("subjrec_similar", "works",
                    "the embedding of work n = 2 has 4 bytes, not 16 (4 float32)"));
}

TEST_F(Storage, NotFinite) {
  EXPECT_EQ(
      after("UPDATE rec_subjects SET embedding = x'0000c07f000000000000000000000000' WHERE n = 0",
            topk),
      damaged("subjrec_topk", "subjects",
              "the embedding of subject n = 0 has a value that is not finite"));
}

TEST_F(Storage, MissingRow) {
  EXPECT_EQ(after("DELETE FROM rec_subjects WHERE n = 1", topk),
            damaged("subjrec_topk", "subjects", "row n = 1 is missing"));
}

TEST_F(Storage, MissingLastRow) {
  EXPECT_EQ(after("DELETE FROM rec_subjects WHERE n = 3", topk),
            damaged("subjrec_topk", "subjects", "it has 3 rows, and rec_config says 4"));
}

TEST_F(Storage, OneRowTooMany) {
  EXPECT_EQ(after("INSERT INTO rec_subjects(n, subject_id, embedding, bias, works) SELECT 4, 'q', "
                  "embedding, bias, works FROM rec_subjects WHERE n = 1",
                  topk),
            damaged("subjrec_topk", "subjects", "it has 5 rows, and rec_config says 4"));
}

TEST_F(Storage, UnknownFormatVersion) {
  const std::string error =
      after("UPDATE rec_config SET value = '99' WHERE key = 'format_version'", topk);
  const std::string version = db.value("SELECT subjrec_version()");
  EXPECT_EQ(
      error,
      "subjrec_topk: model \"rec\" has format version 99, and this subjrec " + version +
          " reads versions 1 to 4; load the subjrec that made it, or train it again with SELECT "
          "subjrec_train('rec', source, options)");
}

TEST_F(Storage, TrainingAgainRepairs) {
  const std::string before = db.value(digest_sql("rec"));
  EXPECT_NE(after("DELETE FROM rec_subjects", topk), "");
  db.run("SELECT subjrec_train('rec')");
  EXPECT_EQ(db.value(digest_sql("rec")), before);
  EXPECT_EQ(db.rows(topk).size(), 2u);
}

}  // namespace
}  // namespace subjrec::test
