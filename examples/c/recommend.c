/* subjrec from C: load the module, then it is SQL.
 *
 *     cc examples/c/recommend.c -lsqlite3 -o recommend && ./recommend [module [catalogue]]
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(sqlite3* db, const char* message) {
  fprintf(stderr, "%s\n", message ? message : sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt* prepare(sqlite3* db, const char* sql, const char* argument) {
  sqlite3_stmt* statement = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) fail(db, NULL);
  sqlite3_bind_text(statement, 1, argument, -1, SQLITE_STATIC);
  return statement;
}

static int step(sqlite3* db, sqlite3_stmt* statement) {
  int rc = sqlite3_step(statement);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) fail(db, NULL);
  return rc == SQLITE_ROW;
}

static void run(sqlite3* db, const char* sql, const char* argument) {
  sqlite3_stmt* statement = prepare(db, sql, argument);
  while (step(db, statement)) {
  }
  sqlite3_finalize(statement);
}

static void print_recommended(sqlite3* db, const char* work_id) {
  sqlite3_stmt* statement = prepare(db, "SELECT title FROM works WHERE work_id = ?", work_id);
  if (step(db, statement)) printf("%s\n", sqlite3_column_text(statement, 0));
  sqlite3_finalize(statement);

  statement = prepare(db,
                      "SELECT label, probability"
                      " FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)"
                      " ORDER BY rank",
                      work_id);
  while (step(db, statement)) {
    printf("  %.3f  %s\n", sqlite3_column_double(statement, 1), sqlite3_column_text(statement, 0));
  }
  sqlite3_finalize(statement);
}

static void print_embedding(sqlite3* db, const char* label) {
  sqlite3_stmt* statement = prepare(
      db, "SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id) WHERE label = ?",
      label);
  if (step(db, statement)) {
    /* Copied, since a BLOB need not be aligned as a float must; little-endian, as this machine. */
    const void* blob = sqlite3_column_blob(statement, 0);
    size_t bytes = (size_t)sqlite3_column_bytes(statement, 0);
    float* numbers = malloc(bytes);
    if (numbers == NULL) fail(db, "out of memory");
    memcpy(numbers, blob, bytes);
    printf("%s is %zu numbers, the first %.4f\n", label, bytes / sizeof(float), numbers[0]);
    free(numbers);
  }
  sqlite3_finalize(statement);
}

int main(int argc, char** argv) {
  const char* module = argc > 1 ? argv[1] : "./build/release/subjrec";
  const char* catalogue = argc > 2 ? argv[2] : "examples/catalogue.ndjson.gz";
  sqlite3* db = NULL;
  char* message = NULL;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) fail(db, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
  if (sqlite3_load_extension(db, module, NULL, &message) != SQLITE_OK) fail(db, message);

  run(db, "SELECT subjrec_import(?)", catalogue);
  run(db, "SELECT subjrec_train(?, 'work_subjects')", "rec");
  print_recommended(db, "cex557h4");
  print_embedding(db, "Honey");
  sqlite3_close(db);
  return 0;
}
