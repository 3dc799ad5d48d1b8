// The envelope of states and parts: magic, format version, library version, body, checksum.
//
//     bytes 0-7   "subjrecS" for a state, "subjrecP" for a part
//     8-11        format version, uint32
//     12-         the library's version: its length as uint64, and the text
//     ...         the body
//     last 32     the checksum of everything before it (core/base/digest.h), in hexadecimal
//
// Everything is little-endian. A checksum guards against accident, not against malice: bodies are
// read with distrust all the same.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace subjrec {

enum class Envelope : char { kState = 'S', kPart = 'P' };

/// `library` is the version of the library that speaks.
std::string seal(Envelope kind, std::string_view library, std::string_view body);

/// The body. Errors (Code::kInvalid, Code::kCorrupt) begin with "is" or "was", for the caller to
/// say what: not such a BLOB, another version's, damaged.
Result<std::string_view> open_envelope(Envelope kind, std::string_view library,
                                       std::string_view blob);

}  // namespace subjrec
