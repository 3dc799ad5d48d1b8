// SQLite with subjrec linked in: every connection that is opened has it. What JavaScript calls is
// SQLite's own C interface (page/sqlite.js).
#include <sqlite3.h>

extern "C" int sqlite3_subjrec_init(sqlite3* db, char** error, const sqlite3_api_routines* api);

int main() { return sqlite3_auto_extension(reinterpret_cast<void (*)()>(sqlite3_subjrec_init)); }
