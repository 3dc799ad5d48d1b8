// SQLite's C interface, as an extension calls it. Everything in ext/sqlite includes this instead of
// sqlite3ext.h.
#pragma once

#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
