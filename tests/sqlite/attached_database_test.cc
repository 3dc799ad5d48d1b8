// A model wherever SQLite can keep one: in temp and attached databases, in copies of every kind, in
// files that cannot be written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::HasSubstr;

class Whereabouts : public ::testing::Test {
 protected:
  Whereabouts() {
    db.run("PRAGMA synchronous = off");
    db.run(kCatalogue);
    db.run(
        "CREATE VIEW more AS SELECT * FROM tags UNION ALL SELECT 'a', 'other' UNION ALL SELECT "
        "'q', "
        "'other'");
    for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
      db.run(train_sql(std::string("m_") + algorithm, algorithm, ",\"epochs\":2"));
    }
    db.run("SELECT subjrec_map('m_bce', 'work', '{\"n_neighbors\":2,\"epochs\":3}')");
  }
  /// Every answer of every model, and the plot of a map.
  static std::vector<std::string> answers(Database& db) {
    std::vector<std::string> all = db.rows("SELECT subjrec_plot('m_bce', 'works')");
    for (const char* model : {"m_bce", "m_composed", "m_ials", "m_ease"}) {
      for (const std::string& row : db.rows(std::string("SELECT * FROM ") + model)) {
        all.push_back(row);
      }
    }
    return all;
  }

  TemporaryFolder folder;
  std::string path = folder.write("works.db", "");
  Database db{path};
};

TEST_F(Whereabouts, VacuumLeavesTheModels) {
  const std::vector<std::string> before = answers(db);
  db.run("DELETE FROM m_bce_history WHERE step = 1; VACUUM");
  EXPECT_EQ(answers(db), before);
  EXPECT_EQ(db.value("PRAGMA integrity_check"), "ok");
  db.run("VACUUM INTO '" + folder.file("copy.db") + "'");
  Database copy(folder.file("copy.db"));
  EXPECT_EQ(copy.contents(), db.contents());
  EXPECT_EQ(answers(copy), before);
  copy.run("SELECT subjrec_train('m_bce')");
}

TEST_F(Whereabouts, TheBackupInterfaceCopiesModels) {
  Database copy(folder.file("copy.db"));
  sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", db.get(), "main");
  ASSERT_NE(backup, nullptr);
  EXPECT_EQ(sqlite3_backup_step(backup, 2), SQLITE_OK);
  db.run("SELECT subjrec_train('m_ials', 'tags', '{\"algorithm\":\"ials\",\"seed\":5}')");
  EXPECT_EQ(sqlite3_backup_step(backup, -1), SQLITE_DONE);
  EXPECT_EQ(sqlite3_backup_finish(backup), SQLITE_OK);
  EXPECT_EQ(copy.contents(), db.contents());
  EXPECT_EQ(answers(copy), answers(db));
  EXPECT_EQ(copy.value("PRAGMA integrity_check"), "ok");
}

/// What a shell command prints.
std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 4096> bytes{};
  for (size_t n = 0; (n = std::fread(bytes.data(), 1, bytes.size(), pipe.get())) > 0;) {
    text.append(bytes.data(), n);
  }
  return text;
}

TEST_F(Whereabouts, TheShellDumpsAndRestoresThem) {
  if (output_of("sqlite3 -version 2>/dev/null").empty()) {
    GTEST_SKIP() << "the sqlite3 shell is not installed";
  }
  // Neither needs the extension.
  EXPECT_EQ(output_of("sqlite3 '" + path + "' .dump > '" + folder.file("dump.sql") + "' 2>&1"), "");
  EXPECT_EQ(output_of("sqlite3 '" + folder.file("copy.db") + "' < '" + folder.file("dump.sql") +
                      "' 2>&1"),
            "");
  Database copy(folder.file("copy.db"));
  EXPECT_EQ(copy.contents(), db.contents());
  EXPECT_EQ(answers(copy), answers(db));
  EXPECT_EQ(copy.value("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(copy.value("SELECT count(*) FROM pragma_table_list WHERE type = 'shadow'"), "32");
  copy.run("SELECT subjrec_train('m_bce'); DROP TABLE m_bce");
}

TEST_F(Whereabouts, AFileThatCannotBeWrittenAnswers) {
  const std::vector<std::string> before = answers(db);
  folder.write("s.json", R"({"id":"a","subjects":[{"concepts":[{"id":"x"}]}]})");
  for (const char* how : {"?mode=ro", "?immutable=1"}) {
    SCOPED_TRACE(how);
    Database reader("file:" + path + how, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI);
    EXPECT_EQ(answers(reader), before);
    const std::string readonly =
        "database \"main\" is read-only, and training writes the model into it; open it for "
        "writing, or use a model of a database that can be written, like 'temp.";
    EXPECT_EQ(reader.error("SELECT subjrec_train('m_bce')"),
              "subjrec_train: " + readonly + "m_bce'");
    EXPECT_EQ(reader.error("SELECT * FROM subjrec_train('fresh', 'tags')"),
              "subjrec_train: " + readonly + "fresh'");
    EXPECT_EQ(reader.code("SELECT subjrec_train('m_bce')"), SQLITE_READONLY);
    EXPECT_EQ(reader.error("SELECT subjrec_map('m_bce', 'work')"),
              "subjrec_map: database \"main\" is read-only, and making a map writes the model into "
              "it; open it for writing, or use a model of a database that can be written, like "
              "'temp.m_bce'");
    EXPECT_EQ(
        reader.error("SELECT subjrec_load('m_bce', 'SELECT 1, ''[1]''', 'SELECT 1, ''[1]''')"),
        "subjrec_load: database \"main\" is read-only, and loading writes the model into it; open "
        "it for writing, or use a model of a database that can be written, like 'temp.m_bce'");
    EXPECT_EQ(reader.error("SELECT subjrec_import('" + folder.file("s.json") + "')"),
              "subjrec_import: the database main is read-only; nothing can be imported into it");
    for (const char* sql : {"INSERT INTO m_bce(m_bce) VALUES('train')", "DROP TABLE m_bce",
                            "CREATE VIRTUAL TABLE fresh USING subjrec(source='tags')"}) {
      EXPECT_EQ(reader.error(sql), "attempt to write a readonly database") << sql;
    }
    reader.run(train_sql("temp.fresh", "ials"));
    EXPECT_EQ(reader.rows("SELECT * FROM temp.fresh WHERE work_id = 'a'").size(), 4u);
  }
}

TEST_F(Whereabouts, QueryOnlyIsSaidBySqlite) {
  db.run("PRAGMA query_only = on");
  EXPECT_EQ(
      db.error("SELECT subjrec_train('m_bce')"),
      "subjrec_train: attempt to write a readonly database; the trained model is kept in this "
      "connection, and the same call again stores it without training");
  EXPECT_EQ(db.code("SELECT subjrec_train('m_bce')"), SQLITE_READONLY);
}

TEST_F(Whereabouts, TempAndAttachedModelsLiveAndGoWithTheirDatabase) {
  db.run("ATTACH '" + folder.file("aux.db") + "' AS aux");
  for (const char* schema : {"temp", "aux"}) {
    const std::string model = std::string(schema) + ".rec";
    SCOPED_TRACE(model);
    db.run(train_sql(model, "composed", ",\"epochs\":2"));
    db.run("BEGIN;" + train_sql(model, "ials"));
    db.run("ROLLBACK");
    EXPECT_EQ(db.value("SELECT value FROM " + model + "_config WHERE key = 'algorithm'"),
              "composed");
    db.run("INSERT INTO " + model + "(rec) VALUES('train')");
    db.run("SELECT subjrec_map('" + model + "', 'subject', '{\"n_neighbors\":2,\"epochs\":3}')");
    EXPECT_EQ(db.rows("SELECT * FROM " + model + "_map").size(), 4u);
    EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('" + model + "', 'a', 4)"),
              db.rows("SELECT * FROM subjrec_topk('m_composed', 'a', 4)"));
    db.run("ALTER TABLE " + model + " RENAME TO old");
    EXPECT_EQ(db.rows("SELECT * FROM " + std::string(schema) + ".old WHERE work_id = 'a'"),
              db.rows("SELECT * FROM m_composed WHERE work_id = 'a'"));
    db.run("DROP TABLE " + std::string(schema) + ".old");
    EXPECT_EQ(db.value("SELECT count(*) FROM " + std::string(schema) + ".sqlite_schema"), "0");
  }
}

TEST_F(Whereabouts, ADatabaseAttachedInTheSamePlaceIsAnotherOne) {
  const std::string list = "SELECT group_concat(subject_id) FROM subjrec_topk('aux.rec', 'a', 9)";
  for (const char* file : {"one.db", "two.db"}) {
    db.run("ATTACH '" + folder.file(file) + "' AS aux");
    db.run(std::string("SELECT subjrec_train('aux.rec', '") +
           (file == std::string("one.db") ? "tags" : "more") + "')");
    db.run("DETACH aux");
  }
  db.run("ATTACH '" + folder.file("one.db") + "' AS aux");
  EXPECT_THAT(db.value(list), ::testing::Not(HasSubstr("other")));
  db.run("DETACH aux");
  EXPECT_EQ(db.error(list),
            "subjrec_topk: no database \"aux\" is attached for the model \"aux.rec\"");
  db.run("ATTACH '" + folder.file("two.db") + "' AS aux");
  EXPECT_THAT(db.value(list), HasSubstr("other"));
}

TEST_F(Whereabouts, ANameMeansTheFirstModelOfThatName) {
  const std::string list = "SELECT count(*) FROM subjrec_topk('m_bce', 'a', 9)";
  const std::string similarity = "SELECT subjrec_similarity('m_bce', 'subject', 'x', 'other')";
  EXPECT_EQ(db.value(list), "4");
  db.run("SELECT subjrec_train('temp.m_bce', 'more')");
  EXPECT_EQ(db.value(list), "5") << "temp goes before main, as for any table";
  EXPECT_EQ(db.value("SELECT count(*) FROM m_bce WHERE work_id = 'a'"), "5");
  EXPECT_EQ(db.value("SELECT count(*) FROM main.m_bce WHERE work_id = 'a'"), "4");
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('main.m_bce', 'a', 9)"), "4");
  EXPECT_NE(db.value(similarity), "NULL");
  db.run("DROP TABLE temp.m_bce");
  EXPECT_EQ(db.value(list), "4");
  EXPECT_THAT(db.error(similarity), HasSubstr("model \"m_bce\" knows no subject 'other'"));
}

TEST_F(Whereabouts, AMapOfAModelThatWasTrainedAgainMeanwhileIsNotStored) {
  db.run("PRAGMA journal_mode = wal");
  Database second(path);
  const std::vector<std::string> before = db.contents();
  struct Once {
    Database& second;
    int calls = 0;
  } once{second};
  sqlite3_progress_handler(
      db.get(), 1000,
      [](void* p) {
        // Not at once: the model is to be read first.
        auto& o = *static_cast<Once*>(p);
        if (++o.calls == 40) o.second.run(train_sql("m_bce", "bce", ",\"seed\":8"));
        return 0;
      },
      &once);
  EXPECT_EQ(db.error("SELECT subjrec_map('m_bce', 'work', '{\"n_neighbors\":2,\"epochs\":90000}')"),
            "subjrec_map: model \"m_bce\" was trained again while its map was made; nothing was "
            "changed; try again");
  EXPECT_GE(once.calls, 40);
  sqlite3_progress_handler(db.get(), 0, nullptr, nullptr);
  EXPECT_EQ(db.value("SELECT count(*) FROM m_bce_map"), "0") << "a training clears the map";
  EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
}

}  // namespace
}  // namespace subjrec::test
