// subjrec linked into a C++ program: no file to load, and every connection has it.
//
//     cmake --build build/release --target example_cpp && ./build/release/example_cpp [catalogue]
#include <sqlite3.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" int sqlite3_subjrec_init(sqlite3* db, char** error, const sqlite3_api_routines* api);

namespace {

using Database = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;

// A prepared statement whose one parameter is a text.
class Query {
 public:
  Query(sqlite3* db, const char* sql, const std::string& argument) : db_(db) {
    check(sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) == SQLITE_OK);
    check(sqlite3_bind_text(statement_, 1, argument.c_str(), -1, SQLITE_TRANSIENT) == SQLITE_OK);
  }
  ~Query() { sqlite3_finalize(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool next() {
    const int rc = sqlite3_step(statement_);
    check(rc == SQLITE_ROW || rc == SQLITE_DONE);
    return rc == SQLITE_ROW;
  }
  const char* text(int column) const {
    return reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  std::vector<float> floats(int column) const {
    const void* blob = sqlite3_column_blob(statement_, column);
    std::vector<float> numbers(sqlite3_column_bytes(statement_, column) / sizeof(float));
    std::memcpy(numbers.data(), blob, numbers.size() * sizeof(float));
    return numbers;
  }

 private:
  void check(bool good) const {
    if (!good) throw std::runtime_error(sqlite3_errmsg(db_));
  }

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

void recommend(const std::string& catalogue) {
  sqlite3* opened = nullptr;
  if (sqlite3_open(":memory:", &opened) != SQLITE_OK) throw std::runtime_error("cannot open");
  const Database db(opened, &sqlite3_close);

  Query(db.get(), "SELECT subjrec_import(?)", catalogue).next();
  Query(db.get(), "SELECT subjrec_train(?, 'work_subjects')", "rec").next();

  Query work(db.get(), "SELECT title FROM works WHERE work_id = ?", "cex557h4");
  if (work.next()) std::printf("%s\n", work.text(0));
  Query recommended(db.get(),
                    "SELECT label, probability"
                    " FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)"
                    " ORDER BY rank",
                    "cex557h4");
  while (recommended.next()) {
    std::printf("  %.3f  %s\n", recommended.real(1), recommended.text(0));
  }

  Query subject(
      db.get(),
      "SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id) WHERE label = ?",
      "Honey");
  if (subject.next()) {
    const std::vector<float> honey = subject.floats(0);
    std::printf("Honey is %zu numbers, the first %.4f\n", honey.size(), honey[0]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_init));
  try {
    recommend(argc > 1 ? argv[1] : "examples/catalogue.ndjson.gz");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
