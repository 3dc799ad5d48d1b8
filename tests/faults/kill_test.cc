// Processes that are killed while they write, and processes that write at once: the database that
// they leave is whole, and every training and every import is there altogether or not at all.
#include "faults/kill.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/base/random.h"
#include "faults/content.h"
#include "faults/long.h"
#include "support/files.h"

extern "C" int sqlite3_subjrec_init(sqlite3*, char**, const struct sqlite3_api_routines*);

namespace subjrec::faults {
namespace {

using std::chrono::microseconds;

/// The tables of a model, and those of an import.
struct State {
  std::string model;
  std::string imported;
};

State state_of(sqlite3* db) {
  State state;
  for (const char* table : {"works", "subjects", "features", "weights", "history", "config"}) {
    const std::string name = std::string("rec_") + table;
    state.model += rows(db, "SELECT * FROM " + name + " ORDER BY 1, 2");
    if (name == "rec_works" || name == "rec_subjects") {
      state.model += rows(db, "SELECT hex(embedding) FROM " + name + " ORDER BY n");
    }
  }
  for (const char* table : {"works", "subjects", "work_subjects", "features", "work_features"}) {
    state.imported += rows(db, std::string("SELECT * FROM ") + table + " ORDER BY 1, 2");
  }
  return state;
}

class Kill : public ::testing::TestWithParam<const char*> {
 protected:
  Kill() {
    static const int registered =
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_init));
    EXPECT_EQ(registered, SQLITE_OK);
    for (int i = 0; i < 2; ++i) write_snapshot(i);
    sqlite3* db = open();
    run(db, std::string("PRAGMA journal_mode = ") + GetParam());
    run(db,
        "CREATE TABLE tags(work, subject); WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 "
        "FROM n WHERE i < 2399) INSERT INTO tags SELECT i % 800, (i * i + i / 7) % 83 FROM n");
    for (int i = 0; i < 2; ++i) {
      run(db, train_sql(i));
      run(db, import_sql(folder_.path(), i));
      states_[i] = state_of(db);
    }
    EXPECT_NE(states_[0].model, states_[1].model);
    EXPECT_NE(states_[0].imported, states_[1].imported);
    EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  }

  void write_snapshot(int which) {
    std::ofstream file(folder_.file(std::to_string(which) + ".json"));
    for (int i = 0; i < 1000; ++i) {
      const std::string subject = std::to_string(i * (which + 3) % 97);
      file << "{\"id\":\"w" << i + which * 100 << "\",\"title\":\"Title\",\"subjects\":[{\"id\":\"h"
           << subject << "\",\"concepts\":[{\"id\":\"s" << subject << "\",\"label\":\"Of " << which
           << "\"}]}]}\n";
    }
  }

  sqlite3* open() {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(path().c_str(), &db), SQLITE_OK);
    return db;
  }

  static void run(sqlite3* db, const std::string& sql) {
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_free(error);
  }

  std::string path() const { return folder_.file("works.db"); }

  pid_t start(std::vector<std::string> arguments, const std::string& output) {
    arguments.insert(arguments.begin(), SUBJREC_KILL_WRITER);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return child;
  }

  /// 0 and 1: which of the two states model and import are in; -1: neither.
  std::pair<int, int> check() {
    sqlite3* db = open();
    EXPECT_EQ(rows(db, "PRAGMA integrity_check"), "ok|\n");
    const State now = state_of(db);
    EXPECT_EQ(rows(db, "SELECT count(*) FROM subjrec_topk('rec', 5, 7)"), "7|\n");
    EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
    const auto which = [](const std::string& text, const std::string& a, const std::string& b) {
      return text == a ? 0 : text == b ? 1 : -1;
    };
    return {which(now.model, states_[0].model, states_[1].model),
            which(now.imported, states_[0].imported, states_[1].imported)};
  }

  testing::TemporaryFolder folder_;
  State states_[2];
};

TEST_P(Kill, AtAnyMoment) {
  const uint64_t seed =
      static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count() & 0xffffff);
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const int kills = repetitions(15, 50);
  int hot = 0;
  int states[2][2] = {};
  for (int i = 0; i < kills; ++i) {
    const pid_t child = start({"loop", path(), folder_.path()}, "/dev/null");
    std::this_thread::sleep_for(microseconds(5000 + random.below(250000)));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself, with " << WEXITSTATUS(status);
    std::error_code none;
    for (const char* suffix : {"-journal", "-wal"}) {
      const auto size = std::filesystem::file_size(path() + suffix, none);
      if (!none && size > 0) ++hot;
    }
    const auto [model, imported] = check();
    ASSERT_TRUE(model >= 0) << "the model is neither of the two, kill " << i;
    ASSERT_TRUE(imported >= 0) << "what was imported is neither of the two, kill " << i;
    ++states[0][model];
    ++states[1][imported];
  }
  for (const auto& found : states)
    EXPECT_TRUE(found[0] > 0 && found[1] > 0) << "nothing was written";
  std::printf(
      "counted: kill -9, journal %s: %d kills survived, %d with a journal left (seed %llu)\n",
      GetParam(), kills, hot, static_cast<unsigned long long>(seed));
}

TEST_P(Kill, ATuningGoesOnWhereItWasKilled) {
  const auto results = [](sqlite3* db, const std::string& table) {
    return rows(db,
                "SELECT options, epochs, best_epoch, value, loss, metrics, history, digest FROM " +
                    table + " ORDER BY options");
  };
  sqlite3* db = open();
  run(db, tune_sql("whole"));
  const std::string whole = results(db, "whole");
  EXPECT_EQ(rows(db, "SELECT count(*) FROM whole"), "40|\n");
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  Random random(static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count() &
                                      0xffffff));
  int killed = 0;
  int status = 0;
  for (bool done = false; !done;) {
    const pid_t child = start({"tune", path(), "pieces"}, "/dev/null");
    std::this_thread::sleep_for(microseconds(20000 + random.below(30000) + 2000 * killed));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    done = !WIFSIGNALED(status);
    killed += done ? 0 : 1;
    ASSERT_LT(killed, 1000) << "it does not get any further";
    db = open();
    EXPECT_EQ(rows(db, "PRAGMA integrity_check"), "ok|\n");
    if (!rows(db, "SELECT 1 FROM sqlite_master WHERE name = 'pieces'").empty()) {
      EXPECT_EQ(rows(db,
                     "SELECT count(*) FROM pieces JOIN whole USING (digest, options, epochs, "
                     "best_epoch, value, loss, metrics, history)"),
                rows(db, "SELECT count(*) FROM pieces"));
    }
    EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  }
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_GT(killed, 0);
  db = open();
  EXPECT_EQ(results(db, "pieces"), whole);
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  std::printf("counted: kill -9 of one tuning, journal %s: killed %d times, 40 runs in the end\n",
              GetParam(), killed);
}

TEST_P(Kill, TwoProcessesTrainTheSameModel) {
  const int trainings = repetitions(15, 20);
  int succeeded = 0;
  for (const char* wait : {"0", "20000"}) {
    pid_t children[2];
    for (int i = 0; i < 2; ++i) {
      children[i] = start({"race", path(), std::to_string(i), std::to_string(trainings), wait},
                          folder_.file(std::to_string(i)));
    }
    int done = 0;
    for (int i = 0; i < 2; ++i) {
      int status = 0;
      ASSERT_EQ(::waitpid(children[i], &status, 0), children[i]);
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "process " << i << " failed";
      int count = 0;
      std::ifstream(folder_.file(std::to_string(i))) >> count;
      done += count;
    }
    EXPECT_GT(done, 0);
    // With patience enough nobody is turned away.
    if (wait != std::string("0")) {
      EXPECT_EQ(done, 2 * trainings);
    }
    succeeded += done;
    EXPECT_GE(check().first, 0) << "the model is neither of the two";
  }
  std::printf(
      "counted: two processes at once, journal %s: %d trainings, %d succeeded, others busy\n",
      GetParam(), 4 * trainings, succeeded);
}

INSTANTIATE_TEST_SUITE_P(Journals, Kill, ::testing::Values("delete", "wal"));

}  // namespace
}  // namespace subjrec::faults
