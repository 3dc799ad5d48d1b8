// The bytes of a file, unpacked if they are packed, in constant memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/base/monitor.h"
#include "core/base/status.h"

namespace subjrec {

/// Reads a file from its beginning to its end, once.
///
/// Whether a file is gzip is told by its first two bytes, never by its name. Several gzip members
/// in a row are one text, as gzip itself has it; zero bytes after the last one are padding.
///
/// zlib's gzread() takes 1.0 to 1.1 times its processor seconds (tests/bench/ingest_bench). It
/// takes text that follows the gzip for the file's end, and cannot be stopped while a pipe is
/// silent.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Errors name the path: no such file, a directory, not readable, packed by something other
  /// than gzip, UTF-16.
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path, Monitor& monitor);

  /// Fills `to` with the next bytes: `room` of them, fewer only where the file ends, 0 after that.
  ///
  /// Gzip that ends inside a member, whose checksum or length is wrong or that is followed by
  /// something else is Code::kCorrupt, and the message names the byte offset in the file. A file
  /// that has to be waited for (a pipe) asks the monitor meanwhile.
  virtual Result<size_t> read(char* to, size_t room, Monitor& monitor) = 0;
};

}  // namespace subjrec
