#include "sqlite/bindings/value.h"

#include <cmath>

namespace subjrec {

std::string_view text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_value_bytes(value))};
}

std::optional<IdView> id_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return IdView{IdKind::kInteger, sqlite3_value_int64(value), {}};
    case SQLITE_FLOAT: {
      const double real = sqlite3_value_double(value);
      if (std::floor(real) != real || std::fabs(real) > 9007199254740992.0) return std::nullopt;
      return IdView{IdKind::kInteger, static_cast<int64_t>(real), {}};
    }
    case SQLITE_TEXT:
      return IdView{IdKind::kText, 0, text_of(value)};
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
      const auto length = static_cast<size_t>(sqlite3_value_bytes(value));
      return IdView{IdKind::kBlob, 0,
                    length == 0 ? std::string_view() : std::string_view(bytes, length)};
    }
    default:
      return std::nullopt;
  }
}

std::string shown(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
      return "NULL";
    case SQLITE_FLOAT:
      return std::string(text_of(value));
    case SQLITE_BLOB:
      return "a BLOB of " + std::to_string(sqlite3_value_bytes(value)) + " bytes";
    default:
      return id_text(*id_of(value));
  }
}

void result_id(sqlite3_context* context, const IdView& id) {
  const auto length = static_cast<int>(id.bytes.size());
  switch (id.kind) {
    case IdKind::kInteger:
      return sqlite3_result_int64(context, id.integer);
    case IdKind::kText:
      return sqlite3_result_text(context, length == 0 ? "" : id.bytes.data(), length,
                                 SQLITE_TRANSIENT);
    case IdKind::kBlob:
      return sqlite3_result_blob(context, length == 0 ? "" : id.bytes.data(), length,
                                 SQLITE_TRANSIENT);
  }
}

void result_blob(sqlite3_context* context, std::string_view bytes) {
  sqlite3_result_blob64(context, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

void result_text(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

}  // namespace subjrec
