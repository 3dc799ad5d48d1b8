#include "fuzz/database.h"

#include <chrono>
#include <cstring>

#include "fuzz/input.h"

extern "C" int sqlite3_subjrec_nofiles_init(sqlite3*, char**, const struct sqlite3_api_routines*);

namespace subjrec::fuzz {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr const char* kSetUp =
    "CREATE TABLE tags(work, subject); INSERT INTO tags VALUES "
    "('a','x'),('a','y'),('b','x'),('b','z'),('c','z'),('c','y'),('d','y'),('d','w'),('e','w'),"
    "('e','x'),(6,'v'),(6,'w'),(x'07','v'),(x'07','x');"
    "CREATE TABLE traits(work, feature, weight);"
    "INSERT INTO traits VALUES ('a','long',1),('b','long',2),('c','short',1),('d','short',1);"
    "CREATE VIEW seen AS SELECT * FROM tags;";

std::string train(const std::string& algorithm, const std::string& more) {
  return "SELECT subjrec_train('" + algorithm + "', 'tags', '{\"algorithm\":\"" + algorithm +
         "\",\"threads\":1,\"epochs\":1,\"embedding_dim\":3" + more + "}');";
}

sqlite3* opened() {
  static const int registered =
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_nofiles_init));
  check(registered == SQLITE_OK, "the extension can be registered");
  sqlite3* db = nullptr;
  check(sqlite3_open(":memory:", &db) == SQLITE_OK, "a database can be opened");
  return db;
}

/// The database as a file's bytes.
const std::string& image() {
  static const std::string bytes = [] {
    sqlite3* db = opened();
    const std::string features = ",\"work_features\":\"traits\"";
    const std::string all_features = features + ",\"min_feature_works\":1";
    const std::string sql = kSetUp + train("bce", "") + train("composed", all_features) +
                            train("ials", features) + train("ease", all_features) +
                            "SELECT subjrec_map('bce', 'work', '{\"n_neighbors\":3,\"epochs\":1}'),"
                            "subjrec_map('bce', 'subject', '{\"n_neighbors\":2,\"epochs\":1}')";
    char* error = nullptr;
    sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
    check(error == nullptr, error);
    sqlite3_int64 size = 0;
    unsigned char* data = sqlite3_serialize(db, "main", &size, 0);
    std::string copy(reinterpret_cast<char*>(data), static_cast<size_t>(size));
    sqlite3_free(data);
    sqlite3_close(db);
    return copy;
  }();
  return bytes;
}

}  // namespace

Database::Database() {
  const std::string& bytes = image();
  db_ = opened();
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  check(sqlite3_deserialize(db_, "main", copy, size, size,
                            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) ==
            SQLITE_OK,
        "the image can be opened");
  sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, 1000000);
  sqlite3_limit(db_, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_set_authorizer(db_, authorize, nullptr);
  sqlite3_progress_handler(db_, 100, stop_in_time, this);
}

Database::~Database() {
  if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  check(sqlite3_close(db_) == SQLITE_OK, "the connection can be closed");
}

int Database::stop_in_time(void* self) {
  return now() > static_cast<Database*>(self)->deadline_ ? 1 : 0;
}

int Database::authorize(void*, int action, const char* name, const char*, const char*,
                        const char*) {
  if (action == SQLITE_ATTACH) return SQLITE_DENY;
  if (action != SQLITE_PRAGMA) return SQLITE_OK;
  // Those that the extension needs; others name files or change how SQLite works.
  for (const char* known : {"table_list", "table_info", "table_xinfo", "database_list",
                            "integrity_check", "incremental_vacuum"}) {
    if (sqlite3_stricmp(name, known) == 0) return SQLITE_OK;
  }
  return SQLITE_DENY;
}

int Database::check_row(void*, int count, char** values, char** names) {
  for (int i = 0; i < count; ++i) {
    for (const char* number : {"score", "similarity", "contribution"}) {
      check(std::strcmp(names[i], number) != 0 || values[i] != nullptr, "a score is a number");
    }
  }
  return 0;
}

int Database::execute(const std::string& sql, OnRow on_row) {
  if (std::getenv("FUZZ_SHOW") != nullptr) std::fprintf(stderr, "%s\n", sql.c_str());
  deadline_ = now() + 0.1;
  char* error = nullptr;
  const int code = sqlite3_exec(db_, sql.c_str(), on_row, nullptr, &error);
  check(code == SQLITE_OK || (error != nullptr && *error != '\0'), "an error has a text");
  check(now() < deadline_ + 5, "an interrupt is heeded");
  sqlite3_free(error);
  return code;
}

void Database::check_integrity() {
  deadline_ = now() + 60;
  std::string answer;
  sqlite3_exec(
      db_, "PRAGMA integrity_check",
      [](void* out, int, char** values, char**) {
        *static_cast<std::string*>(out) += values[0];
        return 0;
      },
      &answer, nullptr);
  check(answer == "ok", answer.c_str());
}

}  // namespace subjrec::fuzz
