// A database file whose pages are damaged is an error that SQLite's own code tells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

TEST(DamagedFile, IsSqliteCorrupt) {
  testing::TemporaryFolder folder;
  const std::string path = folder.write("works.db", "");
  std::streamoff at = 0;
  {
    Database db(path);
    db.run(kCatalogue);
    db.run(train_sql("rec", "bce"));
    at =
        std::stol(db.value("SELECT (rootpage - 1) * page_size FROM sqlite_schema, "
                           "pragma_page_size WHERE name = 'rec_works'"));
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at) << std::string(512, '\x7f') << std::flush;
  Database db(path);
  for (const char* question :
       {"SELECT * FROM subjrec_topk('rec', 'a', 3)", "SELECT * FROM rec",
        "SELECT subjrec_map('rec', 'work')", "SELECT subjrec_update('rec')"}) {
    EXPECT_THAT(db.error(question), ::testing::HasSubstr("database disk image is malformed"))
        << question;
    EXPECT_EQ(db.code(question) & 0xff, SQLITE_CORRUPT) << question;
  }
  EXPECT_EQ(db.value("SELECT count(*) FROM tags"), "11");
}

}  // namespace
}  // namespace subjrec::test
