// Training over shards in SQL alone: files, and a loop.
#include "support/shards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace subjrec::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kIals =
    "'algorithm', 'ials', 'embedding_dim', 8, 'epochs', 3, 'work_features', 'features'";

class ShardsOfEach : public Shards, public ::testing::WithParamInterface<const char*> {
 protected:
  ShardsOfEach() { options_ = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(
    Algorithms, ShardsOfEach,
    ::testing::Values("'algorithm', 'ease', 'embedding_dim', 8, 'work_features', 'features'", kIals,
                      "'algorithm', 'ials', 'embedding_dim', 5, 'epochs', 1, 'seed', 7",
                      "'algorithm', 'ials', 'embedding_dim', 17, 'epochs', 2"));

TEST_P(ShardsOfEach, AnyNumberOfThemGivesTheModelOfOneTraining) {
  const std::string wanted =
      db.value("SELECT subjrec_train('whole', 'tags', json_object(" + options_ + ")) ->> 'digest'");
  std::string digest;
  for (const int shards : {1, 2, 4, 7}) {
    cut(shards);
    train();
    if (digest.empty()) digest = member("digest");
    EXPECT_EQ(member("digest"), digest);
    // All works in one file are the model that one training stores, to the byte.
    db.run(finish_sql("one", "tags", "NULL"));
    EXPECT_EQ(db.value(digest_sql("one")), wanted);
    // And the works of each shard in its own.
    for (int k = 0; k < shards; ++k) {
      const std::string n = std::to_string(k);
      db.run(finish_sql("rec_" + n, "tags_" + n, n));
      EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT work_id, embedding, subjects, features, "
                         "feature_weights FROM rec_" +
                         n +
                         "_works EXCEPT SELECT work_id, embedding, subjects, features, "
                         "feature_weights FROM whole_works)"),
                "0");
      EXPECT_EQ(db.value("SELECT count(*) = (SELECT count(DISTINCT work) FROM tags_" + n +
                         ") FROM rec_" + n + "_works"),
                "1");
      for (const std::string& table : {std::string("subjects"), std::string("features"),
                                       std::string("weights"), std::string("history")}) {
        EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT * FROM whole_" + table +
                           " EXCEPT SELECT * FROM rec_" + n + "_" + table + ")"),
                  "0")
            << table;
      }
    }
  }
}

TEST_P(ShardsOfEach, EachServesItsWorksAsTheWholeDoes) {
  db.run("SELECT subjrec_train('whole', 'tags', json_object(" + options_ + "))");
  cut(3);
  train();
  db.run(finish_sql("rec", "tags_1", "1"));
  const std::string work = db.value("SELECT min(work) FROM tags_1");
  for (const std::string& question : {std::string("subjrec_topk('MODEL', ") + work + ", 10)",
                                      "subjrec_topk('MODEL', " + work + ", 5, 'new')",
                                      std::string("subjrec_suggest('MODEL', '[3, 5]', 10)"),
                                      std::string("subjrec_similar('MODEL', 'subject', 3, 5)")}) {
    const auto ask = [&](const std::string& model) {
      std::string sql = "SELECT * FROM " + question;
      return db.rows(sql.replace(sql.find("MODEL"), 5, model));
    };
    EXPECT_EQ(ask("rec"), ask("whole")) << question;
  }
  EXPECT_EQ(db.rows("SELECT subject_id, score FROM rec WHERE work_id = " + work),
            db.rows("SELECT subject_id, score FROM whole WHERE work_id = " + work));
}

/// What popularity is taken from stays that of all shards, with what the update has changed in one.
TEST_P(ShardsOfEach, AnUpdateOfOneCountsTheWorksOfAll) {
  cut(3);
  train();
  db.run(finish_sql("rec", "tags_1", "1"));
  const auto counts = [&] {
    return db.rows(
        "SELECT subject_id, works FROM rec_subjects UNION ALL SELECT 'all works', value "
        "FROM rec_config WHERE key = 'n_works_of_all_shards'");
  };
  const auto before = counts();
  db.run(
      "CREATE TEMP TABLE change AS SELECT subject_id, works, (subject_id = 3) - (subject_id = "
      "5) AS more FROM rec_subjects");
  const std::string gone = db.value(
      "SELECT work FROM tags_1 GROUP BY work HAVING max(subject = 5) "
      "= 1 LIMIT 1");
  db.run("DELETE FROM tags_1 WHERE work = " + gone +
         " AND subject = 5; "
         "INSERT INTO tags_1 VALUES (100001, 3), (100002, 7)");
  db.run("UPDATE change SET more = more + 1 WHERE subject_id = 7");
  db.run("SELECT subjrec_update('rec')");
  EXPECT_EQ(db.value("SELECT count(*) FROM rec_subjects JOIN change USING (subject_id) WHERE "
                     "rec_subjects.works <> change.works + more"),
            "0");
  EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'n_works_of_all_shards'"),
            db.value("SELECT count(DISTINCT work) + 2 FROM tags"));
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 100001, 5, NULL, 1.0)"), "5");

  db.run("DELETE FROM tags_1 WHERE work > 100000; INSERT INTO tags_1 VALUES (" + gone + ", 5)");
  db.run("SELECT subjrec_update('rec')");
  EXPECT_EQ(counts(), before);
}

TEST_P(ShardsOfEach, AnUpdateOfAllInOneFileCountsThem) {
  cut(2);
  train();
  db.run(finish_sql("rec", "tags", "NULL"));
  for (const char* change :
       {"INSERT INTO tags VALUES (100001, 3)", "DELETE FROM tags WHERE work % 5 = 0",
        "INSERT INTO tags VALUES (100002, 3), (100002, 7)"}) {
    db.run(change);
    db.run("SELECT subjrec_update('rec')");
    EXPECT_EQ(db.value("SELECT value FROM rec_config WHERE key = 'n_works_of_all_shards'"),
              db.value("SELECT count(*) FROM rec_works"));
    EXPECT_EQ(db.value("SELECT count(*) FROM rec_subjects AS s WHERE works <> (SELECT count(*) "
                       "FROM tags WHERE subject = s.subject_id)"),
              "0");
    EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', (SELECT max(work) FROM tags), "
                       "5, NULL, 1.0)"),
              "5")
        << change;
  }
}

TEST_P(ShardsOfEach, StepsAndPartsMayBeRepeatedAndMixed) {
  cut(4);
  while (member("done") == "0") {
    step();
    db.run(
        "CREATE TABLE sent AS SELECT to_shard, part FROM parts WHERE to_shard IS NOT NULL; "
        "DELETE FROM parts WHERE to_shard IS NOT NULL");
    const std::string once = db.value("SELECT hex(subjrec_merge(part)) FROM parts");
    db.run(step_sql(2, "tags_2"));  // again
    db.run("DELETE FROM parts WHERE to_shard IS NOT NULL");
    EXPECT_EQ(db.value("SELECT count(DISTINCT part) || ' of ' || count(*) FROM parts"), "4 of 5");
    EXPECT_EQ(db.value("SELECT hex(subjrec_merge(part)) FROM (SELECT part FROM parts ORDER BY "
                       "random())"),
              once);
    EXPECT_EQ(db.value("SELECT hex(subjrec_merge(part)) FROM (SELECT subjrec_merge(part) AS part "
                       "FROM parts GROUP BY rowid % 3)"),
              once);
    const std::string next_sql =
        "SELECT hex(subjrec_next(state, (SELECT subjrec_merge(part) FROM parts))) FROM run";
    EXPECT_EQ(db.value(next_sql), db.value(next_sql));
    db.run("INSERT INTO parts SELECT * FROM sent ORDER BY random(); DROP TABLE sent");
    next();
  }
}

TEST_F(Shards, AMergeOfNothingIsNull) {
  EXPECT_EQ(db.value("SELECT subjrec_merge(part) FROM parts"), "NULL");
  EXPECT_EQ(db.value("SELECT subjrec_merge(NULL)"), "NULL");
}

TEST_F(Shards, AutoIsResolvedByTheWholeCatalogue) {
  cut(2);
  db.run("UPDATE run SET state = subjrec_begin('{\"shards\":2,\"work_features\":\"features\"}')");
  EXPECT_EQ(member("algorithm"), "auto");
  step();
  db.run(kNext);
  EXPECT_EQ(member("algorithm"), "ease");
  EXPECT_EQ(member("works"), db.value("SELECT count(DISTINCT work) FROM tags"));
  // Without features it is another.
  db.run("UPDATE run SET state = subjrec_begin('{\"shards\":2}')");
  step();
  db.run(kNext);
  EXPECT_EQ(member("algorithm"), "composed");
}

TEST_F(Shards, BadInputIsRefusedAndChangesNothing) {
  EXPECT_EQ(db.error("SELECT subjrec_begin('{\"shards\":0}')"),
            "subjrec_begin: option \"shards\" must be a whole number from 1 to 65536, got 0");
  cut(2);
  const std::string state = db.value("SELECT hex(state) FROM run");
  EXPECT_EQ(db.error(step_sql(2, "tags_1")),
            "subjrec_step: argument 4 (shard) must be a whole number from 0 to 1, got 2");
  EXPECT_EQ(db.error(step_sql(1, "nowhere")),
            "subjrec_step: shard 1: argument 3 (source) must be a table, a view or a SELECT whose "
            "first columns are work and subject; there is no table \"nowhere\"");
  EXPECT_EQ(db.error(step_sql(1, "SELECT * FROM tags WHERE 0")),
            "subjrec_step: shard 1: the source has no (work, subject) pairs: 0 rows, 0 of them "
            "with a NULL");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_step('rec', x'00', 'tags', 0)"),
            "subjrec_step: argument 2 (state) is no state of a training over shards");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_step('rec', 'state', 'tags', 0)"),
            "subjrec_step: argument 2 (state) must be a BLOB, got 'state'");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_step('rec', (SELECT state FROM run), 'tags_0', 0, "
                     "x'00')"),
            "subjrec_step: shard 0: argument 5 (inbox) is no part of a training over shards");
  EXPECT_EQ(
      db.error(finish_sql("rec", "tags_0", "0")),
      "subjrec_finish: the training is in the phase \"count\"; wanted the state that is done");
  db.run(step_sql(0, "tags_0"));
  EXPECT_EQ(db.error(kNext),
            "subjrec_next: the part of shard 1 is missing: wanted those of 2 shards, merged by "
            "subjrec_merge");
  db.run(step_sql(1, "tags_0"));
  EXPECT_EQ(db.error(kNext),
            "subjrec_next: shards 0 and 1 have the same works with the same subjects: one source "
            "was given twice");
  db.run(step_sql(1, "tags_1"));
  EXPECT_EQ(db.error("SELECT subjrec_merge(part) FROM parts"),
            "subjrec_merge: shard 1 gave two different parts: its source changed in between, or "
            "two sources were given as shard 1");
  EXPECT_EQ(db.error("SELECT subjrec_next(state, NULL) FROM run"),
            "subjrec_next: argument 2 (part) must be a BLOB, got NULL");
  EXPECT_EQ(db.value("SELECT hex(state) FROM run"), state);
}

TEST_F(Shards, MoreOfThemThanWorksAreRefused) {
  db.run("DELETE FROM tags WHERE work > 1");
  cut(3);
  for (int k = 0; k < 3; ++k) {
    const std::string table = "tags_" + std::to_string(k);
    if (db.value("SELECT count(*) FROM " + table) != "0") {
      db.run(step_sql(k, table));
      continue;
    }
    EXPECT_EQ(db.error(step_sql(k, table)),
              "subjrec_step: shard " + std::to_string(k) +
                  ": the source has no (work, subject) pairs: 0 rows, 0 of them with a NULL");
  }
  EXPECT_THAT(db.error(kNext), HasSubstr("is missing: wanted those of 3 shards"));
}

TEST_F(Shards, AStateOfAnotherRunIsRefused) {
  cut(2);
  step();
  db.run("UPDATE run SET state = subjrec_begin('{\"shards\":2,\"algorithm\":\"ials\"}')");
  EXPECT_EQ(db.error(kNext),
            "subjrec_next: the part is of another run than the state: their options or numbers of "
            "shards differ");
  // And what was sent between shards in one run is not taken in another.
  for (const char* seed : {"1", "2"}) {
    options_ = std::string(kIals) + ", 'seed', " + seed;
    begin(2);
    for (int turn = 0; turn < 2; ++turn) {
      step();
      next();
    }
    if (*seed == '1') db.run("CREATE TABLE kept AS SELECT * FROM inbox");
  }
  db.run("REPLACE INTO inbox SELECT * FROM kept");
  EXPECT_EQ(db.error(step_sql(0, "tags_0")),
            "subjrec_step: shard 0: argument 5 (inbox) is of another run");
}

TEST_F(Shards, WeightsBelowNothingAreRefusedByIals) {
  options_ = kIals;
  db.run("UPDATE features SET weight = -0.5 WHERE work = 14");
  cut(2);
  const std::string problem =
      "option \"work_features\" has a weight of -0.5, and \"ials\" takes weights from 0";
  EXPECT_THAT(db.error(step_sql(0, "tags_0")), HasSubstr("subjrec_step: shard 0: " + problem));
}

TEST_F(Shards, OptionsThatDifferMakeAnotherRun) {
  cut(2);
  db.run(step_sql(0, "tags_0"));
  db.run("UPDATE run SET state = subjrec_begin('{\"shards\":2,\"algorithm\":\"ease\"}')");
  db.run(step_sql(1, "tags_1"));
  EXPECT_EQ(db.error("SELECT subjrec_merge(part) FROM parts"),
            "subjrec_merge: the part of shard 1 and that of shard 0 are of different runs: their "
            "options or numbers of shards differ");
}

TEST_F(Shards, AWorkInTwoShardsIsNamed) {
  cut(2);
  db.run("INSERT INTO tags_1 SELECT 14, 39");
  step();
  db.run(kNext);
  step();
  EXPECT_EQ(db.error(kNext),
            "subjrec_next: work 14 is in shard 0 and in shard 1; all rows of a work must be in one "
            "shard");
}

TEST_F(Shards, ASourceThatChangedMeanwhileIsNoticed) {
  cut(2);
  step();
  db.run(kNext);
  db.run("DELETE FROM tags_1 WHERE rowid = 1");
  EXPECT_THAT(db.error(step_sql(1, "tags_1")),
              HasSubstr("subjrec_step: shard 1: the source is not what was counted: wanted the "));
  cut(2);
  train();
  db.run(
      "CREATE TABLE before AS SELECT * FROM tags_1; UPDATE tags_1 SET subject = 39 WHERE rowid "
      "= 1");
  EXPECT_THAT(
      db.error(finish_sql("rec", "tags_1", "1")),
      HasSubstr("subjrec_finish: shard 1: the source is not what was counted: wanted the "));
  EXPECT_THAT(db.error(finish_sql("rec", "tags_0", "NULL")), HasSubstr("is not what was counted"));
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'rec%'"), "0");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_step('rec', (SELECT state FROM run), 'tags_0', 0)"),
            "subjrec_step: the training is done; store the model in the shards with SELECT "
            "subjrec_finish(model, state, source, shard)");
}

TEST_F(Shards, AnInboxThatIsMissingOrAnothersIsRefused) {
  options_ = kIals;
  cut(2);
  for (const char* phase : {"count", "exchange", "works"}) {
    EXPECT_EQ(member("phase"), phase);
    step();
    next();
  }
  EXPECT_EQ(member("phase"), "columns");
  db.run("CREATE TABLE sent AS SELECT * FROM inbox; DELETE FROM inbox");
  EXPECT_EQ(db.error(step_sql(1, "tags_1")),
            "subjrec_step: shard 1: argument 5 (inbox) is missing: wanted the parts that were for "
            "this shard in the phase \"exchange\", merged");
  db.run("INSERT INTO inbox SELECT 1 - shard, part FROM sent");
  EXPECT_EQ(db.error(step_sql(1, "tags_1")),
            "subjrec_step: shard 1: argument 5 (inbox) is for shard 0");
  db.run("UPDATE run SET state = (SELECT subjrec_begin('{\"shards\":2}'))");
  EXPECT_EQ(db.error(step_sql(1, "tags_1")),
            "subjrec_step: shard 1: argument 5 (inbox) must be NULL, since before the phase "
            "\"count\" nothing was sent between shards");
}

TEST_F(Shards, AWorkInTwoShardsIsNamedByIalsToo) {
  options_ = kIals;
  cut(2);
  // A work that shares no subject with its other half, and is no candidate for anything.
  db.run("INSERT INTO tags_0 VALUES (5000, 38); INSERT INTO tags_1 VALUES (5000, 39)");
  for (int turn = 0; turn < 3; ++turn) {
    step();
    next();
  }
  EXPECT_EQ(member("phase"), "columns");
  db.run("DELETE FROM parts");
  std::vector<std::string> rows;
  const std::string errors =
      db.attempt(step_sql(0, "tags_0"), &rows) + db.attempt(step_sql(1, "tags_1"), &rows);
  EXPECT_THAT(errors, HasSubstr("work 5000 is in shard 0 and in shard 1"));
}

TEST_F(Shards, TooFewWorksToCalibrateByAreSaid) {
  options_ = "'algorithm', 'ials', 'embedding_dim', 2";
  db.run("DELETE FROM tags WHERE work > 2");
  cut(2);
  step();
  EXPECT_THAT(db.error(kNext), HasSubstr("works none can keep a subject out to calibrate"));
}

TEST_F(Shards, AViewMayNotSetThemOff) {
  db.run(
      "CREATE VIEW a AS SELECT subjrec_finish('rec', x'00', 'tags', 0);"
      "CREATE VIEW b AS SELECT subjrec_next(x'00', x'00');"
      "CREATE VIEW c AS SELECT * FROM subjrec_step('rec', x'00', 'tags', 0)");
  EXPECT_EQ(db.error("SELECT * FROM a"), "unsafe use of subjrec_finish()");
  EXPECT_EQ(db.error("SELECT * FROM b"), "unsafe use of subjrec_next()");
  EXPECT_EQ(db.error("SELECT * FROM c"), "unsafe use of virtual table \"subjrec_step\"");
}

}  // namespace
}  // namespace subjrec::test
