#include "sqlite/bindings/statement.h"

#include <bit>
#include <string>

namespace subjrec {

static_assert(std::endian::native == std::endian::little,
              "embeddings are stored as little-endian float32");

Result<Statement> Statement::prepare(sqlite3* db, std::string_view who, std::string_view sql,
                                     unsigned flags) {
  Statement statement;
  sqlite3_stmt* handle = nullptr;
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), flags, &handle, &tail);
  statement.handle_.reset(handle);
  if (code != SQLITE_OK) return sql_error(db, who);
  const std::string_view rest = sql.substr(static_cast<size_t>(tail - sql.data()));
  if (handle == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Status(Code::kInvalid, std::string(who) + ": wanted one SQL statement, got \"" +
                                      std::string(sql) + "\"");
  }
  return statement;
}

Statement& Statement::bind(int at, int64_t value) {
  bind_code_ |= sqlite3_bind_int64(handle_.get(), at, value);
  return *this;
}

Statement& Statement::bind(int at, double value) {
  bind_code_ |= sqlite3_bind_double(handle_.get(), at, value);
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  bind_code_ |= sqlite3_bind_text64(handle_.get(), at, text.empty() ? "" : text.data(), text.size(),
                                    SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int at, std::span<const float> values) {
  bind_code_ |= sqlite3_bind_blob64(handle_.get(), at,
                                    values.empty() ? "" : static_cast<const void*>(values.data()),
                                    values.size_bytes(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int at, std::span<const uint32_t> values) {
  bind_code_ |= sqlite3_bind_blob64(handle_.get(), at,
                                    values.empty() ? "" : static_cast<const void*>(values.data()),
                                    values.size_bytes(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(int at, const IdView& id) {
  if (id.kind == IdKind::kInteger) return bind(at, id.integer);
  if (id.kind == IdKind::kText) return bind(at, id.bytes);
  bind_code_ |= sqlite3_bind_blob64(handle_.get(), at, id.bytes.empty() ? "" : id.bytes.data(),
                                    id.bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_null(int at) {
  bind_code_ |= sqlite3_bind_null(handle_.get(), at);
  return *this;
}

Status Statement::check_bind(std::string_view who) {
  if (std::exchange(bind_code_, SQLITE_OK) == SQLITE_OK) return {};
  return sql_error(db(), who);
}

Result<bool> Statement::step(std::string_view who) {
  SUBJREC_TRY(check_bind(who));
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  Status status = sql_error(db(), who);
  reset();
  return status;
}

Status Statement::run(std::string_view who) {
  for (;;) {
    SUBJREC_ASSIGN(const bool row, step(who));
    if (!row) return {};
  }
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Status execute(sqlite3* db, std::string_view who, std::string_view sql) {
  SUBJREC_ASSIGN(Statement statement, Statement::prepare(db, who, sql));
  return statement.run(who);
}

}  // namespace subjrec
