// Training over shards in SQL alone: tables, and a loop.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "support/planted_catalogue.h"

namespace subjrec::test {

/// One connection whose table "shards" lists K tables tags_0, tags_1, ... that hold the works of
/// "tags"; each with their features. What shards were sent is in "inbox".
class Shards : public ::testing::Test {
 protected:
  Shards() {
    db.run(kPlantedCatalogue);
    db.run(
        "CREATE TABLE features AS SELECT work, 'f' || (work * 31 % 7) AS feature, 0.25 + work % 3 "
        "AS weight FROM tags GROUP BY work");
    db.run(
        "CREATE TABLE run(state BLOB); CREATE TABLE parts(to_shard, part BLOB);"
        "CREATE TABLE inbox(shard INTEGER PRIMARY KEY, part BLOB);");
  }

  /// Cuts by `place`, an expression of "work".
  void cut(int shards, const std::string& place = "work * 11") {
    for (int k = 0; k < shards; ++k) {
      const std::string n = std::to_string(k);
      db.run("CREATE TABLE IF NOT EXISTS tags_" + n +
             " AS SELECT * FROM tags WHERE 0; DELETE FROM tags_" + n + "; INSERT INTO tags_" + n +
             " SELECT * FROM tags WHERE " + place + " % " + std::to_string(shards) + " = " + n);
    }
    begin(shards);
  }

  void begin(int shards) {
    shards_ = shards;
    db.run("DELETE FROM inbox; DELETE FROM run; INSERT INTO run SELECT subjrec_begin(json_object(" +
           options_ + ", 'shards', " + std::to_string(shards) + "))");
  }

  std::string step_sql(int shard, const std::string& table) const {
    return "INSERT INTO parts SELECT to_shard, part FROM subjrec_step('rec', (SELECT state FROM "
           "run), '" +
           table + "', " + std::to_string(shard) +
           ", (SELECT part FROM inbox WHERE shard = " + std::to_string(shard) + "))";
  }
  void step() {
    db.run("DELETE FROM parts");
    for (int k = 0; k < shards_; ++k) db.run(step_sql(k, "tags_" + std::to_string(k)));
  }
  static constexpr const char* kNext =
      "UPDATE run SET state = subjrec_next(state, (SELECT subjrec_merge(part) FROM parts WHERE "
      "to_shard IS NULL))";
  void next() {
    db.run(
        "REPLACE INTO inbox SELECT to_shard, subjrec_merge(part) FROM parts WHERE to_shard IS "
        "NOT NULL GROUP BY to_shard");
    db.run(kNext);
  }

  std::string member(const std::string& key) {
    return db.value("SELECT subjrec_state(state) ->> '" + key + "' FROM run");
  }
  void train() {
    for (int turn = 0; turn < 40 && member("done") == "0"; ++turn) {
      step();
      next();
    }
    EXPECT_EQ(member("done"), "1");
  }
  std::string finish_sql(const std::string& model, const std::string& source,
                         const std::string& shard) const {
    return "SELECT subjrec_finish('" + model + "', (SELECT state FROM run), '" + source + "', " +
           shard + ")";
  }

  Database db;
  std::string options_ = "'algorithm', 'ease', 'embedding_dim', 8, 'work_features', 'features'";
  int shards_ = 0;
};

}  // namespace subjrec::test
