// A file system that fails on demand, over SQLite's own.
#pragma once

#include <array>
#include <string>

#include "faults/injector.h"

namespace subjrec::faults {

enum class FileCall { kOpen, kRead, kWrite, kSync, kTruncate, kDelete };
constexpr std::array<const char*, 6> kFileCallNames = {"open", "read",     "write",
                                                       "sync", "truncate", "delete"};

Injector& file_calls(FileCall call);

/// What a failing write reports: SQLITE_IOERR_WRITE, or SQLITE_FULL for a disk that is full.
void set_write_error(int code);

/// Registers it, not as the default; the name for sqlite3_open_v2. Nothing is ever forced to the
/// disk: the operating system stays up.
const char* faulty_vfs();

}  // namespace subjrec::faults
