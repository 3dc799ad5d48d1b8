// Models that older versions stored, kept as SQL: they are read for ever, with the same answers.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

std::string content(const std::string& name) {
  std::ifstream file(std::string(SUBJREC_SOURCE_DIR) + "/tests/sqlite/store/fixtures/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file) << name;
  return text.str();
}

class Format : public ::testing::TestWithParam<int> {
 protected:
  /// A dump writes virtual tables into sqlite_schema, which is read when the file is opened.
  Format() { Database(path).run(content(name + ".sql")); }

  const std::string name = "model_format_" + std::to_string(GetParam());
  ::subjrec::testing::TemporaryFolder folder;
  const std::string path = folder.file("model.db");
};

TEST_P(Format, IsReadWithTheSameAnswers) {
  Database db(path);
  std::string answers;
  for (const std::string& row : db.rows(content("questions.sql"))) {
    std::istringstream values(row);  // the shell shows a NULL as nothing
    for (std::string value; std::getline(values, value, '|');) {
      answers += (answers.empty() || answers.back() == '\n' ? "" : "|");
      answers += value == "NULL" ? "" : value;
    }
    answers += '\n';
  }
  std::istringstream got(answers);
  std::istringstream wanted(content(name + ".txt"));
  int line = 0;
  for (std::string a, b; std::getline(wanted, b); ++line) {
    ASSERT_TRUE(std::getline(got, a)) << "line " << line << " is missing: " << b;
    EXPECT_EQ(a, b);
  }
  EXPECT_GT(line, 100);
  EXPECT_EQ(got.peek(), std::istringstream::traits_type::eof());
}

TEST_P(Format, CanBeTrainedAgainRenamedAndDropped) {
  Database db(path);
  for (const char* model : {"m_bce", "m_composed", "m_ials", "m_ease"}) {
    SCOPED_TRACE(model);
    db.run(std::string("SELECT subjrec_train('") + model + "')");
    db.run(std::string("ALTER TABLE ") + model + " RENAME TO renamed");
    EXPECT_EQ(db.rows("SELECT * FROM renamed WHERE work_id = 'a'").size(), 4u);
    db.run("DROP TABLE renamed");
  }
  db.run("DROP TABLE m_loaded; DROP TABLE tags; DROP TABLE facts");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "0");
}

INSTANTIATE_TEST_SUITE_P(Versions, Format, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace subjrec::test
