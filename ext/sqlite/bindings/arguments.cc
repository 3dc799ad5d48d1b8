#include "sqlite/bindings/arguments.h"

#include "core/data/id_table.h"
#include "sqlite/bindings/value.h"

namespace subjrec {

size_t count_of(const ArgumentNames& names) {
  size_t count = 0;
  while (count < names.size() && names[count] != nullptr) ++count;
  return count;
}

std::string Arguments::named(size_t at) const {
  std::string text = std::string(who_) + ": argument " + std::to_string(at + 1);
  if (*name(at) != '\0') text.append(" (").append(name(at)).append(")");
  return text;
}

Status Arguments::wrong(size_t at, std::string_view wanted) const {
  return {Code::kInvalid, named(at).append(" must be ").append(wanted).append(", got ") +
                              (values_[at] == nullptr ? "nothing" : shown(values_[at]))};
}

Result<std::string> Arguments::text(size_t at, std::string_view wanted) const {
  if (is(at, SQLITE_TEXT)) return std::string(text_of(values_[at]));
  return wrong(at, wanted);
}

Result<std::string_view> Arguments::options(size_t at) const {
  if (!given(at)) return std::string_view();
  if (is(at, SQLITE_TEXT)) return text_of(values_[at]);
  return wrong(at, "a JSON object as text");
}

Result<double> Arguments::share(size_t at) const {
  if (!given(at)) return 0.0;
  const double number = sqlite3_value_double(values_[at]);
  const bool is_number = is(at, SQLITE_INTEGER) || is(at, SQLITE_FLOAT);
  if (is_number && number >= 0 && number <= 1) return number;
  return wrong(at, "a number from 0 to 1");
}

Result<int64_t> Arguments::whole(size_t at, int64_t least) const {
  if (values_[at] != nullptr) {
    const auto id = id_of(values_[at]);
    if (id && id->kind == IdKind::kInteger && id->integer >= least) return id->integer;
  }
  return wrong(at, "a whole number of at least " + std::to_string(least));
}

Result<std::string_view> Arguments::blob(size_t at) const {
  if (is(at, SQLITE_BLOB)) return id_of(values_[at])->bytes;
  return wrong(at, "a BLOB");
}

Result<size_t> Arguments::choice(size_t at, std::initializer_list<std::string_view> choices,
                                 std::string_view note) const {
  std::string wanted;
  size_t i = 0;
  for (const std::string_view choice : choices) {
    if (is(at, SQLITE_TEXT) && text_of(values_[at]) == choice) return i;
    if (i > 0) wanted += i + 1 == choices.size() ? " or " : ", ";
    wanted.append("'").append(choice).append("'");
    ++i;
  }
  return wrong(at, wanted.append(note));
}

Status check_argument_count(std::string_view who, const ArgumentNames& names, size_t required,
                            size_t count) {
  const size_t most = count_of(names);
  if (count >= required && count <= most) return {};
  std::string text = std::string(who) + ": wanted " + std::to_string(required);
  if (most > required) text += (most == required + 1 ? " or " : " to ") + std::to_string(most);
  text += most == 1 ? " argument (" : " arguments (";
  for (size_t i = 0; i < most; ++i) text.append(i > 0 ? ", " : "").append(names[i]);
  return {Code::kInvalid, text + "), got " + std::to_string(count)};
}

}  // namespace subjrec
