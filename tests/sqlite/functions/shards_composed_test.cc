// "composed" over shards: the model of subjrec_train with as many shards, which is trained in
// rounds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/data/id_table.h"
#include "core/data/shard.h"
#include "support/shards.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kComposed =
    "'algorithm', 'composed', 'embedding_dim', 8, 'epochs', 2, 'rounds', 3, 'batch_size', 32";
constexpr const char* kFeatured =
    "'algorithm', 'composed', 'embedding_dim', 5, 'epochs', 3, 'rounds', 2, 'batch_size', 32, "
    "'work_features', 'features', 'loss', 'sampled_softmax', 'negatives', 10, 'seed', 7";

class ComposedShards : public Shards {
 protected:
  ComposedShards() { options_ = kComposed; }

  /// As subjrec_import would deal them out.
  void cut_by_id(int shards) {
    db.run("DROP TABLE IF EXISTS place; CREATE TABLE place(id INTEGER PRIMARY KEY, shard)");
    for (const std::string& row : db.rows("SELECT DISTINCT work FROM tags")) {
      const int64_t id = std::stoll(row);
      const uint32_t shard =
          shard_of(hash_id({IdKind::kInteger, id, {}}), static_cast<uint32_t>(shards));
      db.run("INSERT INTO place VALUES (" + row + ", " + std::to_string(shard) + ")");
    }
    cut(shards, "(SELECT shard FROM place WHERE id = work)");
  }
  std::string digest_of_one(int shards, const std::string& more = "") {
    return db.value("SELECT subjrec_train('whole', 'tags', json_object(" + options_ +
                    ", 'shards', " + std::to_string(shards) + more + ")) ->> 'digest'");
  }
};

TEST_F(ComposedShards, GiveTheModelOfOneTrainingWithAsMany) {
  for (const char* options : {kComposed, kFeatured}) {
    options_ = options;
    for (const int shards : {1, 2, 4, 7}) {
      const std::string wanted = digest_of_one(shards);
      cut_by_id(shards);
      train();
      db.run(finish_sql("one", "tags", "NULL"));
      EXPECT_EQ(db.value(digest_sql("one")), wanted) << shards << " shards, " << options;
      for (int k = 0; k < shards; ++k) {
        const std::string n = std::to_string(k);
        db.run(finish_sql("rec_" + n, "tags_" + n, n));
        EXPECT_EQ(
            db.value("SELECT count(*) FROM (SELECT work_id, embedding, subjects FROM rec_" + n +
                     "_works EXCEPT SELECT work_id, embedding, subjects FROM "
                     "whole_works)"),
            "0");
        EXPECT_EQ(db.value("SELECT count(*) FROM (SELECT * FROM whole_history EXCEPT SELECT * "
                           "FROM rec_" +
                           n + "_history)"),
                  "0");
      }
    }
  }
}

TEST_F(ComposedShards, DrawByWeightsAsOneTrainingDoes) {
  const std::string plain = digest_of_one(3);
  db.run("ALTER TABLE tags ADD COLUMN weight; UPDATE tags SET weight = 0.5 + work * subject % 4");
  const std::string wanted = digest_of_one(3);
  EXPECT_NE(wanted, plain);
  cut_by_id(3);
  train();
  db.run(finish_sql("one", "tags", "NULL"));
  EXPECT_EQ(db.value(digest_sql("one")), wanted);
}

TEST_F(ComposedShards, DoNotDependOnThreadsOrTheOrderOfRows) {
  options_ = kFeatured;
  const std::string wanted = digest_of_one(3);
  EXPECT_EQ(digest_of_one(3, ", 'threads', 3"), wanted);
  db.run("CREATE TABLE turned AS SELECT * FROM tags ORDER BY subject DESC, work DESC");
  EXPECT_EQ(db.value("SELECT subjrec_train('whole', 'turned', json_object(" + options_ +
                     ", 'shards', 3)) ->> 'digest'"),
            wanted);
  EXPECT_NE(digest_of_one(4), wanted);
}

TEST_F(ComposedShards, LearnWhatOneMachineLearns) {
  options_ = "'algorithm', 'composed', 'embedding_dim', 8, 'epochs', 12";
  db.run(
      "CREATE TABLE held AS SELECT work, subject FROM tags WHERE (work * 7 + subject) % 9 = 0;"
      "CREATE TABLE known AS SELECT * FROM tags EXCEPT SELECT * FROM held");
  const auto recall = [&](const std::string& more) {
    db.run("SELECT subjrec_train('judged', 'known', json_object(" + options_ + more + "))");
    return std::stod(
        db.value("SELECT value FROM subjrec_evaluate('judged', 'held') WHERE metric = "
                 "'ndcg@10'"));
  };
  const double one = recall("");
  EXPECT_GT(recall(", 'shards', 4"), one - 0.05);
}

TEST_F(ComposedShards, NoticeAWorkInTwoOfThem) {
  cut(2);
  db.run("INSERT INTO tags_0 VALUES (5000, 38); INSERT INTO tags_1 VALUES (5000, 39)");
  for (int turn = 0; turn < 2; ++turn) {
    step();
    next();
  }
  EXPECT_EQ(member("phase"), "round");
  db.run("DELETE FROM parts");
  std::vector<std::string> rows;
  const std::string errors =
      db.attempt(step_sql(0, "tags_0"), &rows) + db.attempt(step_sql(1, "tags_1"), &rows);
  EXPECT_THAT(errors, HasSubstr("work 5000 is in shard 0 and in shard 1"));
}

TEST_F(ComposedShards, RefuseWhatAllOfThemWouldChange) {
  EXPECT_EQ(db.error("SELECT subjrec_begin('{\"shards\":2,\"algorithm\":\"composed\","
                     "\"work_vectors\":\"v\"}')"),
            "subjrec_begin: option \"work_vectors\" is not for a training over shards, all of "
            "which would change what it is mapped by; wanted \"work_features\" or none");
  db.run("CREATE TABLE f AS SELECT DISTINCT subject, 'g' || (subject % 3) FROM tags");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', "
                     "'{\"algorithm\":\"composed\",\"shards\":2,\"subject_features\":\"f\"}')"),
            "subjrec_train: option \"shards\" is for trainings without \"subject_features\", "
            "\"work_vectors\" and \"subject_vectors\", whose maps all shards would change");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ease\","
                     "\"shards\":2}')"),
            "subjrec_train: option \"shards\" is for the algorithm \"composed\" or \"blend\", "
            "got \"ease\"");
}

}  // namespace
}  // namespace subjrec::test
