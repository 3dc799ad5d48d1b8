// Sorting what may be larger than memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// An external merge sort of (key, value) byte strings (Knuth, The Art of Computer Programming,
/// vol. 3, 5.4): what fits into the memory it is given is sorted there; beyond that, sorted runs go
/// to a temporary file without a name, which no crash can leave behind, and are merged as they are
/// read. First all add(), then finish(), then all next().
///
/// SQLite's sorter (rows into a temporary table, SELECT ... ORDER BY) takes 2.0 times its processor
/// seconds for 200,000 rows that fit into memory, 3.2 times for 1,000,000 that do not
/// (tests/bench/ingest_bench).
class RunSorter {
 public:
  /// `memory` in bytes bounds what is kept of the rows; merging takes kMergeBuffer per run.
  explicit RunSorter(size_t memory);
  ~RunSorter();
  RunSorter(const RunSorter&) = delete;
  RunSorter& operator=(const RunSorter&) = delete;

  Status add(std::string_view key, std::string_view value);
  Status finish();

  /// The next row in the order of the keys' bytes; equal keys come in the order they were added.
  /// False after the last. Both texts are good until the next call.
  Result<bool> next(std::string_view* key, std::string_view* value);

  size_t runs() const { return run_ends_.size(); }  // in the file

  static constexpr size_t kMergeBuffer = 128 * 1024;

 private:
  struct Row {
    uint64_t prefix;  // the key's first eight bytes, as a big-endian number
    uint64_t offset;  // in buffer_; ascends with the order of addition
  };
  struct TemporaryFile;
  struct Run;

  void sort_rows();
  Status spill();
  Status open_runs();

  size_t memory_;
  std::vector<char> buffer_;  // rows as in the file: two lengths of 4 bytes, key, value
  std::vector<Row> rows_;
  size_t next_row_ = 0;
  std::unique_ptr<TemporaryFile> file_;
  std::vector<uint64_t> run_ends_;
  std::vector<std::unique_ptr<Run>> runs_;  // a heap while they are merged, the least key in front
  bool advance_ = false;                    // the front run's row was given out
};

}  // namespace subjrec
