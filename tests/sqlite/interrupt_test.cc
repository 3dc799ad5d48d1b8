// Every long call stops within 0.2 s of sqlite3_interrupt, wherever it is at that moment, and
// leaves the connection and the old model as they were.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using std::chrono::milliseconds;
using ::subjrec::testing::TemporaryFolder;
using Clock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr milliseconds kMost{2000};
#else
constexpr milliseconds kMost{200};
#endif

/// A catalogue of 20,000 works and 5,000 subjects with a model of it, made once for all tests.
struct Large {
  Large() {
    db.run("PRAGMA synchronous = off");
    db.run(
        "CREATE TABLE tags AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 79999) SELECT i % 20000 AS work, (i * 7919 + i / 20000 * i) % 5000 AS subject FROM n");
    db.run(train_sql("rec", "bce", ",\"embedding_dim\":48,\"epochs\":1"));
    db.run("INSERT INTO rec_map SELECT 'subject', subject_id, n % 71, n / 71 FROM rec_subjects");
    db.run(
        "CREATE VIRTUAL TABLE slow USING subjrec(source='tags', algorithm='bce', epochs=100000)");
    std::string lines;
    for (int i = 0; i < 900000; ++i) {
      lines += R"({"id":"w)" + std::to_string(i % 900000) +
               R"(","title":"A title of the usual length","subjects":[{"id":"h","label":"x",)" +
               R"("concepts":[{"id":"c)" + std::to_string(i % 9001) +
               R"(","label":"X"}]}]})"
               "\n";
    }
    folder.write("s.json", lines);
  }

  TemporaryFolder folder;
  Database db{folder.write("works.db", "")};
};

constexpr const char* kCalls[] = {

    "SELECT subjrec_import('@')",
    "SELECT subjrec_train('rec', 'tags', '{\"recipe\":\"notebook\",\"epochs\":100000}')",
    "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"composed\",\"epochs\":10000}')",
    "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ials\",\"epochs\":10000}')",
    "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ials\",\"embedding_dim\":2000}')",
    "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ease\",\"embedding_dim\":500}')",
    "SELECT * FROM subjrec_train('rec', 'tags', '{\"validation\":0.1,\"epochs\":10000,"
    "\"patience\":0}')",
    "SELECT * FROM subjrec_tune('tags', "
    "'{\"algorithm\":\"bce\",\"epochs\":100000,\"patience\":0}', "
    "'{\"results\":\"trials\"}')",
    "SELECT subjrec_tune('tags', '{\"epochs\":100000,\"patience\":0}', "
    "'{\"results\":\"trials\",\"heldout\":"
    "\"SELECT work, subject + 1 FROM tags EXCEPT SELECT * FROM tags\"}')",
    "INSERT INTO slow(slow) VALUES('train')",
    "SELECT count(*) FROM tags CROSS JOIN subjrec_evaluate('rec', 'SELECT work, (subject + j) % "
    "5000 FROM "
    "tags, (SELECT 1 AS j UNION SELECT 2 UNION SELECT 3 UNION SELECT 5)')",
    "SELECT subjrec_map('rec', 'work', '{\"epochs\":100000}')",
    "SELECT subjrec_map('rec', 'work', '{\"metric\":\"cosine\",\"init\":\"pca\","
    "\"n_neighbors\":200}')",
    "SELECT count(*) FROM rec",
    "SELECT count(*) FROM tags JOIN rec ON subject_id = subject",
    "SELECT sum(score) FROM tags JOIN subjrec_topk('rec', work, 5000)",
    "SELECT sum(similarity) FROM tags JOIN subjrec_similar('rec', 'work', work, 20)",
    "SELECT sum(score) FROM tags JOIN subjrec_suggest('rec', '[1, 2, 3]', subject + 1)",
    "SELECT length(subjrec_plot('rec', 'explorer', '{\"works\":1000000}')) FROM tags",
    "SELECT subjrec_load('rec', 'SELECT tags.rowid * 20 + j, (SELECT embedding FROM rec_works "
    "WHERE n = work) FROM tags, (SELECT n AS j FROM rec_works WHERE n < 20)', 'SELECT subject_id, "
    "embedding FROM rec_subjects')"};

class Interrupt : public ::testing::Test {
 protected:
  /// What an interrupted call must not have changed.
  std::string state() {
    return large.db.value(
        "SELECT (SELECT group_concat(name) FROM sqlite_schema) || (SELECT group_concat(value) FROM "
        "rec_config) || (SELECT count(*) || sum(n * length(embedding)) FROM rec_works) || (SELECT "
        "count(*) || sum(x) FROM rec_map) || (SELECT count(*) FROM rec_history)");
  }
  /// How long the call goes on after an interrupt at `moment`, counted from when it runs: SQLite
  /// forgets an interrupt that comes before.
  milliseconds delay(const std::string& sql, milliseconds moment) {
    sqlite3* db = large.db.get();
    std::atomic<bool> running{false};
    std::atomic<bool> done{false};
    Clock::time_point asked;
    const auto runs = [](unsigned, void* flag, void*, void*) {
      static_cast<std::atomic<bool>*>(flag)->store(true);
      return 0;
    };
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, runs, &running);
    std::thread other([&] {
      while (!running && !done) std::this_thread::sleep_for(std::chrono::microseconds(100));
      const auto at = Clock::now() + moment;
      while (Clock::now() < at && !done) std::this_thread::sleep_for(milliseconds(2));
      asked = Clock::now();
      sqlite3_interrupt(db);
    });
    const int code = large.db.code(sql);
    const Clock::time_point returned = Clock::now();
    done = true;
    other.join();
    sqlite3_trace_v2(db, 0, nullptr, nullptr);
    EXPECT_EQ(code, SQLITE_INTERRUPT) << "it was done before " << moment.count() << " ms";
    return std::chrono::duration_cast<milliseconds>(returned - asked);
  }

  Large large;
};

TEST_F(Interrupt, StopsEveryCallAtOnceAndLeavesEverything) {
  const std::string before = state();
  for (std::string sql : kCalls) {
    SCOPED_TRACE(sql);
    if (const size_t at = sql.find('@'); at != std::string::npos) {
      sql.replace(at, 1, large.folder.file("s.json"));
    }
    for (const int moment : {3, 120, 500}) {
      // Other programs may have the processor at that very moment: the best of a few.
      milliseconds best = milliseconds::max();
      for (int attempt = 0; attempt < 4 && best > kMost; ++attempt) {
        best = std::min(best, delay(sql, milliseconds(moment)));
      }
      EXPECT_LE(best.count(), kMost.count()) << "at " << moment << " ms";
      EXPECT_NE(sqlite3_get_autocommit(large.db.get()), 0) << "a transaction is left open";
      EXPECT_EQ(state(), before);
    }
    EXPECT_EQ(large.db.rows("SELECT * FROM subjrec_topk('rec', 1, 3)").size(), 3u);
  }
}

/// An interrupt while rows are written, by a hook that sees them.
class InterruptWriting : public ::testing::TestWithParam<const char*> {};

TEST_P(InterruptWriting, RollsBack) {
  TemporaryFolder folder;
  Database db(folder.write("works.db", ""));
  db.run("PRAGMA synchronous = off");
  db.run(kCatalogue);
  db.run(
      "INSERT INTO tags WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
      "1999) SELECT i, i % 40 FROM n");
  db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":1"));
  db.run("SELECT subjrec_map('rec', 'subject', '{\"epochs\":2}')");
  const std::string sql = GetParam();
  const std::vector<std::string> before = db.contents();
  struct Countdown {
    sqlite3* db;
    int left;
  };
  for (const char* begin : {"", "BEGIN; CREATE TABLE mine(a); "}) {
    for (const int rows : {1, 2, 700, 1500}) {
      SCOPED_TRACE(begin + std::to_string(rows));
      Countdown countdown{db.get(), rows};
      sqlite3_update_hook(
          db.get(),
          [](void* p, int, const char*, const char*, sqlite3_int64) {
            auto& c = *static_cast<Countdown*>(p);
            if (--c.left == 0) sqlite3_interrupt(c.db);
          },
          &countdown);
      const int code = db.code(begin + sql);
      sqlite3_update_hook(db.get(), nullptr, nullptr);
      ASSERT_EQ(code, SQLITE_INTERRUPT) << countdown.left;
      // As SQLite does for its own write statements, an interrupt rolls a transaction back whole.
      EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
      EXPECT_EQ(db.contents(), before);
    }
  }
  EXPECT_EQ(db.value("PRAGMA integrity_check"), "ok");
  db.run(sql);
}

INSTANTIATE_TEST_SUITE_P(
    Calls, InterruptWriting,
    ::testing::Values("SELECT subjrec_train('rec')", "SELECT * FROM subjrec_train('rec')",
                      "INSERT INTO rec(rec) VALUES('train')",
                      "SELECT subjrec_train('fresh', 'tags', '{\"algorithm\":\"ials\"}')",
                      "SELECT subjrec_load('rec', 'SELECT rowid, ''[1]'' FROM tags', 'SELECT 1, "
                      "''[1]''')"));

TEST(ProgressHandler, StopsATraining) {
  Database db;
  db.run(kCatalogue);
  const auto start = Clock::now();
  struct Until {
    Clock::time_point asked{};
    Clock::time_point at = Clock::now() + milliseconds(100);
  } until;
  sqlite3_progress_handler(
      db.get(), 1000,
      [](void* p) {
        auto& u = *static_cast<Until*>(p);
        if (Clock::now() < u.at) return 0;
        if (u.asked == Clock::time_point{}) u.asked = Clock::now();
        return 1;
      },
      &until);
  EXPECT_EQ(db.code(train_sql("rec", "bce", ",\"epochs\":100000")), SQLITE_INTERRUPT);
  EXPECT_LE((Clock::now() - until.asked).count(),
            std::chrono::duration_cast<std::chrono::nanoseconds>(kMost).count());
  EXPECT_GE(Clock::now() - start, milliseconds(100));
  sqlite3_progress_handler(db.get(), 0, nullptr, nullptr);
  EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "1");
}

}  // namespace
}  // namespace subjrec::test
