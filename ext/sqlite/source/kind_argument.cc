#include "sqlite/source/kind_argument.h"

#include <string>

#include "sqlite/bindings/value.h"

namespace subjrec {

Result<Kind> read_kind(std::string_view who, size_t at, sqlite3_value* value) {
  if (value != nullptr && sqlite3_value_type(value) == SQLITE_TEXT) {
    if (text_of(value) == "work") return Kind::kWork;
    if (text_of(value) == "subject") return Kind::kSubject;
  }
  return Status(Code::kInvalid, std::string(who) + ": argument " + std::to_string(at + 1) +
                                    " (kind) must be 'work' or 'subject', got " +
                                    (value == nullptr ? "nothing" : shown(value)));
}

}  // namespace subjrec
