// Other connections: what they see, what they may do meanwhile, and what a model does when they are
// in its way.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;

const std::string kBusy =
    ": the database is busy: another connection is writing to it or reading from it; nothing was "
    "changed; try again when it has finished, or let SQLite wait with PRAGMA busy_timeout";
/// Of a training, which need not be done again.
const std::string kKept =
    "; the trained model is kept in this connection, and the same call again stores it without "
    "training";

/// Calls `body` while `db` computes: every 10 ms or so, or with every `steps` of SQLite's.
class WhileRunning {
 public:
  WhileRunning(Database& db, std::function<void()> body, int steps = 0)
      : db_(db), body_(std::move(body)), pause_(steps == 0 ? 10 : 0) {
    sqlite3_progress_handler(
        db.get(), steps == 0 ? 100 : steps,
        [](void* self) {
          static_cast<WhileRunning*>(self)->call();
          return 0;
        },
        this);
  }
  ~WhileRunning() { sqlite3_progress_handler(db_.get(), 0, nullptr, nullptr); }

 private:
  void call() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < pause_) return;
    body_();
    last_ = std::chrono::steady_clock::now();
  }

  Database& db_;
  std::function<void()> body_;
  std::chrono::milliseconds pause_;
  std::chrono::steady_clock::time_point last_{};
};

class Company : public ::testing::TestWithParam<const char*> {
 protected:
  Company() {
    db.run(std::string("PRAGMA synchronous = off; PRAGMA journal_mode = ") + GetParam());
    second.run("PRAGMA synchronous = off");
    db.run(kCatalogue);
    db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":5"));
    db.run("SELECT subjrec_map('rec', 'subject', '{\"n_neighbors\":2,\"epochs\":3}')");
    db.run("CREATE TABLE other(a)");
    folder.write("s.json", R"({"id":"a","subjects":[{"concepts":[{"id":"x"}]}]})");
  }
  bool wal() const { return std::string(GetParam()) == "wal"; }

  TemporaryFolder folder;
  Database db{folder.write("works.db", "")};
  Database second{folder.file("works.db")};
};

TEST_P(Company, BusyWhileAnotherWrites) {
  const std::vector<std::string> before = db.contents();
  second.run("BEGIN IMMEDIATE; INSERT INTO other VALUES(1)");
  EXPECT_EQ(db.error("SELECT subjrec_train('rec')"), "subjrec_train" + kBusy + kKept);
  EXPECT_EQ(db.error("SELECT * FROM subjrec_train('rec')"), "subjrec_train" + kBusy + kKept);
  EXPECT_EQ(db.error(train_sql("fresh", "ials")), "subjrec_train" + kBusy + kKept);
  EXPECT_EQ(db.error("SELECT subjrec_import('" + folder.file("s.json") + "')"),
            "subjrec_import" + kBusy);
  EXPECT_EQ(db.error("SELECT subjrec_load('rec', 'SELECT 1, ''[1]''', 'SELECT 2, ''[1]''')"),
            "subjrec_load" + kBusy);
  EXPECT_EQ(db.error("SELECT subjrec_map('rec', 'work', '{\"n_neighbors\":2,\"epochs\":2}')"),
            "subjrec_map" + kBusy);
  EXPECT_EQ(db.code("SELECT subjrec_train('rec')"), SQLITE_BUSY) << "hosts go by the code";
  // SQLite itself refuses these, before the model is asked.
  for (const char* sql : {"INSERT INTO rec(rec) VALUES('train')", "DROP TABLE rec",
                          "ALTER TABLE rec RENAME TO old"}) {
    EXPECT_EQ(db.error(sql), "database is locked") << sql;
  }
  EXPECT_NE(sqlite3_get_autocommit(db.get()), 0) << "no transaction is left open";
  EXPECT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 'a', 4)").size(), 4u) << "asking goes on";
  second.run("ROLLBACK");
  EXPECT_EQ(db.contents(), before);
  db.run("SELECT subjrec_train('rec')");
}

TEST_P(Company, WaitsAsLongAsItIsTold) {
  second.run("BEGIN IMMEDIATE; INSERT INTO other VALUES(1)");
  db.run("PRAGMA busy_timeout = 20000");
  std::thread finishes([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    second.run("COMMIT");
  });
  db.run(train_sql("fresh", "ials"));
  finishes.join();
  EXPECT_EQ(db.value("SELECT count(*) FROM other"), "1");
  EXPECT_EQ(second.rows("SELECT * FROM subjrec_topk('fresh', 'a', 4)").size(), 4u);
}

TEST_P(Company, AReaderKeepsWhatItReadsFirst) {
  const std::string list = "SELECT group_concat(score) FROM subjrec_topk('rec', 'a', 4)";
  const std::string old_list = second.value(list);
  second.run("BEGIN");
  EXPECT_EQ(second.value(list), old_list);
  if (wal()) {
    db.run(train_sql("rec", "ials"));
    EXPECT_NE(db.value(list), old_list);
    EXPECT_EQ(second.value(list), old_list);
    EXPECT_EQ(
        second.error("SELECT subjrec_train('rec')"),
        "subjrec_train: another connection has written to the database since this transaction "
        "began to read, so it can write no more; nothing was changed; begin a new one" +
            kKept);
    second.run("COMMIT");
  } else {
    const std::vector<std::string> before = db.contents();
    EXPECT_EQ(db.error(train_sql("rec", "ials")), "subjrec_train" + kBusy + kKept);
    EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
    EXPECT_EQ(db.contents(), before);
    second.run("COMMIT");
    db.run(train_sql("rec", "ials"));
  }
  EXPECT_EQ(second.value(list), db.value(list));
  EXPECT_NE(second.value(list), old_list);
}

TEST_P(Company, OthersWriteWhileItTrains) {
  db.run(
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999) "
      "INSERT INTO tags SELECT i % 600, (i * i + i / 7) % 301 FROM n");
  for (const char* algorithm : {"bce", "composed", "ials"}) {
    SCOPED_TRACE(algorithm);
    second.run("DELETE FROM other");
    int wrote = 0;
    int refused = 0;
    {
      const WhileRunning running(db, [&] {
        const int code = second.code("INSERT INTO other VALUES(1)");
        (code == SQLITE_OK ? wrote : refused) += 1;
      });
      db.run(train_sql("rec", algorithm, ",\"epochs\":400,\"threads\":1,\"embedding_dim\":32"));
    }
    EXPECT_GE(wrote, 4) << "the training lasts some tenths of a second";
    EXPECT_LE(refused, wrote) << "while the model is stored, and a source is read";
    EXPECT_EQ(db.value("SELECT count(*) FROM other"), std::to_string(wrote));
  }
}

TEST_P(Company, AModelThatAnotherMakesOrDropsMeanwhile) {
  const std::string once = ",\"epochs\":400,\"threads\":1";
  const auto meanwhile = [&](const std::string& sql, const std::string& train) {
    bool done = false;
    const WhileRunning running(db, [&] {
      if (!done) done = second.code(sql) == SQLITE_OK;
    });
    db.run(train);
    EXPECT_TRUE(done);
  };
  db.run(
      "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999) "
      "INSERT INTO tags SELECT i % 600, (i * i + i / 7) % 301 FROM n");
  meanwhile("CREATE VIRTUAL TABLE fresh USING subjrec()", train_sql("fresh", "bce", once));
  meanwhile("DROP TABLE fresh", train_sql("fresh", "bce", once));
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('fresh', 'a', 4)"), "4");
  EXPECT_EQ(second.value("SELECT count(*) FROM subjrec_topk('fresh', 'a', 4)"), "4");
}

/// What a query gives where another connection trains at its n-th step, for many n.
class Mixture : public ::testing::TestWithParam<const char*> {
 protected:
  Mixture() {
    second.run("PRAGMA synchronous = off; PRAGMA journal_mode = wal");
    second.run(kCatalogue);
    second.run(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
        "INSERT INTO tags SELECT i % 300, (i * i + i / 7) % 41 FROM n");
  }
  /// The second model has one subject more.
  static std::string train(int seed) {
    return train_sql(
        "rec", "bce",
        ",\"embedding_dim\":4,\"epochs\":1,\"threads\":1,\"seed\":" + std::to_string(seed),
        seed == 1 ? "tags" : "SELECT * FROM tags UNION ALL SELECT 1, 99");
  }

  TemporaryFolder folder;
  Database second{folder.write("works.db", "")};
};

TEST_P(Mixture, IsNeverGiven) {
  const std::string query = GetParam();
  std::vector<std::string> allowed;
  for (const int seed : {2, 1}) {
    second.run(train(seed));
    allowed.push_back(second.value(query));
  }
  ASSERT_NE(allowed[0], allowed[1]);
  int old_ones = 0;
  for (int at = 0; at < 60; ++at) {
    second.run(train(1));
    Database fresh(folder.file("works.db"));
    int calls = 0;
    std::string got;
    {
      const WhileRunning running(
          fresh,
          [&] {
            if (calls++ == at) second.run(train(2));
          },
          60);
      got = fresh.value(query);
    }
    ASSERT_TRUE(got == allowed[0] || got == allowed[1]) << at << ": " << got;
    old_ones += got == allowed[1];
  }
  EXPECT_GT(old_ones, 0) << "some of the trainings came too late to be seen";
}

INSTANTIATE_TEST_SUITE_P(
    Queries, Mixture,
    ::testing::Values(
        "SELECT subjrec_similarity('rec', 'work', 1, 2)",
        "SELECT subjrec_similarity('rec', 'subject', 1, 2)",
        "SELECT group_concat(id || similarity) FROM subjrec_similar('rec', 'work', 1, 9)",
        "SELECT group_concat(subject_id || score) FROM subjrec_topk('rec', 1, 9)",
        "SELECT group_concat(id || contribution) FROM subjrec_explain('rec', 1, 2)",
        "SELECT group_concat(work_id || score) FROM (SELECT * FROM rec WHERE subject_id = 1)",
        "SELECT group_concat(value) FROM subjrec_evaluate('rec', 'tags')",
        "SELECT subjrec_plot('rec', 'loss')"));

INSTANTIATE_TEST_SUITE_P(Journals, Company, ::testing::Values("wal", "delete"),
                         [](const auto& journal) { return std::string(journal.param); });

}  // namespace
}  // namespace subjrec::test
