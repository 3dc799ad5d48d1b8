// What a file, a value or a trigger may not do: texts in messages stay one short line whatever an
// id holds, BLOBs are not texts, and no trigger of a file trains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

/// SQL expressions of ids that would break a message.
const std::vector<std::string> kNastyIds = {"'two' || char(10) || 'lines'",
                                            "'carriage' || char(13) || 'return'",
                                            "'a' || char(0) || 'nul'",
                                            "'esc' || char(27) || '[31m'",
                                            "'right' || char(8238) || 'to left' || char(8236)",
                                            "'isolate' || char(8294) || char(8297)",
                                            "'line' || char(8232) || 'paragraph' || char(8233)",
                                            "'hidden' || char(8203) || char(65279)",
                                            "'next' || char(133) || 'line'",
                                            "'tag' || char(917569)",
                                            "CAST(x'61ff62c0' AS TEXT)",
                                            "replace(hex(zeroblob(524288)), '00', 'ab')",
                                            "replace(hex(zeroblob(524288)), '00', char(8238))",
                                            "zeroblob(1048576)"};

/// Statements whose message shows the id @.
const std::vector<std::string> kMessages = {
    "SELECT * FROM subjrec_topk('rec', @, 3)",
    "SELECT * FROM subjrec_similar('rec', 'subject', @, 3)",
    "SELECT * FROM subjrec_explain('rec', 'a', @)",
    "SELECT * FROM subjrec_explain('rec', @, 'x')",
    "SELECT * FROM subjrec_outliers('rec', 3, @)",
    "SELECT subjrec_similarity('rec', 'work', 'a', @)",
    "SELECT * FROM subjrec_suggest('rec', json_array(CAST(@ AS TEXT)), 3)",
    "SELECT * FROM subjrec_suggest('rec', @, 3)",
    "SELECT * FROM subjrec_topk('rec', 'a', 3, @)",
    "SELECT * FROM subjrec_similar('rec', @, 'x', 3)",
    "SELECT subjrec_map('rec', @)",
    "SELECT subjrec_plot('rec', @)",
    "SELECT subjrec_train('rec', @)",
    "SELECT subjrec_train('rec', 'tags', @)",
    "SELECT subjrec_train('rec', 'tags', json_object(CAST(@ AS TEXT), 1))",
    "SELECT subjrec_train('rec', 'tags', json_object('algorithm', CAST(@ AS TEXT)))",
    "SELECT subjrec_load('new', 'SELECT i AS id, e FROM twice', 'SELECT i AS id, e FROM twice')",
    "INSERT INTO rec(rec) VALUES(@)",
    "SELECT * FROM subjrec_topk(@, 'a', 3)"};

bool is_one_line(const std::string& message) {
  for (size_t i = 0; i < message.size(); ++i) {
    const auto c = static_cast<unsigned char>(message[i]);
    if (c < 32 || c == 127) return false;
    // The bidirectional and other hidden controls, in UTF-8.
    if (message.compare(i, 2, "\xe2\x80") == 0 && i + 2 < message.size()) {
      const auto last = static_cast<unsigned char>(message[i + 2]);
      if ((last >= 0x8b && last <= 0x8f) || (last >= 0xa8 && last <= 0xae)) return false;
    }
    if (message.compare(i, 2, "\xe2\x81") == 0) return false;
  }
  return true;
}

TEST_F(Catalogue, MessagesAreOneShortLine) {
  for (const std::string& id : kNastyIds) {
    db.run("DROP TABLE IF EXISTS twice; CREATE TABLE twice AS SELECT " + id +
           " AS i, '[1,2]' AS e UNION ALL SELECT " + id + ", '[2,1]'");
    for (std::string call : kMessages) {
      for (size_t at = call.find('@'); at != std::string::npos; at = call.find('@')) {
        call.replace(at, 1, id);
      }
      SCOPED_TRACE(call);
      std::vector<std::string> rows;
      const std::string error = db.attempt(call, &rows);
      // SQLite's own words hold a table's name as it is.
      if (error.find("subjrec") != 0) continue;
      EXPECT_LE(error.size(), 2100u);
      EXPECT_TRUE(is_one_line(error)) << error;
    }
  }
}

TEST_F(Catalogue, TheEndOfAMessageSurvivesALongId) {
  const std::string error =
      db.error("SELECT * FROM subjrec_topk('rec', replace(hex(zeroblob(524288)), '00', 'ab'), 3)");
  EXPECT_THAT(error, HasSubstr("abab...'; it was not in the training data"));
  EXPECT_LT(error.size(), 500u);
}

TEST_F(Catalogue, BlobsAreNotTexts) {
  EXPECT_THAT(db.error("INSERT INTO rec(rec) VALUES(CAST('train' AS BLOB))"),
              HasSubstr("unknown command a BLOB of 5 bytes for"));
  EXPECT_THAT(db.error("INSERT INTO rec(rec) VALUES(CAST('bless' AS BLOB))"),
              HasSubstr("unknown command"));
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', CAST('tags' AS BLOB))"),
            "subjrec_train: argument 2 (source) must be a table, a view or a SELECT whose first "
            "columns are work and subject, got a BLOB of 4 bytes");
  // Options, in every function that has any.
  for (const char* call :
       {"SELECT subjrec_train('rec', 'tags', @)", "SELECT * FROM subjrec_train('rec', 'tags', @)",
        "SELECT subjrec_tune('tags', '{\"epochs\":[1]}', @)",
        "SELECT * FROM subjrec_tune('tags', '{\"epochs\":[1]}', @)",
        "SELECT * FROM subjrec_evaluate('rec', 'tags', @)", "SELECT subjrec_map('rec', 'work', @)",
        "SELECT * FROM subjrec_evaluate_subjects('rec', 'tags', @)",
        "SELECT subjrec_plot('rec', 'loss', @)", "SELECT * FROM subjrec_split('tags', @)",
        "SELECT subjrec_load('m', 'SELECT 1, ''[1]''', 'SELECT 1, ''[1]''', @)",
        "SELECT * FROM subjrec_lines('/dev/null', @)", "SELECT subjrec_import('/dev/null', @)"}) {
    for (const char* options : {"x'7b7d'", "zeroblob(3)", "5"}) {
      std::string sql = call;
      sql.replace(sql.find('@'), 1, options);
      EXPECT_THAT(db.error(sql), HasSubstr("(options) must be a JSON object as text, got ")) << sql;
    }
  }
}

/// A trigger on any table of a model, while that model is trained, accepted or mapped.
TEST_F(Catalogue, TriggersOnShadowTablesDoNotTrain) {
  db.run(train_sql("other", "bce", ",\"embedding_dim\":4,\"epochs\":5"));
  const std::string before = db.value(digest_sql("other"));
  db.run("INSERT INTO tags VALUES('new', 'x')");
  for (const char* suffix : {"works", "subjects", "features", "weights", "history", "config"}) {
    for (const char* moment : {"AFTER INSERT", "BEFORE INSERT", "AFTER DELETE"}) {
      for (const char* command :
           {"INSERT INTO other(other) VALUES('train')", "INSERT INTO other(other) VALUES('bless')",
            "INSERT INTO rec(rec) VALUES('train')"}) {
        db.run(std::string("CREATE TRIGGER t ") + moment + " ON rec_" + suffix + " BEGIN " +
               command + "; END");
        for (const char* typed :
             {"INSERT INTO rec(rec) VALUES('train')", "INSERT INTO rec(rec) VALUES('bless')",
              "SELECT subjrec_train('rec')", "SELECT subjrec_update('rec')"}) {
          SCOPED_TRACE(std::string(moment) + " " + suffix + ": " + command + " by " + typed);
          std::vector<std::string> rows;
          const std::string error = db.attempt(typed, &rows);
          // What fires no trigger succeeds.
          EXPECT_TRUE(error.empty() || error.find("a trigger may not train") != std::string::npos)
              << error;
          EXPECT_EQ(db.value(digest_sql("other")), before);
        }
        db.run("DROP TRIGGER t");
      }
    }
  }
}

/// Another module's tables are no way in, either.
TEST_F(Catalogue, TriggersOnTablesOfOtherModulesDoNotTrain) {
  const std::string before = db.value(digest_sql("rec"));
  db.run(
      "INSERT INTO tags VALUES('new', 'x'); CREATE VIRTUAL TABLE f USING fts5(t);"
      "CREATE TRIGGER t AFTER INSERT ON f_content BEGIN INSERT INTO rec(rec) VALUES('train'); END");
  std::vector<std::string> rows;
  EXPECT_NE(db.attempt("INSERT INTO f VALUES('words')", &rows), "");
  EXPECT_EQ(db.value(digest_sql("rec")), before);
}

TEST(Utf16Databases, CountIdsThatTheirEncodingMakesEqual) {
  Database db;
  db.run("PRAGMA encoding = 'UTF-16le'");
  // Lone surrogates, which SQLite keeps as U+FFFD.
  db.run(
      "CREATE TABLE tags(work, subject); INSERT INTO tags VALUES"
      "(CAST(x'00d8' AS TEXT), 'x'), (CAST(x'01d8' AS TEXT), 'x'), (CAST(x'01d8' AS TEXT), 'y'),"
      "('b', CAST(x'00dc' AS TEXT)), ('b', CAST(x'01dc' AS TEXT)), ('b', 'x'), (char(252), 'x')");
  const std::string summary =
      db.value("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ease\"}')");
  EXPECT_THAT(summary, HasSubstr("\"works\":3,\"subjects\":3,"));
  EXPECT_THAT(summary, HasSubstr("\"duplicates\":2,"));
  EXPECT_THAT(summary, HasSubstr("\"recoded_ids\":5,"));
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = char(65533)"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec WHERE work_id = char(252)"), "3");
}

}  // namespace
}  // namespace subjrec::test
