// The importer's own sorting and unzipping beside SQLite's and zlib's, by turns:
//
//     ingest_bench ROWS FILE.gz [ROUNDS]
//
// Sorts made-up rows of an 8-byte key and 120 bytes in 48 MB by RunSorter, and by SQLite (rows into
// a temporary table, then SELECT ... ORDER BY); reads the file by ByteSource, and by gzread().
// Prints medians of the processor's seconds.
#include <sqlite3.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/ingest/byte_source.h"
#include "core/ingest/run_sorter.h"

namespace {

using namespace subjrec;

constexpr size_t kMemory = size_t{48} << 20;
constexpr size_t kBlock = size_t{256} << 10;

void need(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "ingest_bench: %s failed\n", what);
  std::exit(1);
}

std::string key_of(uint64_t row) {
  std::string key(8, 'a');
  uint64_t bits = splitmix64(row);
  for (char& c : key) {
    c = static_cast<char>('a' + bits % 26);
    bits /= 26;
  }
  return key;
}

size_t sort_by_run_sorter(size_t n, const std::string& value) {
  RunSorter sorter(kMemory);
  for (size_t i = 0; i < n; ++i) need(sorter.add(key_of(i), value).ok(), "add");
  need(sorter.finish().ok(), "finish");
  std::string_view key, found;
  size_t rows = 0;
  for (auto more = sorter.next(&key, &found); more.ok() && *more;
       more = sorter.next(&key, &found)) {
    ++rows;
  }
  return rows;
}

size_t sort_by_sqlite(size_t n, const std::string& value) {
  sqlite3* db = nullptr;
  need(sqlite3_open(":memory:", &db) == SQLITE_OK, "open");
  const std::string setup = "PRAGMA temp_store = file; PRAGMA temp.cache_size = -" +
                            std::to_string(kMemory >> 10) +
                            "; CREATE TEMP TABLE rows(key, value); BEGIN";
  need(sqlite3_exec(db, setup.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, "setup");
  sqlite3_stmt* statement = nullptr;
  need(sqlite3_prepare_v2(db, "INSERT INTO rows VALUES (?, ?)", -1, &statement, nullptr) ==
           SQLITE_OK,
       "INSERT");
  for (size_t i = 0; i < n; ++i) {
    const std::string key = key_of(i);
    sqlite3_bind_blob(statement, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
    sqlite3_bind_blob(statement, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    need(sqlite3_step(statement) == SQLITE_DONE, "INSERT");
    sqlite3_reset(statement);
  }
  sqlite3_finalize(statement);
  need(sqlite3_prepare_v2(db, "SELECT key, value FROM rows ORDER BY key", -1, &statement,
                          nullptr) == SQLITE_OK,
       "SELECT");
  size_t rows = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    rows += sqlite3_column_bytes(statement, 0) > 0 && sqlite3_column_bytes(statement, 1) > 0;
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return rows;
}

size_t read_by_byte_source(const std::string& path) {
  Monitor monitor;
  auto source = ByteSource::open(path, monitor);
  need(source.ok(), "open");
  std::vector<char> block(kBlock);
  size_t bytes = 0;
  for (;;) {
    const auto got = (*source)->read(block.data(), block.size(), monitor);
    need(got.ok(), "read");
    if (*got == 0) return bytes;
    bytes += *got;
  }
}

size_t read_by_zlib(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  need(file != nullptr, "gzopen");
  gzbuffer(file, kBlock);
  std::vector<char> block(kBlock);
  size_t bytes = 0;
  for (int got = 1; got > 0; bytes += static_cast<size_t>(got)) {
    got = gzread(file, block.data(), static_cast<unsigned>(block.size()));
    need(got >= 0, "gzread");
  }
  gzclose(file);
  return bytes;
}

double seconds(const std::function<size_t()>& work, size_t* result) {
  const std::clock_t start = std::clock();
  *result = work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

void compare(const char* what, const char* other, int rounds, const std::function<size_t()>& ours,
             const std::function<size_t()>& theirs) {
  std::vector<double> a, b;
  size_t found = 0, wanted = 0;
  for (int round = 0; round < rounds; ++round) {
    a.push_back(seconds(ours, &found));
    b.push_back(seconds(theirs, &wanted));
    need(found == wanted, "agreeing");
  }
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  const size_t middle = a.size() / 2;
  std::printf("%s: %.3f s, by %s %.3f s (%.2f times)\n", what, a[middle], other, b[middle],
              b[middle] / a[middle]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: ingest_bench ROWS FILE.gz [ROUNDS]\n");
    return 2;
  }
  const size_t n = std::strtoull(argv[1], nullptr, 10);
  const std::string file = argv[2];
  const int rounds = argc > 3 ? std::max(1, std::atoi(argv[3])) : 3;
  const std::string value(120, 'v');
  compare(
      "sorting", "SQLite", rounds, [&] { return sort_by_run_sorter(n, value); },
      [&] { return sort_by_sqlite(n, value); });
  compare(
      "unzipping", "gzread", rounds, [&] { return read_by_byte_source(file); },
      [&] { return read_by_zlib(file); });
  return 0;
}
