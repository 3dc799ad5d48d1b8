#include "core/ingest/run_sorter.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>

#include "core/base/random.h"

namespace subjrec {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows sorted(RunSorter* sorter, const Rows& rows) {
  for (const auto& [key, value] : rows) EXPECT_TRUE(sorter->add(key, value).ok());
  EXPECT_TRUE(sorter->finish().ok());
  Rows out;
  std::string_view key, value;
  while (*sorter->next(&key, &value)) out.emplace_back(key, value);
  EXPECT_FALSE(*sorter->next(&key, &value)) << "the end stays the end";
  return out;
}

/// Keys of any bytes, many of them equal or equal in their first eight; some values are long.
Rows random_rows(size_t n, uint64_t seed) {
  Random random(seed);
  Rows rows;
  for (size_t i = 0; i < n; ++i) {
    std::string key = random.below(2) == 0 ? "contributor:" : "";
    for (uint64_t left = random.below(4); left > 0; --left) {
      key += static_cast<char>(random.below(3) * 127);
    }
    rows.emplace_back(key, std::to_string(i) + std::string(random.below(40), 'v'));
  }
  rows.emplace_back("long", std::string(300000, 'x'));
  return rows;
}

TEST(RunSorter, IsAStableSortForAnyMemory) {
  const Rows rows = random_rows(20000, 1);
  Rows expected = rows;
  std::stable_sort(expected.begin(), expected.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const size_t memory : {10000000, 500000, 20000, 3000}) {
    RunSorter sorter(memory);
    EXPECT_EQ(sorted(&sorter, rows), expected) << memory;
    EXPECT_EQ(sorter.runs() > 0, memory < 10000000) << memory;
  }
}

TEST(RunSorter, SortsNothingAndOneRow) {
  RunSorter none(100), one(0);
  EXPECT_TRUE(sorted(&none, {}).empty());
  EXPECT_EQ(sorted(&one, {{"", ""}}), (Rows{{"", ""}}));
}

using Resource = decltype(RLIMIT_FSIZE);  // an enumeration of its own in glibc, int elsewhere

/// Lowers a limit of the process for as long as it lives.
class Limited {
 public:
  Limited(Resource what, rlim_t limit) : what_(what) {
    EXPECT_EQ(::getrlimit(what, &before_), 0);
    const rlimit lower{limit, before_.rlim_max};
    EXPECT_EQ(::setrlimit(what, &lower), 0);
  }
  ~Limited() { ::setrlimit(what_, &before_); }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;

 private:
  Resource what_;
  rlimit before_{};
};

/// The error of sorting more than fits into memory.
Status sort_on_disk() {
  RunSorter sorter(3000);
  for (const auto& [key, value] : random_rows(200, 1)) SUBJREC_TRY(sorter.add(key, value));
  return sorter.finish();
}

TEST(RunSorter, SaysWhyItHasNoTemporaryFile) {
  ASSERT_TRUE(sort_on_disk().ok());
  Status made, written;
  {
    const Limited files(RLIMIT_NOFILE, 0);
    made = sort_on_disk();
  }
  ::signal(SIGXFSZ, SIG_IGN);
  {
    const Limited size(RLIMIT_FSIZE, 1000);
    written = sort_on_disk();
  }
  ::signal(SIGXFSZ, SIG_DFL);
  EXPECT_EQ(made.code(), Code::kIo);
  EXPECT_EQ(made.message(),
            "cannot make a temporary file for sorting: Too many open files (SQLITE_TMPDIR names "
            "another folder for it)");
  EXPECT_EQ(written.code(), Code::kIo);
  EXPECT_EQ(written.message(),
            "cannot write a temporary file for sorting: File too large (SQLITE_TMPDIR names "
            "another folder for it)");
}

}  // namespace
}  // namespace subjrec
