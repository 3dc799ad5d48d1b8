// Other people's tables: whatever a model, an import or a tuning does, a table that it did not make
// is neither emptied, filled, renamed nor dropped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

constexpr std::array<const char*, 8> kSuffixes = {"works",   "subjects", "features", "weights",
                                                  "history", "config",   "map",      "packed"};
constexpr std::array<const char*, 6> kColumns = {"work_id",     "subject_id", "score",
                                                 "probability", "tagged",     "SCORE"};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// What may have the name NAME already.
constexpr const char* kKinds[] = {
    "CREATE TABLE \"NAME\"(id, title); INSERT INTO \"NAME\" VALUES (1, 'mine')",
    "CREATE TABLE \"NAME\"(key TEXT PRIMARY KEY, value); INSERT INTO \"NAME\" VALUES ('a', 'b')",
    "CREATE TABLE \"NAME\"(kind, id, x, y); INSERT INTO \"NAME\" VALUES ('mine', 1, 2, 3)",
    "CREATE TABLE \"NAME\" AS SELECT * FROM rec_works",
    "CREATE TABLE \"NAME\" AS SELECT * FROM rec_config",
    "CREATE VIEW \"NAME\" AS SELECT * FROM tags",
    "CREATE INDEX \"NAME\" ON tags(work)",
    "CREATE VIRTUAL TABLE \"NAME\" USING fts5(a); INSERT INTO \"NAME\" VALUES ('mine')",
    "CREATE VIRTUAL TABLE \"NAME\" USING subjrec(source='tags')",
};

/// What makes, or tries to make, the model NEW.
const std::string kMakers[] = {
    "CREATE VIRTUAL TABLE NEW USING subjrec(source='tags')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS NEW USING subjrec(source='tags')",
    train_sql("NEW", "bce"),
    "SELECT * FROM subjrec_train('NEW', 'tags')",
    "SELECT subjrec_load('NEW', 'SELECT 1, ''[1]''', 'SELECT 2, ''[1]''')",
    "ALTER TABLE rec RENAME TO NEW",
};

class OtherTables : public Catalogue {
 protected:
  /// Runs what must fail, alone and inside a transaction; afterwards all is as it was.
  std::string refused(const std::string& sql) {
    const auto before = db.contents();
    const std::string error = db.error(sql);
    EXPECT_EQ(db.contents(), before) << sql;
    db.run("BEGIN; CREATE TABLE kept(a)");
    EXPECT_EQ(db.error(sql), error);
    db.run("DROP TABLE kept; COMMIT");
    EXPECT_EQ(db.contents(), before) << "in a transaction: " << sql;
    EXPECT_EQ(db.rows("SELECT * FROM rec").size(), 20u) << sql;
    return error;
  }
};

TEST_F(OtherTables, AreNotTakenForShadowTables) {
  size_t counted = 0;
  for (const char* suffix : kSuffixes) {
    const std::string name = std::string("fresh_") + suffix;
    for (const char* kind : kKinds) {
      db.run("SAVEPOINT kind; " + replaced(kind, "NAME", name) + "; RELEASE kind");
      for (const std::string& maker : kMakers) {
        const std::string sql = replaced(maker, "NEW", "fresh");
        EXPECT_THAT(refused(sql), HasSubstr("\"" + name + "\" for a table of its own")) << sql;
        ++counted;
      }
      db.run("DROP " + db.value("SELECT type FROM sqlite_schema WHERE name = '" + name + "'") +
             " " + name);
    }
  }
  EXPECT_EQ(counted, kSuffixes.size() * std::size(kKinds) * std::size(kMakers));
}

TEST_F(OtherTables, SayWhatToDo) {
  db.run("CREATE TABLE app_config(key TEXT PRIMARY KEY, value)");
  EXPECT_EQ(refused(train_sql("app", "bce")),
            "subjrec_train: model \"app\" would need the name \"app_config\" for a table of its "
            "own, and a table of that name is there already; choose another name for the model, "
            "or rename that table");
  db.run("ALTER TABLE app_config RENAME TO settings");
  db.run(train_sql("app", "bce"));
}

/// Statements that write or move the tables of the model rec. The first three need its rows.
const std::string kWriters[] = {
    "SELECT subjrec_update('rec')",
    "SELECT subjrec_map('rec', 'subject')",
    "SELECT * FROM subjrec_map('rec', 'work')",
    "SELECT subjrec_train('rec')",
    train_sql("rec", "ials"),
    "SELECT * FROM subjrec_train('rec', 'tags')",
    "INSERT INTO rec(rec) VALUES('train')",
    "SELECT subjrec_load('rec', 'SELECT 1, ''[1]''', 'SELECT 2, ''[1]''')",
};

TEST_F(OtherTables, ThatCameInPlaceOfALostOneAreLeftAlone) {
  for (const char* suffix : kSuffixes) {
    const std::string name = std::string("rec_") + suffix;
    for (const char* kind : {kKinds[0], kKinds[1], kKinds[2], kKinds[5], kKinds[7]}) {
      db.run("SAVEPOINT planted; DROP TABLE " + name + ";" + replaced(kind, "NAME", name));
      const auto before = db.contents();
      for (const std::string& writer : kWriters) {
        EXPECT_NE(db.error(writer), "") << writer;
        EXPECT_EQ(db.contents(), before) << writer;
      }
      EXPECT_THAT(db.error(train_sql("rec", "bce")),
                  HasSubstr("\"" + name +
                            "\" has the name of a table of model \"rec\" and is not that table"));
      const auto mine = db.rows("SELECT type, sql FROM sqlite_schema WHERE name = '" + name + "'");
      const auto rows = db.rows("SELECT * FROM " + name);
      db.run("ALTER TABLE rec RENAME TO old");
      EXPECT_EQ(db.rows("SELECT * FROM " + name), rows);
      db.run(train_sql("old", "bce"));  // what was lost is made anew
      EXPECT_EQ(db.rows("SELECT * FROM old").size(), 20u);
      db.run("ALTER TABLE old RENAME TO rec2; DROP TABLE rec2");
      EXPECT_EQ(db.rows("SELECT type, sql FROM sqlite_schema WHERE name = '" + name + "'"), mine);
      EXPECT_EQ(db.rows("SELECT * FROM " + name), rows);
      db.run("ROLLBACK TO planted; RELEASE planted");
      db.run("SAVEPOINT planted; DROP TABLE " + name + ";" + replaced(kind, "NAME", name));
      db.run("DROP TABLE rec");
      EXPECT_EQ(db.rows("SELECT * FROM " + name), rows);
      EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'rec_*' AND name <> "
                         "'" +
                         name + "' AND name NOT GLOB '" + name + "_*'"),
                "0");
      db.run("ROLLBACK TO planted; RELEASE planted");
    }
  }
}

TEST_F(OtherTables, AShadowTableWithMoreColumnsIsStillTheModels) {
  db.run("ALTER TABLE rec_works ADD COLUMN title; ALTER TABLE rec RENAME TO \"a(b \"\" c\"");
  db.run("ALTER TABLE \"a(b \"\" c\" RENAME TO old; DROP TABLE old");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "1");
}

TEST_F(OtherTables, AModelIsNotCalledLikeItsColumns) {
  for (const char* column : kColumns) {
    for (const std::string& maker : kMakers) {
      EXPECT_THAT(refused(replaced(maker, "NEW", column)),
                  HasSubstr(std::string("a model cannot be called \"") + column +
                            "\", which is a column of every model; choose another name"));
    }
  }
  EXPECT_THAT(refused("ALTER TABLE rec RENAME TO rec"), HasSubstr("already another table"));
  db.run("ALTER TABLE rec RENAME TO command; ALTER TABLE command RENAME TO rowid");
  EXPECT_EQ(db.rows("SELECT * FROM rowid").size(), 20u);
  db.run("INSERT INTO rowid(rowid) VALUES('train'); DROP TABLE rowid");
}

TEST_F(OtherTables, AModelThatAFileCallsLikeAColumnCanBeRenamed) {
  db.run(
      "PRAGMA writable_schema = on; UPDATE sqlite_schema SET name = replace(name, 'rec', 'score'), "
      "tbl_name = replace(tbl_name, 'rec', 'score'), sql = replace(sql, '\"rec', '\"score'); "
      "PRAGMA writable_schema = reset");
  EXPECT_EQ(db.rows("SELECT * FROM score").size(), 20u);
  db.run("ALTER TABLE score RENAME TO rec");
  EXPECT_EQ(db.rows("SELECT * FROM rec").size(), 20u);
  db.run("DROP TABLE rec");
}

TEST_F(OtherTables, ANameEndsWhereItEnds) {
  const auto before = db.contents();
  for (const char* call : {"subjrec_train('rec' || char(0) || 'x', 'tags')",
                           "subjrec_load('rec' || char(0), 'SELECT 1, ''[1]''', 'SELECT 2, "
                           "''[1]''')",
                           "subjrec_update('rec' || char(0))",
                           "subjrec_tune('tags', '{\"epochs\":[1]}', json_object('results', 'tags' "
                           "|| char(0)))"}) {
    EXPECT_THAT(db.error(std::string("SELECT ") + call), HasSubstr("has a NUL character in it"));
  }
  EXPECT_EQ(db.contents(), before);
}

TEST_F(OtherTables, AreNotFilledByATuning) {
  for (const char* kind : kKinds) {
    db.run(replaced(kind, "NAME", "runs"));
    if (db.value("SELECT type FROM sqlite_schema WHERE name = 'runs'") != "index") {
      EXPECT_THAT(refused("SELECT subjrec_tune('tags', '{\"epochs\":[1,2]}', "
                          "'{\"results\":\"runs\"}')"),
                  HasSubstr("\"runs\" is there and is not a table with the columns"));
    }
    db.run("DROP " + db.value("SELECT type FROM sqlite_schema WHERE name = 'runs'") + " runs");
  }
}

}  // namespace
}  // namespace subjrec::test
