// A grid of options in, a table of results out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/planted_catalogue.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kGrid =
    "'{\"algorithm\":[\"bce\",\"ials\"],\"embedding_dim\":[2,4],\"epochs\":3,\"patience\":0}'";

/// A call as a table; `options` are members of the JSON object.
std::string tune(const std::string& columns, const std::string& grid,
                 const std::string& options = "", const std::string& source = "tags") {
  return "SELECT " + columns + " FROM subjrec_tune('" + source + "', " + grid + ", '{" + options +
         "}')";
}

std::string quoted(std::string text) {
  for (size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '\'');
  }
  return "'" + text + "'";
}

class Tune : public ::testing::Test {
 protected:
  Tune() { db.run(kPlantedCatalogue); }

  /// The rows of a call, without what is never the same.
  std::vector<std::string> rows(const std::string& grid, const std::string& options = "",
                                const std::string& source = "tags") {
    return db.rows(
        tune("run, runs, options, epochs, best_epoch, value, loss, validation_loss, "
             "recall, ndcg, metrics, history",
             grid, options, source));
  }

  Database db;
};

TEST_F(Tune, CombinesTheValuesInOrder) {
  EXPECT_THAT(
      db.rows(tune("run, runs, epochs, options, kept, seconds > 0", kGrid)),
      ElementsAre(
          "1|4|3|{\"algorithm\":\"bce\",\"embedding_dim\":2,\"epochs\":3,\"patience\":0}|0|1",
          "2|4|3|{\"algorithm\":\"bce\",\"embedding_dim\":4,\"epochs\":3,\"patience\":0}|0|1",
          "3|4|3|{\"algorithm\":\"ials\",\"embedding_dim\":2,\"epochs\":3,\"patience\":0}|0|1",
          "4|4|3|{\"algorithm\":\"ials\",\"embedding_dim\":4,\"epochs\":3,\"patience\":0}|0|1"));
  EXPECT_THAT(db.rows(tune("run, runs, options",
                           "'[{\"epochs\":1},{\"algorithm\":\"ials\",\"epochs\":[2,1]}]'")),
              ElementsAre("1|3|{\"epochs\":1}", "2|3|{\"algorithm\":\"ials\",\"epochs\":2}",
                          "3|3|{\"algorithm\":\"ials\",\"epochs\":1}"));
}

// Each run is the training that the same options give, and each number what it noted.
TEST_F(Tune, SaysWhatTrainingNotes) {
  for (const std::string metric : {"ndcg@10", "auc", "validation_loss"}) {
    SCOPED_TRACE(metric);
    db.run("DROP TABLE IF EXISTS r");
    db.run("CREATE TABLE r AS " +
           tune("*", kGrid, "\"validation\":0.3,\"validation_metric\":\"" + metric + "\""));
    for (const char* run : {"1", "2", "3", "4"}) {
      db.run(
          "SELECT subjrec_train('m', 'tags', json_set(options, '$.validation', 0.3)) FROM r "
          "WHERE run = " +
          std::string(run));
      const std::string of_run = " FROM r WHERE run = " + std::string(run);
      EXPECT_EQ(
          db.rows("SELECT epoch, metric, value FROM m_history WHERE metric <> 'batch_loss' "
                  "ORDER BY 1, 2"),
          db.rows("SELECT h.value ->> 'epoch', m.key, m.value + 0.0 FROM r, json_each(history) h, "
                  "json_each(h.value) m WHERE m.key <> 'epoch' AND run = " +
                  std::string(run) + " ORDER BY 1, 2"));
      EXPECT_EQ(db.rows("SELECT value, epoch FROM m_history WHERE metric = '" + metric +
                        "' ORDER BY value * (CASE metric WHEN 'validation_loss' THEN 1 ELSE -1 "
                        "END), epoch LIMIT 1"),
                db.rows("SELECT value, best_epoch" + of_run));
      EXPECT_EQ(
          db.value("SELECT loss, validation_loss, recall, ndcg" + of_run),
          db.value("SELECT (SELECT value FROM m_history WHERE epoch = e AND metric = 'loss'), "
                   "(SELECT value FROM m_history WHERE epoch = e AND metric = "
                   "'validation_loss'), (SELECT value FROM m_history WHERE epoch = e AND "
                   "metric = 'recall@10'), (SELECT value FROM m_history WHERE epoch = e AND "
                   "metric = 'ndcg@10') FROM (SELECT best_epoch AS e" +
                   of_run + ")"));
      EXPECT_EQ(
          db.value("SELECT count(*), sum(m.value = (SELECT value FROM m_history WHERE epoch = "
                   "best_epoch AND metric = m.key)) FROM r, json_each(metrics) m WHERE run = " +
                   std::string(run)),
          "10|10");
    }
  }
}

TEST_F(Tune, EvaluatesOnGivenRows) {
  db.run(
      "CREATE TABLE heldout AS SELECT work, min(subject) AS subject FROM tags GROUP BY 1 HAVING "
      "count(*) > 2;"
      "CREATE VIEW rest AS SELECT * FROM tags EXCEPT SELECT * FROM heldout;"
      "INSERT INTO heldout VALUES (1, NULL), (9999, 1), (1, 'none')");
  const std::string grid =
      "'{\"algorithm\":\"ials\",\"embedding_dim\":4,\"epochs\":3,\"patience\":0}'";
  db.run("SELECT subjrec_train('m', 'rest', " + grid + ")");
  const auto metric = [&](const std::string& name) {
    return db.value("SELECT value FROM subjrec_evaluate('m', 'heldout') WHERE metric = '" + name +
                    "'");
  };
  EXPECT_THAT(db.rows(tune("history ->> '$[#-1].recall@10', history ->> '$[#-1].ndcg@10', history "
                           "->> '$[#-1].auc'",
                           grid, "\"heldout\":\"heldout\"", "rest")),
              ElementsAre(metric("recall@10") + "|" + metric("ndcg@10") + "|" + metric("auc")));
  const std::string known = db.value("SELECT count(*) - 3 FROM heldout");
  EXPECT_GT(std::stoi(known), 20);
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_tune('rest', " + grid +
                     ", '{\"heldout\":\"heldout\"}'), '$.heldout', '$.heldout_unknown', "
                     "'$.heldout_nulls')"),
            "[" + known + ",2,1]");
  EXPECT_EQ(db.error(tune("*", grid, "\"heldout\":\"heldout\"")),
            "subjrec_tune: option \"heldout\": " + known + " of its " +
                db.value("SELECT count(*) - 1 FROM heldout") +
                " rows are in the source, too, where "
                "the runs learn them; leave them out there, like SELECT work_id, subject_id FROM "
                "work_subjects EXCEPT SELECT * FROM heldout");
  EXPECT_EQ(db.error(tune("*", grid, "\"heldout\":\"SELECT 1, 2 WHERE 0\"")),
            "subjrec_tune: option \"heldout\": it has no (work, subject) rows");
  EXPECT_EQ(
      db.error(tune("*", grid, "\"heldout\":\"VALUES (1, -1), (-1, 1)\"")),
      "subjrec_tune: option \"heldout\": none of its 2 rows has a work and a subject that the "
      "source has");
}

TEST_F(Tune, IsTheSameForAnyThreadsAndOrderOfRows) {
  const auto one = rows(kGrid, "\"threads\":1");
  EXPECT_EQ(rows(kGrid, "\"threads\":2"), one);
  EXPECT_EQ(rows(kGrid, "\"threads\":3", "SELECT * FROM tags ORDER BY random()"), one);
}

TEST_F(Tune, TrainsNothingTwice) {
  const std::string kept = "\"results\":\"trials\"";
  EXPECT_THAT(db.rows(tune("kept", kGrid, kept)), ElementsAre("0", "0", "0", "0"));
  EXPECT_EQ(db.value("SELECT group_concat(name, ' ') FROM pragma_table_info('trials')"),
            "options epochs best_epoch value loss validation_loss recall ndcg seconds metrics "
            "history source judged digest");
  const auto all = db.rows("SELECT * FROM trials");
  EXPECT_THAT(all, SizeIs(4));
  EXPECT_THAT(db.rows("SELECT DISTINCT source, judged FROM trials"),
              ElementsAre("tags|{\"validation\":0.1,\"validation_metric\":\"ndcg@10\"}"));
  const auto again = rows(kGrid, kept);
  EXPECT_EQ(again, rows(kGrid));
  EXPECT_THAT(db.rows(tune("kept, seconds = (SELECT seconds FROM trials t WHERE t.options = "
                           "subjrec_tune.options)",
                           kGrid, kept)),
              ElementsAre("1|1", "1|1", "1|1", "1|1"));
  EXPECT_EQ(db.rows("SELECT * FROM trials"), all);
  // Neither threads nor the order of rows nor that of the grid make another run of it.
  EXPECT_THAT(
      db.rows(tune("kept, options",
                   "'{\"patience\":0,\"epochs\":3,\"embedding_dim\":[4,3],\"algorithm\":\"ials\"}'",
                   kept + ",\"threads\":2", "SELECT * FROM tags ORDER BY random()")),
      ElementsAre("1|{\"algorithm\":\"ials\",\"embedding_dim\":4,\"epochs\":3,\"patience\":0}",
                  "0|{\"algorithm\":\"ials\",\"embedding_dim\":3,\"epochs\":3,\"patience\":0}"));
}

TEST_F(Tune, TrainsAgainWhatIsNotTheSame) {
  db.run("CREATE TABLE traits(work, feature); INSERT INTO traits SELECT work, work % 7 FROM tags");
  db.run("CREATE TABLE heldout AS SELECT 1 AS work, subject FROM tags EXCEPT SELECT * FROM tags");
  const std::string grid =
      "'{\"algorithm\":\"ials\",\"embedding_dim\":2,\"epochs\":1,\"work_features\":\"traits\"}'";
  const std::string kept = "\"results\":\"trials\"";
  const auto was_kept = [&](const std::string& options) {
    return db.value(tune("kept", grid, kept + options));
  };
  EXPECT_EQ(was_kept(""), "0");
  EXPECT_EQ(was_kept(""), "1");
  for (const char* options :
       {",\"validation\":0.2", ",\"validation_metric\":\"auc\"", ",\"heldout\":\"heldout\""}) {
    EXPECT_EQ(was_kept(options), "0") << options;
    EXPECT_EQ(was_kept(options), "1") << options;
  }
  db.run("DELETE FROM heldout WHERE subject = 39");
  EXPECT_EQ(was_kept(",\"heldout\":\"heldout\""), "0");
  db.run("DELETE FROM traits WHERE work = 3");
  EXPECT_EQ(was_kept(""), "0");
  db.run("BEGIN; DELETE FROM tags WHERE work = 3");
  EXPECT_EQ(was_kept(""), "0");
  db.run("ROLLBACK");
  EXPECT_EQ(was_kept(""), "1");
  EXPECT_EQ(db.value("SELECT count(*), count(DISTINCT digest) FROM trials"), "6|6");
}

TEST_F(Tune, TrainsAgainWithOtherPriors) {
  db.run(
      "CREATE TABLE work_traits AS SELECT DISTINCT work, work % 7 AS feature FROM tags;"
      "CREATE TABLE subject_traits AS SELECT DISTINCT subject, subject % 5 AS feature FROM tags;"
      "CREATE TABLE work_texts AS SELECT DISTINCT work, json_array(work, 1) AS vector FROM tags;"
      "CREATE TABLE subject_texts AS SELECT DISTINCT subject, json_array(subject, 1) AS vector "
      "FROM tags");
  const std::string grid =
      "'{\"algorithm\":\"composed\",\"embedding_dim\":2,\"epochs\":1,\"work_features\":[\"\","
      "\"work_traits\"],\"subject_features\":\"subject_traits\",\"work_vectors\":\"work_texts\","
      "\"subject_vectors\":\"subject_texts\"}'";
  const auto kept = [&] { return db.rows(tune("kept", grid, "\"results\":\"trials\"")); };
  EXPECT_THAT(kept(), ElementsAre("0", "0"));
  EXPECT_THAT(kept(), ElementsAre("1", "1"));
  // The first run reads no features of works.
  db.run("UPDATE work_traits SET feature = 6 WHERE work = 3");
  EXPECT_THAT(kept(), ElementsAre("1", "0"));
  for (const char* change : {"UPDATE subject_traits SET feature = 4 WHERE subject = 3",
                             "UPDATE work_texts SET vector = '[0,0]' WHERE work = 3",
                             "UPDATE subject_texts SET vector = '[0,0]' WHERE subject = 3"}) {
    db.run(change);
    EXPECT_THAT(kept(), ElementsAre("0", "0")) << change;
    EXPECT_THAT(kept(), ElementsAre("1", "1")) << change;
  }
}

TEST_F(Tune, AsAFunctionSaysWhichRunIsBest) {
  const auto ask = [&](const std::string& metric) {
    return db.value("SELECT json_remove(subjrec_tune('tags', " + std::string(kGrid) +
                    ", '{\"results\":\"trials\",\"validation_metric\":\"" + metric +
                    "\"}'), '$.seconds', '$.best.metrics', '$.best.best_epoch')");
  };
  const auto wanted = [&](const std::string& kept, const std::string& metric, const char* order) {
    return "{\"runs\":4," + kept + ",\"works\":120,\"subjects\":40,\"interactions\":" +
           db.value("SELECT count(*) || ',\"rows\":' || count(*) FROM tags") +
           ",\"duplicates\":0,\"nulls\":0,\"best\":" +
           db.value("SELECT json_object('run', run, 'options', json(options)) FROM (" +
                    tune("*", kGrid, "\"validation_metric\":\"" + metric + "\"") +
                    ") ORDER BY value " + order + " LIMIT 1") +
           "}";
  };
  EXPECT_EQ(ask("ndcg@10"), wanted("\"trained\":4,\"kept\":0", "ndcg@10", "DESC"));
  EXPECT_EQ(ask("ndcg@10"), wanted("\"trained\":0,\"kept\":4", "ndcg@10", "DESC"));
  EXPECT_EQ(ask("validation_loss"), wanted("\"trained\":4,\"kept\":0", "validation_loss", "ASC"));
  EXPECT_EQ(db.value("SELECT count(*) FROM trials"), "8");
}

TEST_F(Tune, GoesOnWhereItWasInterrupted) {
  const std::string all = tune("run, kept", kGrid, "\"results\":\"trials\"");
  struct Countdown {
    sqlite3* db;
    int left;
  } countdown{db.get(), 3};
  for (const char* begin : {"", "BEGIN;"}) {
    db.run("DROP TABLE IF EXISTS trials");
    db.run(tune("1", kGrid, "\"results\":\"trials\"") + " LIMIT 1");
    countdown.left = 2;  // while the third run of four is being written
    sqlite3_update_hook(
        db.get(),
        [](void* p, int, const char*, const char*, sqlite3_int64) {
          auto& c = *static_cast<Countdown*>(p);
          if (--c.left == 0) sqlite3_interrupt(c.db);
        },
        &countdown);
    EXPECT_EQ(db.code(begin + all), SQLITE_INTERRUPT);
    sqlite3_update_hook(db.get(), nullptr, nullptr);
    EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
    const bool alone = *begin == '\0';
    EXPECT_EQ(db.value("SELECT count(*) FROM trials"), alone ? "2" : "1");
    EXPECT_THAT(db.rows(all), alone ? ElementsAre("1|1", "2|1", "3|0", "4|0")
                                    : ElementsAre("1|1", "2|0", "3|0", "4|0"));
  }
}

TEST_F(Tune, ReadsNoFurtherThanItIsAsked) {
  db.run(tune("*", kGrid, "\"results\":\"trials\"") + " LIMIT 2");
  EXPECT_EQ(db.value("SELECT count(*) FROM trials"), "2");
}

TEST_F(Tune, CommitsEachRunBeforeItIsDelivered) {
  for (const char* journal : {"delete", "wal"}) {
    TemporaryFolder folder;
    Database writer(folder.file("works.db"));
    writer.run(std::string("PRAGMA journal_mode = ") + journal);
    writer.run(kPlantedCatalogue);
    Database reader(folder.file("works.db"));
    const std::string all = tune("run", kGrid, "\"results\":\"trials\"");
    sqlite3_stmt* statement = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(writer.get(), all.c_str(), -1, &statement, nullptr), SQLITE_OK);
    for (int run = 1; run <= 4; ++run) {
      ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
      EXPECT_EQ(reader.value("SELECT count(*) FROM trials"), std::to_string(run)) << journal;
    }
    EXPECT_EQ(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
  }
}

// As rows of a statement that reads it cannot write once others have; as a function it can.
TEST_F(Tune, LetsOthersWriteBetweenRuns) {
  TemporaryFolder folder;
  Database other(folder.file("works.db"));
  other.run("PRAGMA journal_mode = wal; PRAGMA synchronous = off");
  other.run(kPlantedCatalogue);
  other.run("CREATE TABLE log(a)");
  Database tuner(folder.file("works.db"));
  const auto while_other_writes = [&](const std::string& sql) {
    sqlite3_progress_handler(
        tuner.get(), 1000,
        [](void* o) {
          static_cast<Database*>(o)->run("INSERT INTO log VALUES (1)");
          return 0;
        },
        &other);
    std::vector<std::string> rows;
    const std::string message = tuner.attempt(sql, &rows);
    sqlite3_progress_handler(tuner.get(), 0, nullptr, nullptr);
    return message;
  };
  EXPECT_EQ(while_other_writes(tune("run", kGrid, "\"results\":\"trials\"")),
            "subjrec_tune: another connection has written to the database since this transaction "
            "began to read, so it can write no more; nothing was changed; begin a new one");
  EXPECT_EQ(while_other_writes("SELECT subjrec_tune('tags', " + std::string(kGrid) +
                               ", '{\"results\":\"trials\"}')"),
            "");
  EXPECT_EQ(other.value("SELECT count(*) FROM trials"), "4");
}

TEST_F(Tune, IsRolledBackWithItsTransaction) {
  const auto before = db.contents();
  db.run("BEGIN");
  db.run(tune("*", kGrid, "\"results\":\"trials\""));
  EXPECT_EQ(db.value("SELECT count(*) FROM trials"), "4");
  db.run("ROLLBACK");
  EXPECT_EQ(db.contents(), before);
  db.run("SAVEPOINT s");
  db.run("SELECT subjrec_tune('tags', " + std::string(kGrid) + ", '{\"results\":\"trials\"}')");
  db.run("RELEASE s");
  EXPECT_EQ(db.value("SELECT count(*) FROM trials"), "4");
}

TEST_F(Tune, KeepsResultsWhereItIsTold) {
  TemporaryFolder folder;
  db.run("ATTACH '" + folder.file("other.db") + "' AS aux");
  const std::string grid = "'{\"algorithm\":\"ials\",\"epochs\":1,\"embedding_dim\":2}'";
  for (const std::string table :
       {"trials", "temp.trials", "aux.trials", "aux.\\\"a \\\"\\\" b\\\"", "it''s one"}) {
    SCOPED_TRACE(table);
    EXPECT_EQ(db.value(tune("kept", grid, "\"results\":\"" + table + "\"")), "0");
    EXPECT_EQ(db.value(tune("kept", grid, "\"results\":\"" + table + "\"")), "1");
    if (table == "trials") db.run("ALTER TABLE trials RENAME TO first");
  }
  EXPECT_EQ(db.value("SELECT count(*) FROM first"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM temp.trials"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM aux.trials"), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM aux.\"a \"\" b\""), "1");
  EXPECT_EQ(db.value("SELECT count(*) FROM main.\"it's one\""), "1");
  EXPECT_EQ(db.error(tune("kept", grid, "\"results\":\"nowhere.trials\"")),
            "subjrec_tune: no database \"nowhere\" is attached for the table \"nowhere.trials\"");
}

TEST_F(Tune, NeedsADatabaseThatCanBeWritten) {
  TemporaryFolder folder;
  db.run("VACUUM INTO '" + folder.file("works.db") + "'");
  Database reader("file:" + folder.file("works.db") + "?mode=ro",
                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI);
  EXPECT_THAT(reader.rows(tune("run", kGrid)), SizeIs(4));
  EXPECT_EQ(reader.error(tune("run", kGrid, "\"results\":\"trials\"")),
            "subjrec_tune: database \"main\" is read-only, and tuning writes the table into it; "
            "open it for writing, or use a table of a database that can be written, like "
            "'temp.trials'");
  EXPECT_THAT(reader.rows(tune("run", kGrid, "\"results\":\"temp.trials\"")), SizeIs(4));
}

TEST_F(Tune, RefusesATableOfSomethingElse) {
  db.run("CREATE VIEW view AS SELECT * FROM tags");
  db.run(train_sql("rec", "ials"));
  for (const std::string name : {"tags", "view", "rec"}) {
    EXPECT_EQ(db.error(tune("*", kGrid, "\"results\":\"" + name + "\"")),
              "subjrec_tune: option \"results\": \"" + name +
                  "\" is there and is not a table with the columns options, epochs, best_epoch, "
                  "value, loss, validation_loss, recall, ndcg, seconds, metrics, history, source, "
                  "judged, digest; give another name, and it will be made");
  }
}

TEST_F(Tune, ReadsResultsWithDistrust) {
  const std::string all = tune("*", kGrid, "\"results\":\"trials\"");
  db.run(all);
  const std::string options =
      "{\"algorithm\":\"bce\",\"embedding_dim\":4,\"epochs\":3,\"patience\":0}";
  for (const std::string column :
       {"epochs", "best_epoch", "value", "recall", "ndcg", "seconds", "metrics", "history"}) {
    for (const std::string value : {"x'00'", "NULL"}) {
      if (column == "best_epoch" && value == "NULL") continue;  // a run of which none was evaluated
      SCOPED_TRACE(column + value);
      db.run("SAVEPOINT s");
      db.run("UPDATE trials SET " + column + " = " + value + " WHERE options = " + quoted(options));
      EXPECT_EQ(db.error(all), "subjrec_tune: table \"trials\", the run " + options + ": \"" +
                                   column +
                                   "\" is not what subjrec_tune writes; delete the row, and it "
                                   "will be trained again");
      EXPECT_EQ(db.code(all), SQLITE_CORRUPT);
      db.run("DELETE FROM trials WHERE options = " + quoted(options));
      EXPECT_THAT(db.rows(tune("kept", kGrid, "\"results\":\"trials\"")),
                  ElementsAre("1", "0", "1", "1"));
      db.run("ROLLBACK TO s; RELEASE s");
    }
  }
}

TEST_F(Tune, GoesOnAfterARunThatDiverges) {
  const std::string grid =
      "'{\"algorithm\":\"composed\",\"epochs\":3,\"batch_size\":8,\"regularization\":[1e9,0]}'";
  const std::string columns =
      "run, epochs, best_epoch, value, loss, validation_loss, recall, ndcg, metrics, "
      "json_array_length(history)";
  const std::string diverged = "1|1|NULL|NULL|NULL|NULL|NULL|NULL|NULL|1";
  for (const char* kept : {"0", "1"}) {
    const auto rows = db.rows(tune(columns, grid, "\"results\":\"trials\""));
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0], diverged) << kept;
    EXPECT_EQ(rows[1].substr(0, 4), "2|3|");
  }
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_tune('tags', " + grid + "), '$.best.run')"), "2");
  EXPECT_EQ(db.value("SELECT json_extract(subjrec_tune('tags', "
                     "'{\"algorithm\":\"composed\",\"batch_size\":8,\"regularization\":1e9}'), "
                     "'$.best') IS NULL"),
            "1");
}

TEST_F(Tune, WritesNothingInsideAnotherWrite) {
  const std::string busy =
      "subjrec_tune: cannot write while another statement of this connection is writing; call it "
      "from a SELECT of its own";
  EXPECT_EQ(db.error("CREATE TABLE t AS " + tune("*", kGrid, "\"results\":\"trials\"")), busy);
  EXPECT_EQ(db.error("CREATE TABLE t AS SELECT subjrec_tune('tags', " + std::string(kGrid) +
                     ", '{\"results\":\"trials\"}')"),
            busy);
  db.run("CREATE TABLE t AS " + tune("*", kGrid));
  EXPECT_EQ(db.value("SELECT count(*) FROM t"), "4");
}

TEST_F(Tune, WorksOnTheWordOfATable) {
  db.run(
      "CREATE TABLE grids(grid); INSERT INTO grids VALUES ('{\"epochs\":[1,2]}'), "
      "('{\"epochs\":3,\"algorithm\":\"bce\"}')");
  EXPECT_THAT(db.rows("SELECT run, epochs FROM grids JOIN subjrec_tune('tags', grid)"),
              ElementsAre("1|1", "2|2", "1|3"));
}

TEST_F(Tune, IsServedWhereNobodyIsTrusted) {
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(db.get(), SQLITE_LIMIT_LENGTH, 1000000);
  EXPECT_THAT(db.rows(tune("kept", kGrid, "\"results\":\"trials\"")),
              ElementsAre("0", "0", "0", "0"));
  db.run("CREATE VIEW planted AS SELECT run, runs FROM subjrec_tune('tags', '{}')");
  EXPECT_EQ(db.error(tune("*", kGrid, "", "planted")),
            "subjrec_tune: unsafe use of virtual table \"subjrec_tune\"");
}

TEST_F(Tune, SaysWhatIsWrongBeforeAnythingIsTrained) {
  const auto error = [&](const std::string& grid, const std::string& options = "") {
    return db.error(tune("*", grid, "\"results\":\"trials\"" + options));
  };
  EXPECT_EQ(error("'{\"factors\":[1]}'"),
            "subjrec_tune: unknown option \"factors\"; did you mean \"embedding_dim\"?");
  EXPECT_EQ(error("'{\"epochs\":[1,0]}'"),
            "subjrec_tune: option \"epochs\" must be a whole number from 1 to 100000, got 0");
  EXPECT_EQ(error("'{\"epochs\":[1,2],\"epochs\":3}'"),
            "subjrec_tune: option \"epochs\" is given twice");
  EXPECT_EQ(error("'{\"epochs\":[1,2,1]}'"),
            "subjrec_tune: run 3 of the grid is the same as run 1: {\"epochs\":1}");
  for (const auto& [name, value] : {std::pair("validation", "0.1"),
                                    {"threads", "1"},
                                    {"validation_metric", "\"auc\""},
                                    {"memory_limit", "1"},
                                    {"progress", "true"}}) {
    EXPECT_EQ(error("'{\"" + std::string(name) + "\":" + value + "}'"),
              "subjrec_tune: option \"" + std::string(name) +
                  "\" is one for all runs: give it in argument 3 (options) and not in the grid");
  }
  EXPECT_EQ(
      error("'{\"algorithm\":[\"composed\",\"popularity\"],\"work_features\":\"tags\"}'"),
      "subjrec_tune: run 2 of 2, {\"algorithm\":\"popularity\",\"work_features\":\"tags\"}: "
      "option \"work_features\" is for the algorithm \"bce\", \"composed\", \"ials\", \"ease\", "
      "\"neighbours\" or \"blend\", got \"popularity\"");
  EXPECT_EQ(error("'{\"algorithm\":\"composed\",\"work_features\":[\"tags\",\"slight\"]}'"),
            "subjrec_tune: run 2 of 2, {\"algorithm\":\"composed\",\"work_features\":\"slight\"}: "
            "option \"work_features\" must be a table, a view or a SELECT whose first columns are "
            "work and feature; there is no table \"slight\"");
  EXPECT_EQ(error("'{\"algorithm\":\"ials\",\"embedding_dim\":[2,4000]}'", ",\"memory_limit\":5"),
            "subjrec_tune: run 2 of 2, {\"algorithm\":\"ials\",\"embedding_dim\":4000}: this "
            "training, with \"ials\", needs about 12 MB of memory, and option \"memory_limit\" "
            "allows 5 MB; lower \"embedding_dim\" (now 4000), or train on fewer works, or raise "
            "the limit");
  EXPECT_EQ(error("'{}'", ",\"validation\":0"),
            "subjrec_tune: option \"validation\" must be a number above 0 and up to 0.9, got 0");
  EXPECT_EQ(
      error("'{}'", ",\"validation\":0.1,\"heldout\":\"tags\""),
      "subjrec_tune: options \"validation\" and \"heldout\" are two ways to evaluate; give one");
  EXPECT_EQ(error("'{}'", ",\"n_jobs\":2"),
            "subjrec_tune: unknown option \"n_jobs\"; did you mean \"threads\"?");
  EXPECT_EQ(error("'{}'", ",\"patience\":2"),
            "subjrec_tune: unknown option \"patience\"; the options are results, validation, "
            "heldout, validation_metric, threads, memory_limit, progress");
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "1");
}

// What only the algorithm itself finds out ends the runs where it does; those before it stay.
TEST_F(Tune, SaysWhichRunFailed) {
  // A feature that weighs nothing leaves a zero on the diagonal.
  db.run("CREATE TABLE slight AS SELECT DISTINCT work, 'f' AS feature, 1e-30 AS weight FROM tags");
  EXPECT_EQ(db.error(tune("*",
                          "'{\"algorithm\":\"ease\",\"work_features\":\"slight\","
                          "\"regularization\":[10,0]}'",
                          "\"results\":\"trials\"")),
            "subjrec_tune: run 2 of 2, "
            "{\"algorithm\":\"ease\",\"regularization\":0,\"work_features\":\"slight\"}: the "
            "matrix is not positive definite");
  EXPECT_EQ(db.value("SELECT count(*) FROM trials"), "1");
}

TEST_F(Tune, SaysWhichArgumentIsWrong) {
  EXPECT_EQ(db.error("SELECT subjrec_tune('tags')"),
            "subjrec_tune: wanted 2 or 3 arguments (source, grid, options), got 1");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_tune('tags')"),
            "subjrec_tune: argument 2 (grid) is missing");
  EXPECT_EQ(db.error("SELECT subjrec_tune(NULL, '{}')"),
            "subjrec_tune: argument 1 (source) must be a table, a view or a SELECT whose first "
            "columns are work and subject, got NULL");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_tune('tags', 3)"),
            "subjrec_tune: argument 2 (grid) must be a JSON object of options with arrays of "
            "values, like '{\"embedding_dim\": [8, 16], \"epochs\": 20}', or an array of such "
            "objects, got 3");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_tune('nothing', '{}')"),
            "subjrec_tune: argument 1 (source) must be a table, a view or a SELECT whose first "
            "columns are work and subject; there is no table \"nothing\"");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_tune('SELECT 1, 2', '{}')"),
            "subjrec_tune: run 1 of 1, {}: option \"validation\" finds nothing to hold out: no "
            "work has two subjects that other works carry, too; evaluate on other rows, or not at "
            "all");
}

}  // namespace
}  // namespace subjrec::test
