#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using Vectors = Catalogue;

TEST_F(Vectors, GoToJsonAndBackBitForBit) {
  EXPECT_EQ(db.value("SELECT subjrec_vector_to_json(x'0000803f000000bf00000000')"), "[1,-0.5,0]");
  EXPECT_EQ(db.value("SELECT hex(subjrec_vector_from_json('[1, -0.5, 0.0]'))"),
            "0000803F000000BF00000000");
  // The smallest and greatest numbers, and one that needs nine digits.
  EXPECT_EQ(db.value("SELECT hex(subjrec_vector_from_json(subjrec_vector_to_json("
                     "x'01000000ffff7f7f0100803f00000080')))"),
            "01000000FFFF7F7F0100803F00000080");
  EXPECT_EQ(db.value("SELECT count(*), sum(subjrec_vector_from_json(subjrec_vector_to_json("
                     "embedding)) = embedding) FROM rec_works"),
            "5|5");
}

TEST_F(Vectors, AreJsonToTheJsonFunctions) {
  EXPECT_EQ(db.value("SELECT json_array(subjrec_vector_to_json(x'0000803f'))"), "[[1]]");
  EXPECT_EQ(db.value("SELECT count(*) FROM json_each(subjrec_vector_to_json(x'0000803f0000803f'))"),
            "2");
}

TEST_F(Vectors, DotIsTheScoreOfAModel) {
  EXPECT_EQ(db.value("SELECT subjrec_dot(x'0000803f00000040', '[3, 0.5]')"), "4.0");
  EXPECT_EQ(db.value("SELECT max(abs(subjrec_dot(w.embedding, s.embedding) + "
                     "coalesce(s.bias, 0) - rec.score)) < 1e-5 FROM rec "
                     "JOIN rec_works w USING (work_id) JOIN rec_subjects s USING (subject_id)"),
            "1");
}

TEST_F(Vectors, NullGivesNull) {
  EXPECT_EQ(db.value("SELECT subjrec_dot(NULL, x'0000803f'), subjrec_dot('[1]', NULL), "
                     "subjrec_vector_to_json(NULL), subjrec_vector_from_json(NULL)"),
            "NULL|NULL|NULL|NULL");
}

TEST_F(Vectors, RefuseWhatIsNone) {
  EXPECT_EQ(db.error("SELECT subjrec_vector_to_json(x'0000')"),
            "subjrec_vector_to_json: argument 1 (vector): a BLOB of float32 has a multiple of 4 "
            "bytes, got a BLOB of 2 bytes");
  EXPECT_EQ(db.error("SELECT subjrec_vector_from_json(7)"),
            "subjrec_vector_from_json: argument 1 (vector): an embedding is a BLOB of float32 or a "
            "JSON array of numbers, got 7");
  EXPECT_EQ(db.error("SELECT subjrec_dot('[1,2]', '[1]')"),
            "subjrec_dot: the vectors have 2 and 1 dimensions; they must have the same");
  EXPECT_EQ(db.error("SELECT subjrec_dot('[1]', x'0000c07f')"),
            "subjrec_dot: argument 2 (vector): it has a value that is not finite");
  for (const char* text : {"", "[", "{}", "[]", "[1,]", "[\"a\"]", "[1e400]", "[1] 2", "[[1]]"}) {
    EXPECT_NE(db.error("SELECT subjrec_vector_from_json('" + std::string(text) + "')"), "") << text;
  }
}

TEST_F(Vectors, MayBeUsedInTheSchema) {
  db.run("CREATE TABLE t (v BLOB, j TEXT AS (subjrec_vector_to_json(v)))");
  db.run("INSERT INTO t (v) VALUES (x'0000803f')");
  EXPECT_EQ(db.value("SELECT j FROM t"), "[1]");
}

}  // namespace
}  // namespace subjrec::test
