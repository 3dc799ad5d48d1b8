#include "sqlite/bindings/call_site.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

struct Instruction {
  std::string opcode;
  int64_t p1, p2, p3;
  std::string p4;

  bool is(std::initializer_list<const char*> opcodes) const {
    for (const char* one : opcodes) {
      if (opcode == one) return true;
    }
    return false;
  }
};
using Program = std::vector<Instruction>;

/// What writes a literal or a parameter into register p2.
constexpr std::initializer_list<const char*> kConstants = {"Variable", "Integer", "Int64", "Real",
                                                           "String8",  "Blob",    "Null"};

/// The listing of a statement: its program, and after it those of triggers, which count from 0
/// again.
Result<std::vector<Program>> explain(sqlite3* db, const char* text) {
  SUBJREC_ASSIGN(Statement listing,
                 Statement::prepare(db, "subjrec", std::string("EXPLAIN ") + text));
  std::vector<Program> programs(1);
  for (;;) {
    SUBJREC_ASSIGN(const bool row, listing.step("subjrec"));
    if (!row) return programs;
    if (listing.integer(0) == 0 && !programs.back().empty()) programs.emplace_back();
    programs.back().push_back({std::string(listing.text(1)), listing.integer(2), listing.integer(3),
                               listing.integer(4), std::string(listing.text(5))});
  }
}

/// One VFilter of a program.
class Call {
 public:
  Call(const Program& program, size_t filter) : program_(program), filter_(filter) {}

  /// (A program's last jump, to its second instruction, comes from its initialization.)
  bool in_loop() const {
    for (size_t i = filter_ + 1; i < program_.size(); ++i) {
      const auto target = static_cast<size_t>(program_[i].p2);
      const bool jumps =
          program_[i].is({"Next", "Prev", "VNext", "SorterNext", "Goto", "Gosub", "Yield"});
      if (jumps && target > 1 && target <= filter_) return true;
    }
    return false;
  }

  /// What a subquery reads once, for a list, is no table of this FROM.
  size_t tables() const {
    size_t count = 0;
    for (size_t i = 0; i < program_.size(); ++i) {
      if (program_[i].is({"OpenRead", "VOpen", "OpenDup", "OpenAutoindex"})) ++count;
      if (program_[i].opcode == "Once" && !holds_filter(i)) i = after_once(program_[i], i) - 1;
    }
    return count;
  }

  uint32_t typed() const {
    uint32_t mask = 0;
    for (size_t i = 0; i < filter_; ++i) {
      const int64_t argument = program_[i].p2 - program_[filter_].p3 - 2;
      if (argument < 0 || argument >= 32) continue;
      if (program_[i].is(kConstants)) mask |= 1u << argument;
    }
    return mask;
  }

  bool excludes(int k_column, int id_column) const {
    const size_t end = comparison_of(k_column);
    std::set<int64_t> cursors = {cursor()};
    std::set<int64_t> ids, others;  // registers with columns of the row
    std::set<int64_t> constants = constant_registers();
    bool any = false;
    for (size_t i = filter_ + 1; i < end; ++i) {
      const Instruction& at = program_[i];
      if (at.opcode == "Once") {
        for (; i + 1 < after_once(at, i); ++i) {
          if (program_[i].is({"OpenRead", "OpenEphemeral"})) cursors.insert(program_[i].p1);
        }
        continue;
      }
      if (at.is({"OpenRead", "OpenEphemeral"})) cursors.insert(at.p1);
      if (at.opcode == "IdxInsert") return false;  // a list that is made for each row
      if (at.is({"Column", "VColumn", "Rowid", "IdxRowid", "Offset", "RowData"})) {
        if (cursors.count(at.p1) == 0) return false;
        const bool id = at.opcode == "VColumn" && at.p2 == id_column;
        (id ? others : ids).erase(at.p3);
        (id ? ids : at.p1 == cursor() ? others : constants).insert(at.p3);
      }
      if (!next_row(at.p2)) continue;
      const bool compares = at.is({"Eq", "Ne", "Lt", "Le", "Gt", "Ge"});
      const bool of_id = ids.count(at.p3) != 0 || (compares && ids.count(at.p1) != 0);
      if (at.opcode == "Found" || (at.opcode == "Eq" && of_id)) {
        const int64_t to = ids.count(at.p3) != 0 ? at.p1 : at.p3;
        if (at.opcode == "Eq" && constants.count(to) == 0) return false;
        any = any || of_id;
      } else if (!at.is({"IsNull", "Goto"}) && (of_id || (!compares && others.count(at.p1) == 0))) {
        return false;  // IN, =, or another test of the id
      }
    }
    return any;
  }

 private:
  int64_t cursor() const { return program_[filter_].p1; }

  static size_t after_once(const Instruction& once, size_t at) {
    return std::max(at + 1, static_cast<size_t>(once.p2));
  }
  bool holds_filter(size_t once) const {
    return once < filter_ && filter_ < static_cast<size_t>(program_[once].p2);
  }

  /// Whether a jump to `address` goes on to the next row, at once or by other jumps forward.
  bool next_row(int64_t address) const {
    auto at = static_cast<size_t>(address);
    while (at < program_.size() && program_[at].opcode == "Goto") {
      if (static_cast<size_t>(program_[at].p2) <= at) return false;
      at = static_cast<size_t>(program_[at].p2);
    }
    return at < program_.size() && program_[at].opcode == "VNext" && program_[at].p1 == cursor();
  }

  std::set<int64_t> constant_registers() const {
    std::set<int64_t> registers;
    for (const Instruction& i : program_) {
      if (i.is(kConstants)) registers.insert(i.p2);
    }
    return registers;
  }

  /// Where the argument k is read; right at the start of the loop, where it is not.
  size_t comparison_of(int k_column) const {
    const auto end = static_cast<size_t>(program_[filter_].p2);
    for (size_t i = filter_ + 1; i < program_.size() && i < end; ++i) {
      if (program_[i].opcode == "VColumn" && program_[i].p1 == cursor() &&
          program_[i].p2 == k_column) {
        return i;
      }
    }
    return filter_ + 1;
  }

  const Program& program_;
  size_t filter_;
};

/// LEFT JOIN leaves out tables of which nothing is read; the word stays.
bool says_join(const char* text) { return sqlite3_strlike("%join%", text, 0) == 0; }

}  // namespace

const CallSite& CallSiteQuery::get() {
  if (site_) return *site_;
  const std::string name = sql("vtab:%p", static_cast<const void*>(table_));
  CallSite all{true, ~0u, true};
  bool any = false;
  for (sqlite3_stmt* s = sqlite3_next_stmt(db_, nullptr); s != nullptr;
       s = sqlite3_next_stmt(db_, s)) {
    if (sqlite3_stmt_busy(s) == 0 || sqlite3_sql(s) == nullptr) continue;
    const auto programs = explain(db_, sqlite3_sql(s));
    if (!programs.ok()) continue;
    for (const Program& program : *programs) {
      std::set<int64_t> cursors;
      for (size_t i = 0; i < program.size(); ++i) {
        if (program[i].opcode == "VOpen" && program[i].p4 == name) cursors.insert(program[i].p1);
        if (program[i].opcode != "VFilter" || cursors.count(program[i].p1) == 0) continue;
        const Call call(program, i);
        const bool main = &program == &programs->front();
        any = true;
        all.alone = all.alone && main && call.tables() == 1 && !call.in_loop() &&
                    !says_join(sqlite3_sql(s));
        all.typed &= call.typed();
        all.excludes = all.excludes && call.excludes(k_column_, id_column_);
      }
    }
  }
  site_ = any ? all : CallSite{};
  return *site_;
}

}  // namespace subjrec
