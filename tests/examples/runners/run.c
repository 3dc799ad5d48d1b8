/* As run.py, with the C interface. */
#include <sqlite3.h>
#include <stdio.h>

static int print_first(void* unused, int n, char** values, char** names) {
  (void)unused, (void)n, (void)names;
  puts(values[0]);
  return 0;
}

int main(int argc, char** argv) {
  char statement[8192];
  char* message = NULL;
  sqlite3* db = NULL;
  FILE* script = argc > 2 ? fopen(argv[2], "r") : NULL;
  if (script == NULL || sqlite3_open(":memory:", &db) != SQLITE_OK) return 2;
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
  int rc = sqlite3_load_extension(db, argv[1], NULL, &message);
  while (rc == SQLITE_OK && fgets(statement, sizeof statement, script)) {
    rc = sqlite3_exec(db, statement, print_first, NULL, &message);
  }
  if (rc != SQLITE_OK) fprintf(stderr, "%s\n", message);
  fclose(script);
  sqlite3_close(db);
  return rc != SQLITE_OK;
}
