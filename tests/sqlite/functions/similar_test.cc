#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;

using Similar = Catalogue;

TEST_F(Similar, EqualsBruteForceOverTheEmbeddings) {
  for (const std::string kind : {"work", "subject"}) {
    const std::string of = kind == "work" ? "a" : "x";
    const std::string table = "rec_" + kind + "s";
    EXPECT_EQ(db.value("SELECT group_concat(id, ' ') FROM subjrec_similar('rec', '" + kind +
                       "', '" + of + "', 9)"),
              db.value("SELECT group_concat(id, ' ') FROM (SELECT b." + kind + "_id AS id FROM " +
                       table + " a, " + table + " b WHERE a." + kind + "_id = '" + of +
                       "' AND b.n <> a.n ORDER BY subjrec_similarity(a.embedding, b.embedding) "
                       "DESC, b.n)"));
    EXPECT_EQ(
        db.value("SELECT max(abs(similarity - subjrec_similarity('rec', '" + kind + "', '" + of +
                 "', id))) < 1e-6 FROM subjrec_similar('rec', '" + kind + "', '" + of + "', 9)"),
        "1");
  }
}

TEST_F(Similar, SimilarityIsSymmetricAndBothFormsAgree) {
  EXPECT_EQ(db.value("SELECT count(*), min(subjrec_similarity(a.embedding, b.embedding) = "
                     "subjrec_similarity(b.embedding, a.embedding)), "
                     "min(subjrec_similarity(a.embedding, b.embedding) = "
                     "subjrec_similarity('rec', 'work', a.work_id, b.work_id)) "
                     "FROM rec_works a, rec_works b"),
            "25|1|1");
  EXPECT_EQ(db.value("SELECT subjrec_similarity(x'0000803f00000000', x'0000000000000040')"), "0.0");
  EXPECT_EQ(db.value("SELECT subjrec_similarity(x'0000803f', x'000000c0')"), "-1.0");
  EXPECT_EQ(db.value("SELECT subjrec_similarity(NULL, x'0000803f')"), "NULL");
}

TEST_F(Similar, RefusesBadArguments) {
  EXPECT_EQ(db.error("SELECT subjrec_similarity(x'0000', x'00')"),
            "subjrec_similarity: argument 1 must be a BLOB of float32, a multiple of 4 bytes, got "
            "2 bytes");
  EXPECT_EQ(db.error("SELECT subjrec_similarity(x'00000000', x'0000000000000000')"),
            "subjrec_similarity: the embeddings have 1 and 2 dimensions; they must have the same");
  EXPECT_EQ(db.error("SELECT subjrec_similarity(1, 2)"),
            "subjrec_similarity: argument 1 must be an embedding, a BLOB of float32, got 1");
  EXPECT_EQ(db.error("SELECT subjrec_similarity(x'0000c07f', x'0000803f')"),
            "subjrec_similarity: argument 1 must be finite float32 values, got one that is not");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_similar('rec', 'thing', 'a', 1)"),
            "subjrec_similar: argument 2 (kind) must be 'work' or 'subject', got 'thing'");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_similar('rec', 'work', 1.5, 1)"),
            "subjrec_similar: argument 3 (id) must be an id, got 1.5");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_similar('rec', 'subject', 'q', 1)"),
            "subjrec_similar: model \"rec\" knows no subject 'q'");
}

}  // namespace
}  // namespace subjrec::test
