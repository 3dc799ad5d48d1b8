// Files that hold no JSON: what they are, by their first bytes, and how to make JSON of them.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace subjrec {

/// Enough of a file to tell what it is.
inline constexpr size_t kHeadBytes = 4096;

/// An error if the file is packed by something other than gzip, or is no text at all: zstd, xz,
/// bzip2, zip, tar, an SQLite database, Parquet, PDF, UTF-16.
Status check_packing(const std::string& path, std::string_view head);

/// An error if the text, unpacked, is a format of its own: gzip within gzip, XML, MARCXML, HTML,
/// MARC (ISO 2709), N-Triples, Turtle, CSV, TSV; with `lines_of_text`, TSV is allowed.
Status check_text(const std::string& path, std::string_view head, bool lines_of_text);

}  // namespace subjrec
