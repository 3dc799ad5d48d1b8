// Allocators that fail on demand and know what is still allocated.
//
// SQLite's is put in by sqlite3_config; those of C++ are the program's replacements of every
// operator new; malloc and its kin, which Eigen calls, are caught by the linker (--wrap) where the
// program's own objects call them.
#pragma once

#include <cstdint>

#include "faults/injector.h"

namespace subjrec::faults {

Injector& sqlite_memory();
Injector& cpp_memory();  // operator new and malloc

/// Blocks that are allocated at this moment, by SQLite and by C++ together.
int64_t live_blocks();

/// Before anything else calls SQLite.
void install_sqlite_memory();

}  // namespace subjrec::faults
