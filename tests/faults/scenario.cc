#include "faults/scenario.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "faults/content.h"
#include "faults/memory.h"
#include "faults/vfs.h"

extern "C" int sqlite3_subjrec_init(sqlite3*, char**, const struct sqlite3_api_routines*);

namespace subjrec::faults {
namespace {

/// The value of "seconds" differs from run to run.
std::string without_seconds(std::string text) {
  static const std::string key = "\"seconds\":";
  for (size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += key.size()) {
    const size_t begin = at + key.size();
    text.erase(begin, text.find_first_of(",}", begin) - begin);
  }
  return text;
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read_file(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace

Rehearsal::Rehearsal(const Scenario& scenario, const std::string& folder,
                     const std::string& journal)
    : scenario_(scenario), path_(folder + "/works.db") {
  static const int registered =
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_init));
  EXPECT_EQ(registered, SQLITE_OK);
  restore();
  sqlite3* db = open(nullptr);
  EXPECT_EQ(rows(db, "PRAGMA journal_mode=" + journal), journal + "|\n");
  const Outcome setup = execute(db, "PRAGMA synchronous=off;" + scenario_.setup);
  EXPECT_EQ(setup.code, SQLITE_OK) << scenario_.name << ": " << setup.message;
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  image_ = read_file(path_);

  restore();
  db = open(nullptr);
  old_ = content_of(db);
  execute(db, scenario_.before);
  old_in_transaction_ = content_of(db);
  const Outcome clean = execute(db, scenario_.action);
  EXPECT_EQ(clean.code, SQLITE_OK) << scenario_.name << ": " << clean.message;
  results_ = clean.results;
  if (scenario_.in_transaction) {
    EXPECT_EQ(execute(db, "COMMIT").code, SQLITE_OK);
  }
  new_ = content_of(db);
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  // The second run is the first that allocates nothing that stays.
  for (int i = 0; i < 2; ++i) {
    const std::string problem = run({[](sqlite3*) {}, [](sqlite3*) {}});
    if (i == 1) {
      EXPECT_EQ(problem, "") << scenario_.name;
    }
  }
}

void Rehearsal::restore() const {
  for (const char* suffix : {"-journal", "-wal", "-shm"}) std::remove((path_ + suffix).c_str());
  write_file(path_, image_);
}

sqlite3* Rehearsal::open(const char* vfs) const {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path_.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
            SQLITE_OK)
      << sqlite3_errmsg(db);
  return db;
}

Rehearsal::Outcome Rehearsal::execute(sqlite3* db, const std::string& sql, const Fault* fault) {
  Outcome outcome;
  outcome.results.reserve(size_t{1} << 21);  // so that the test itself allocates nothing below
  char* error = nullptr;
  if (fault != nullptr) fault->arm(db);
  outcome.code = sqlite3_exec(db, sql.c_str(), append_row, &outcome.results, &error);
  if (fault != nullptr) fault->disarm(db);
  if (outcome.code != SQLITE_OK) outcome.message = error == nullptr ? sqlite3_errmsg(db) : error;
  sqlite3_free(error);
  outcome.results = without_seconds(outcome.results);
  return outcome;
}

std::string Rehearsal::verdict(const Content& now) const {
  const auto is = [&](const Content& c) { return now.rows == c.rows && now.answers == c.answers; };
  if (is(old_) || is(new_)) return "";
  const auto which = [](const std::string& text, const std::string& old, const std::string& fresh) {
    return text == old     ? std::string("old")
           : text == fresh ? std::string("new")
                           : std::string("neither old nor new");
  };
  return "content is " + which(now.rows, old_.rows, new_.rows) + ", answers are " +
         which(now.answers, old_.answers, new_.answers);
}

std::string Rehearsal::run(const Fault& fault) {
  restore();
  const int64_t before = live_blocks();
  std::string problem;
  // In a thread of its own, with which go the buffers that a thread keeps.
  std::thread([&] { problem = run_and_check(fault); }).join();
  const int64_t left = live_blocks() - before;
  if (problem.empty() && left != 0) problem = std::to_string(left) + " blocks stay allocated";
  return problem;
}

std::string Rehearsal::run_and_check(const Fault& fault) {
  sqlite3* db = open(faulty_vfs());
  if (!scenario_.before.empty()) execute(db, scenario_.before);
  const Outcome outcome = execute(db, scenario_.action, &fault);
  Content now;
  const std::string problem = check_connection(db, outcome, &now);
  if (sqlite3_close(db) != SQLITE_OK) return "the connection cannot be closed";
  return problem.empty() ? check_file(now) : problem;
}

std::string Rehearsal::check_connection(sqlite3* db, const Outcome& outcome, Content* now) {
  if (outcome.code != SQLITE_OK && outcome.message.empty()) return "an error without a text";
  if (outcome.code == SQLITE_OK && outcome.results != results_) {
    return "success with other results:\n" + outcome.results + "than:\n" + results_;
  }
  bool rolled_back = false;
  if (scenario_.in_transaction) {
    // SQLite may have rolled the transaction back as a whole, and says so by this.
    rolled_back = sqlite3_get_autocommit(db) != 0;
    if (!rolled_back) {
      const Outcome commit = execute(db, "COMMIT");
      if (commit.code != SQLITE_OK) return "COMMIT fails: " + commit.message;
    }
  } else if (sqlite3_get_autocommit(db) == 0) {
    return "a transaction is left open after: " + outcome.message;
  }
  const std::string integrity = rows(db, "PRAGMA integrity_check");
  if (integrity != "ok|\n") return "integrity_check: " + integrity;
  *now = content_of(db);
  if (outcome.code == SQLITE_OK && now->rows != new_.rows)
    return "success, and not the new content";
  if (scenario_.in_transaction && !rolled_back && now->rows == old_in_transaction_.rows) return "";
  return verdict(*now);
}

std::string Rehearsal::check_file(const Content& before_closing) {
  sqlite3* db = open(nullptr);
  const std::string integrity = rows(db, "PRAGMA integrity_check");
  const Content now = content_of(db);
  if (sqlite3_close(db) != SQLITE_OK) return "opened again, the connection cannot be closed";
  if (integrity != "ok|\n") return "opened again, integrity_check: " + integrity;
  if (now.rows != before_closing.rows || now.answers != before_closing.answers) {
    return "opened again, the content is another";
  }
  return "";
}

}  // namespace subjrec::faults
