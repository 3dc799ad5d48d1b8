// What is read is what was trained: edits of valid shape are errors that name the table and the
// repair, in every connection and plan, until they are blessed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "support/catalogue.h"
#include "support/files.h"
#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::HasSubstr;

/// Edits that leave every row readable, by the table that they damage.
std::vector<std::pair<std::string, std::string>> edits() {
  std::vector<std::pair<std::string, std::string>> all;
  const auto flipped = [](const std::string& column, int at) {
    const std::string i = std::to_string(at);
    return "CAST(substr(" + column + ", 1, " + i + " - 1) || x'41' || substr(" + column + ", " + i +
           " + 1) AS BLOB)";
  };
  for (const std::string table : {"works", "subjects"}) {
    const std::string name = "rec_" + table;
    const std::string id = table == "works" ? "work_id" : "subject_id";
    const std::string set = "UPDATE " + name + " SET ";
    for (const int n : {0, 3, 7}) {
      const std::string where = " WHERE n = " + std::to_string(n);
      all.emplace_back(table, set + id + " = 9999" + where);
      all.emplace_back(table, set + "embedding = zeroblob(length(embedding))" + where);
      all.emplace_back(table, set + "embedding = " + flipped("embedding", 2) + where);
      all.emplace_back(
          table, set + "embedding = (SELECT embedding FROM " + name + " WHERE n = 5)" + where);
    }
    all.emplace_back(table, set + id + " = -1" + " WHERE n = 0; " + set + id +
                                " = 0 WHERE n = 1; " + set + id + " = 1 WHERE n = 0");
    all.emplace_back(table, "DELETE FROM " + name + " WHERE n = 3");
    all.emplace_back(table, set + "n = -1 WHERE n = 2; " + set + "n = 2 WHERE n = 3; " + set +
                                "n = 3 WHERE n = -1");
  }
  all.emplace_back("works", "UPDATE rec_works SET subjects = x'00000000' WHERE n = 3");
  all.emplace_back("subjects", "UPDATE rec_subjects SET bias = bias + 0.5 WHERE n = 3");
  all.emplace_back("subjects", "UPDATE rec_subjects SET works = works + 1 WHERE n = 3");
  for (const char* key : {"probability_slope", "probability_intercept", "feature_weight"}) {
    all.emplace_back("config",
                     std::string("UPDATE rec_config SET value = '0.25' WHERE key = '") + key + "'");
  }
  for (const char* slope : {"0", "-1"}) {
    all.emplace_back("config", std::string("UPDATE rec_config SET value = '") + slope +
                                   "' WHERE key = 'probability_slope'");
  }
  return all;
}

constexpr const char* kEverything[] = {
    "SELECT * FROM subjrec_topk('rec', 3, 4)",
    "SELECT count(*) FROM rec WHERE work_id = 3",
    "SELECT count(*) FROM rec WHERE +work_id = 3",
    "SELECT sum(score) FROM rec WHERE subject_id = 4",
    "SELECT * FROM subjrec_suggest('rec', '[1, 2]', 4)",
    "SELECT * FROM subjrec_similar('rec', 'work', 3, 4)",
};

class Integrity : public ::testing::TestWithParam<const char*> {
 protected:
  Integrity() {
    Database db(path);
    db.run("PRAGMA synchronous = off");
    db.run(kPlantedCatalogue);
    db.run(train_sql("rec", GetParam(), ",\"epochs\":2,\"embedding_dim\":8"));
  }
  TemporaryFolder folder;
  std::string path = folder.write("works.db", "");
};

/// The answer or the error.
std::string ask(Database& db, const std::string& query) {
  std::vector<std::string> rows;
  std::string error = db.attempt(query, &rows);
  for (const std::string& row : rows) error += row + '\n';
  return error;
}

TEST_P(Integrity, EveryEditIsAnErrorForAllConnectionsAndPlansUntilItIsBlessed) {
  Database cached(path);
  Database editor(path);
  editor.run("PRAGMA synchronous = off");
  std::vector<std::string> whole;
  for (const char* query : kEverything) whole.push_back(ask(cached, query));
  for (const auto& [table, edit] : edits()) {
    SCOPED_TRACE(edit);
    // Longer than ten times what a check takes.
    std::this_thread::sleep_for(std::chrono::milliseconds(6));
    editor.run("BEGIN; " + edit + "; COMMIT");
    Database fresh(path);
    int errors = 0;
    for (size_t q = 0; q < std::size(kEverything); ++q) {
      SCOPED_TRACE(kEverything[q]);
      const std::string answer = ask(fresh, kEverything[q]);
      EXPECT_EQ(ask(cached, kEverything[q]), answer);
      EXPECT_EQ(ask(editor, kEverything[q]), answer);
      if (answer == whole[q]) continue;
      ++errors;
      EXPECT_THAT(answer, HasSubstr("table \"rec_" + table + "\" of model \"rec\" is damaged"));
      EXPECT_THAT(answer, HasSubstr("train it again with SELECT subjrec_train('rec'"));
    }
    EXPECT_GT(errors, 0);
    editor.run(
        "SELECT subjrec_train('rec', 'tags', (SELECT value FROM rec_config WHERE key = "
        "'given_options'))");
    for (size_t q = 0; q < std::size(kEverything); ++q) {
      EXPECT_EQ(ask(cached, kEverything[q]), whole[q]);
      EXPECT_EQ(ask(fresh, kEverything[q]), whole[q]);
    }
  }
}

TEST_P(Integrity, BlessedEditsAreTheModel) {
  Database cached(path);
  const std::string list = "SELECT subject_id FROM subjrec_topk('rec', 3, 40)";
  const std::string before = ask(cached, list);
  {
    Database editor(path);
    editor.run("UPDATE rec_subjects SET subject_id = 'renamed' WHERE subject_id = 4");
    editor.run("UPDATE rec_works SET work_id = 7777 WHERE work_id = 3");
    editor.run("UPDATE rec_works SET work_id = 3 WHERE work_id = 60");
    const std::string error = editor.error(list);
    const std::string command = error.substr(error.find("INSERT INTO"));
    editor.run(command);
  }
  for (Database* db : {&cached, std::make_unique<Database>(path).release()}) {
    EXPECT_THAT(ask(*db, list), HasSubstr("renamed"));
    EXPECT_NE(ask(*db, list), before) << "work 3 is another one now";
    EXPECT_EQ(db->value("SELECT group_concat(subject_id) FROM (SELECT iif(subject_id = 'renamed', "
                        "4, subject_id) AS subject_id FROM subjrec_topk('rec', 7777, 3) ORDER BY "
                        "rank)"),
              db->value("SELECT group_concat(s) FROM (SELECT iif(subject_id = 'renamed', 4, "
                        "subject_id) AS s FROM rec WHERE +work_id = 7777 LIMIT 3)"));
    EXPECT_EQ(db->value("SELECT count(*) FROM rec WHERE work_id = 60"), "0");
    EXPECT_EQ(db->value("SELECT count(*) FROM rec WHERE work_id = 5000"), "0");
    if (db != &cached) delete db;
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Integrity,
                         ::testing::Values("bce", "composed", "ials", "ease", "blend"));

// Edits that STORAGE.md allows.
TEST(IntegrityOf, WhatMayBeEditedIsNoDamage) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(train_sql("rec", "bce", ",\"epochs\":2"));
  db.run("SELECT subjrec_map('rec', 'subject', '{\"epochs\":3}')");
  const auto list = db.rows("SELECT * FROM subjrec_topk('rec', 3, 4)");
  db.run(
      "UPDATE rec_map SET x = x + 1; UPDATE rec_history SET value = 1; DELETE FROM rec_history "
      "WHERE step > 1; UPDATE rec_config SET value = 'SELECT * FROM tags' WHERE key = 'source'; "
      "INSERT INTO rec_config VALUES('note', 'mine')");
  std::this_thread::sleep_for(std::chrono::milliseconds(6));
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 3, 4)"), list);
  db.run("SELECT subjrec_train('rec')");
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 3, 4)"), list);
}

TEST(IntegrityOf, AModelIsTheSameHoweverItsNameIsSpelled) {
  Database db;
  db.run(kPlantedCatalogue);
  db.run(train_sql("rec", "composed", ",\"epochs\":2"));
  const auto memory = [&] {
    int now = 0;
    int most = 0;
    sqlite3_status(SQLITE_STATUS_MEMORY_USED, &now, &most, 0);
    return now;
  };
  const auto list = db.rows("SELECT * FROM subjrec_topk('rec', 3, 4)");
  const int before = memory();
  for (const char* name : {"REC", "main.rec", "Main.Rec", "\"rec\"", "\"main\".\"REC\""}) {
    EXPECT_EQ(db.rows(std::string("SELECT * FROM subjrec_topk('") + name + "', 3, 4)"), list);
    EXPECT_EQ(db.rows(std::string("SELECT count(*) FROM ") + name).size(), 1u);
  }
  EXPECT_LT(memory(), before + 100000) << "statements are prepared once";
  // A table that comes before it is another model.
  db.run("CREATE TABLE few AS SELECT * FROM tags WHERE work < 9");
  db.run("SELECT subjrec_train('temp.rec', 'few', '{\"algorithm\":\"bce\",\"epochs\":1}')");
  EXPECT_NE(db.rows("SELECT * FROM subjrec_topk('rec', 3, 4)"), list);
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('main.rec', 3, 4)"), list);
  db.run("DROP TABLE temp.rec");
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('REC', 3, 4)"), list);
}

}  // namespace
}  // namespace subjrec::test
