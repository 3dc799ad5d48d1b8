// The entry points that SQLite looks for.
#include <sqlite3ext.h>

#include "sqlite/functions/registry.h"
SQLITE_EXTENSION_INIT1

#if defined(_WIN32)
#define SUBJREC_EXPORT extern "C" __declspec(dllexport)
#else
#define SUBJREC_EXPORT extern "C" __attribute__((visibility("default")))
#endif

/// .load ./subjrec
SUBJREC_EXPORT int sqlite3_subjrec_init(sqlite3* db, char** error,
                                        const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  return subjrec::register_all(db, true, error);
}

/// .load ./subjrec sqlite3_subjrec_nofiles_init: everything but what opens files.
SUBJREC_EXPORT int sqlite3_subjrec_nofiles_init(sqlite3* db, char** error,
                                                const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  return subjrec::register_all(db, false, error);
}
