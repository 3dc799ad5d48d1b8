// Whatever fails, and whenever: an error, a whole database, no leak. See faults/scenario.h for what
// is checked.
#include <gtest/gtest.h>

#include "faults/memory.h"
#include "faults/scenario.h"
#include "faults/sweep.h"
#include "faults/vfs.h"

namespace subjrec::faults {
namespace {

class Faults : public ::testing::TestWithParam<size_t> {
 protected:
  Scenario scenario() const { return scenarios(folder())[GetParam()]; }

  /// Lets the calls of one injector fail.
  static RunWithFault failing(Rehearsal* rehearsal, Injector& injector) {
    return [rehearsal, &injector](int64_t n, bool on, int64_t* failed) {
      std::string problem = rehearsal->run(
          {[&](sqlite3*) { injector.arm(n, on); }, [&](sqlite3*) { injector.disarm(); }});
      *failed = n == 0 ? injector.calls() : injector.failed();
      return problem;
    };
  }
};

TEST_P(Faults, SqliteMemory) {
  Rehearsal rehearsal(scenario(), folder(), "delete");
  sweep("SQLite's memory", 30, failing(&rehearsal, sqlite_memory()));
}

TEST_P(Faults, CppMemory) {
  Rehearsal rehearsal(scenario(), folder(), "delete");
  sweep("memory of C++", 30, failing(&rehearsal, cpp_memory()));
}

TEST_P(Faults, Files) {
  for (const char* journal : {"delete", "wal"}) {
    Rehearsal rehearsal(scenario(), folder(), journal);
    for (size_t call = 0; call < kFileCallNames.size(); ++call) {
      SCOPED_TRACE(kFileCallNames[call] + std::string(", journal ") + journal);
      set_write_error(SQLITE_IOERR_WRITE);
      sweep(std::string("file ") + kFileCallNames[call], 8,
            failing(&rehearsal, file_calls(static_cast<FileCall>(call))));
    }
    set_write_error(SQLITE_FULL);
    sweep("disk full", 8, failing(&rehearsal, file_calls(FileCall::kWrite)));
  }
}

/// Calls of the progress handler are what is counted; those that "fail" ask to stop.
struct Stops {
  Injector calls;
  bool by_interrupt = false;
  sqlite3* db = nullptr;

  static int handler(void* self) {
    auto& stops = *static_cast<Stops*>(self);
    if (!stops.calls.hit()) return 0;
    if (!stops.by_interrupt) return 1;
    sqlite3_interrupt(stops.db);
    return 0;
  }
};

TEST_P(Faults, Interrupts) {
  Rehearsal rehearsal(scenario(), folder(), "delete");
  for (const bool by_interrupt : {false, true}) {
    Stops stops;
    stops.by_interrupt = by_interrupt;
    sweep(by_interrupt ? "sqlite3_interrupt" : "progress handler", 25,
          [&](int64_t n, bool on, int64_t* failed) {
            std::string problem =
                rehearsal.run({[&](sqlite3* db) {
                                 stops.db = db;
                                 stops.calls.arm(n, on);
                                 sqlite3_progress_handler(db, 1, Stops::handler, &stops);
                               },
                               [&](sqlite3* db) {
                                 sqlite3_progress_handler(db, 0, nullptr, nullptr);
                                 stops.calls.disarm();
                               }});
            *failed = n == 0 ? stops.calls.calls() : stops.calls.failed();
            return problem;
          });
  }
}

/// Opening a connection, in which the extension registers itself.
TEST(FaultsInLoading, Memory) {
  Rehearsal rehearsal(scenarios(folder())[0], folder(), "delete");  // makes the extension automatic
  for (Injector* injector : {&sqlite_memory(), &cpp_memory()}) {
    sweep(injector == &sqlite_memory() ? "SQLite's memory" : "memory of C++", 1000,
          [&](int64_t n, bool on, int64_t* failed) -> std::string {
            const int64_t before = live_blocks();
            sqlite3* db = nullptr;
            injector->arm(n, on);
            const int opened = sqlite3_open(":memory:", &db);
            injector->disarm();
            *failed = n == 0 ? injector->calls() : injector->failed();
            const int works =
                sqlite3_exec(db, "SELECT subjrec_version()", nullptr, nullptr, nullptr);
            if (sqlite3_close(db) != SQLITE_OK) return "the connection cannot be closed";
            if (opened == SQLITE_OK && works != SQLITE_OK) return "opened without the extension";
            return live_blocks() == before ? "" : "blocks stay allocated";
          });
  }
}

std::string scenario_name(const ::testing::TestParamInfo<size_t>& info) {
  std::string name = scenarios(folder())[info.param].name;
  for (char& c : name) {
    if (c == ' ' || c == ',') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Faults, ::testing::Range(size_t{0}, scenarios(folder()).size()),
                         scenario_name);

}  // namespace
}  // namespace subjrec::faults
