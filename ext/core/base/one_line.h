// A text as a message shows it: one short line, whatever it holds. Control characters, NUL, bytes
// that are not UTF-8, and the characters that turn the direction of writing (Unicode's
// bidirectional controls, by which a text looks like another) are escaped, and what is long is cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace subjrec {

/// The beginning of `text` that takes at most `most` bytes as it is shown, escapes (\n, \x1b,
/// \u202e) included; cut between characters, and with "..." where there is more.
std::string one_line(std::string_view text, size_t most);

}  // namespace subjrec
