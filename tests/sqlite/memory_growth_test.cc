// Memory stays flat, however often something is done: by the slope of VmRSS over the second half.
#include <gtest/gtest.h>
#include <malloc.h>

#include <fstream>
#include <functional>

#include "faults/long.h"
#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;

/// Kilobytes that the process has in memory.
double resident() {
  malloc_trim(0);
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("VmRSS", 0) == 0) return std::stod(line.substr(line.find(':') + 1));
  }
  return -1;
}

/// Does it n times. Half of them are to warm up; the other half may not take more than `most`
/// bytes each, beyond 400 kilobytes altogether for what an allocator leaves in pieces.
void expect_flat(int n, double most, const std::function<void(int)>& once) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep what was freed";
#endif
  for (int i = 0; i < n / 2; ++i) once(i);
  const double before = resident();
  if (before < 0) GTEST_SKIP() << "this system does not say how much memory a process has";
  for (int i = n / 2; i < n; ++i) once(i);
  const double grown = resident() - before;
  std::cout << "  " << n / 2 << " times: " << grown << " kB\n";
  EXPECT_LE(grown, 400 + most * n / 2 / 1024);
}

/// As often as CI has time for, or `whole` times where tests may take long.
int times(int often, int whole) { return faults::long_minutes() > 0 ? whole : often; }

TEST(MemoryGrowth, PreparingAJoin) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce", ",\"epochs\":1"));
  expect_flat(times(4000, 100000), 8, [&](int) {
    sqlite3_stmt* statement = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(db.get(),
                                 "SELECT * FROM tags JOIN subjrec_topk('rec', work, 3) AS t JOIN "
                                 "rec ON rec.work_id = work AND rec.subject_id = t.subject_id "
                                 "JOIN subjrec_similar('rec', 'subject', subject, 2)",
                                 -1, &statement, nullptr),
              SQLITE_OK);
    sqlite3_finalize(statement);
  });
}

TEST(MemoryGrowth, Opening) {
  TemporaryFolder folder;
  const std::string path = folder.write("works.db", "");
  {
    Database db(path);
    db.run(kCatalogue);
    db.run(train_sql("rec", "composed", ",\"epochs\":1"));
  }
  expect_flat(times(400, 10000), 64, [&](int) {
    Database db(path);
    ASSERT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 'a', 3)").size(), 3u);
  });
}

TEST(MemoryGrowth, Retraining) {
  Database db;
  db.run(kCatalogue);
  expect_flat(times(300, 10000), 64, [&](int i) {
    static constexpr const char* kAlgorithms[] = {"bce", "composed", "ials", "ease"};
    db.run(train_sql("rec", kAlgorithms[i % 4], ",\"embedding_dim\":4,\"epochs\":1"));
    ASSERT_EQ(db.rows("SELECT * FROM subjrec_topk('rec', 'a', 3)").size(), 3u);
  });
}

TEST(MemoryGrowth, ModelsThatAreMadeAndDropped) {
  Database db;
  db.run(kCatalogue);
  expect_flat(times(200, 10000), 64, [&](int i) {
    const std::string name = "m" + std::to_string(i);
    db.run(train_sql(name, "bce", ",\"embedding_dim\":4,\"epochs\":1"));
    ASSERT_EQ(db.rows("SELECT * FROM subjrec_topk('" + name + "', 'a', 3)").size(), 3u);
    db.run("DROP TABLE " + name);
  });
}

TEST(MemoryGrowth, Tuning) {
  Database db;
  db.run(kCatalogue);
  expect_flat(times(100, 10000), 64, [&](int) {
    ASSERT_EQ(db.rows("SELECT * FROM subjrec_tune('tags', '{\"algorithm\":\"bce\",\"epochs\":[1,2],"
                      "\"embedding_dim\":4}', '{\"validation\":0.4}')")
                  .size(),
              2u);
  });
}

TEST(MemoryGrowth, SpellingAName) {
  Database db;
  db.run(kCatalogue);
  db.run(train_sql("rec", "bce", ",\"epochs\":1"));
  expect_flat(times(4000, 100000), 8, [&](int i) {
    std::string name = "rec";
    std::string schema = "main";
    for (int bit = 0; bit < 7; ++bit) {
      char& c = bit < 3 ? name[static_cast<size_t>(bit)] : schema[static_cast<size_t>(bit) - 3];
      if ((i >> bit & 1) != 0) c = static_cast<char>(c - 32);
    }
    ASSERT_EQ(db.rows("SELECT * FROM subjrec_topk('" + schema + "." + name + "', 'a', 3)").size(),
              3u);
  });
}

}  // namespace
}  // namespace subjrec::test
