// Bytes and answers do not depend on the floating-point mode that the host has set.
#include "support/host_float_mode.h"

#include <gtest/gtest.h>

#include "support/catalogue.h"
#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

constexpr const char* kQueries[] = {
    "SELECT subject_id, score, probability FROM rec WHERE work_id = 5",
    "SELECT score FROM subjrec_suggest('rec', '[1, 2]', 5)",
    "SELECT similarity FROM subjrec_similar('rec', 'work', 3, 5)",
    "SELECT contribution FROM subjrec_explain('rec', 3, 4)",
    "SELECT metric, value FROM subjrec_evaluate('rec', 'SELECT work, 7 FROM tags')"};

/// What an algorithm makes and answers in a mode of the host: the digest, lists, a map,
/// explanations. SQLite writes numbers as texts by the host's mode, too: so that is done outside
/// it.
std::vector<std::string> results(const std::string& algorithm, int rounding, bool flush) {
  Database db;
  db.run(kPlantedCatalogue);
  {
    const HostFloatMode host(rounding, flush);
    db.run(train_sql("rec", algorithm, ",\"epochs\":2,\"embedding_dim\":8,\"threads\":2"));
    db.run("SELECT subjrec_map('rec', 'subject', '{\"epochs\":3}')");
    int n = 0;
    for (const char* query : kQueries) {
      db.run("CREATE TABLE result" + std::to_string(n++) + " AS " + query);
    }
    EXPECT_EQ(std::fegetround(), rounding) << "it is put back";
  }
  std::vector<std::string> all = {db.value(digest_sql("rec"))};
  for (size_t n = 0; n < std::size(kQueries); ++n) {
    const auto rows = db.rows("SELECT * FROM result" + std::to_string(n));
    all.insert(all.end(), rows.begin(), rows.end());
  }
  const auto map = db.rows("SELECT x, y FROM rec_map");
  all.insert(all.end(), map.begin(), map.end());
  return all;
}

class HostMode : public ::testing::TestWithParam<const char*> {};

TEST_P(HostMode, ChangesNoByteAndNoAnswer) {
  const std::vector<std::string> usual = results(GetParam(), FE_TONEAREST, false);
  ASSERT_GT(usual.size(), 20u);
  for (const int rounding : HostFloatMode::kRoundings) {
    for (const bool flush : {false, true}) {
      EXPECT_EQ(results(GetParam(), rounding, flush), usual) << rounding << ' ' << flush;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, HostMode,
                         ::testing::Values("bce", "composed", "ials", "ease"));

}  // namespace
}  // namespace subjrec::test
