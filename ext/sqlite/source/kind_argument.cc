#include "sqlite/source/kind_argument.h"

namespace subjrec {

Result<Kind> read_kind(const Arguments& arguments, size_t at) {
  SUBJREC_ASSIGN(const size_t choice, arguments.choice(at, {"work", "subject"}));
  return choice == 0 ? Kind::kWork : Kind::kSubject;
}

}  // namespace subjrec
