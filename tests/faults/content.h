// What a database holds, as text to compare.
#pragma once

#include <sqlite3.h>

#include <string>

namespace subjrec::faults {

/// A callback of sqlite3_exec: appends the row to a std::string.
int append_row(void* text, int count, char** values, char** names);

/// The rows of a statement, or "ERROR" and its text.
std::string rows(sqlite3* db, const std::string& sql);

struct Content {
  std::string rows;     // of every table, and the schema
  std::string answers;  // of the models
};
Content content_of(sqlite3* db);

}  // namespace subjrec::faults
