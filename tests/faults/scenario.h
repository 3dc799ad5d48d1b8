// What is done to a small database while something fails, and how it has to end.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <string>
#include <vector>

#include "faults/content.h"

namespace subjrec::faults {

/// One action on a database that `setup` has made.
struct Scenario {
  std::string name;
  std::string setup;
  std::string action;           // what fails; every result is compared
  std::string before{};         // in the same connection, just before; "BEGIN; ..." for instance
  bool in_transaction = false;  // `before` opens a transaction, which is committed afterwards
};

/// Import, training by every algorithm, training again, tuning, update, asking, evaluating, map,
/// plot, load, drop, rename. Files that the actions read are written to `folder`.
std::vector<Scenario> scenarios(const std::string& folder);

/// A scenario made ready: the database before it, and what the action gives where nothing fails.
class Rehearsal {
 public:
  /// `journal` is "delete" or "wal".
  Rehearsal(const Scenario& scenario, const std::string& folder, const std::string& journal);

  /// Called with the connection on which `before` has run; arms what is to fail, and disarms it
  /// after the action.
  struct Fault {
    std::function<void(sqlite3*)> arm;
    std::function<void(sqlite3*)> disarm;
  };

  /// Runs the action under the fault. Returns "" where all is as promised, or what is not:
  ///   success means the same results as without faults, failure an error with a text;
  ///   the connection is out of the transaction it was not in, and can be closed;
  ///   PRAGMA integrity_check says ok, before closing and after opening again;
  ///   the content, and what the model answers, is all old or all new, and so after opening again;
  ///   nothing stays allocated.
  std::string run(const Fault& fault);

  const Scenario& scenario() const { return scenario_; }

 private:
  struct Outcome {
    int code = SQLITE_OK;
    std::string message;
    std::string results;
  };

  static Outcome execute(sqlite3* db, const std::string& sql, const Fault* fault = nullptr);
  sqlite3* open(const char* vfs) const;
  void restore() const;
  std::string run_and_check(const Fault& fault);
  std::string check_connection(sqlite3* db, const Outcome& outcome, Content* now);
  std::string check_file(const Content& before_closing);
  std::string verdict(const Content& now) const;

  Scenario scenario_;
  std::string path_;
  std::string image_;  // the file before the action
  Content old_, new_;
  Content old_in_transaction_;
  std::string results_;
};

}  // namespace subjrec::faults
