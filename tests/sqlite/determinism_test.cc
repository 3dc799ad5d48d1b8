#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

class Determinism : public ::testing::TestWithParam<const char*> {};

TEST_P(Determinism, SameBytesForAnyThreadsAndRowOrder) {
  Database db;
  db.run(
      "CREATE TABLE tags(work, subject); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
      "FROM n WHERE i < 1999) INSERT INTO tags SELECT i % 300, (i * i + i / 7) % 41 FROM n");
  db.run("CREATE VIEW shuffled AS SELECT * FROM tags ORDER BY (work * 7919 + subject * 31) % 1009");
  const auto digest = [&](const std::string& more, const std::string& source) {
    db.run(train_sql("rec", GetParam(), ",\"epochs\":2,\"embedding_dim\":8" + more, source));
    return db.value(digest_sql("rec"));
  };
  const std::string one = digest(",\"threads\":1", "tags");
  EXPECT_EQ(digest(",\"threads\":2", "tags"), one);
  EXPECT_EQ(digest(",\"threads\":3", "shuffled"), one);
  if (std::string(GetParam()) == "ease") return;  // draws nothing
  EXPECT_NE(digest(",\"seed\":2", "tags"), one);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Determinism,
                         ::testing::Values("bce", "composed", "ials", "ease"));

}  // namespace
}  // namespace subjrec::test
