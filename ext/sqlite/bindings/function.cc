#include "sqlite/bindings/function.h"

#include <memory>

#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

struct Registration {
  std::shared_ptr<Connection> connection;
  Function function;
};

void call(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
  const auto& registration = *static_cast<Registration*>(sqlite3_user_data(context));
  const Status status = guarded([&] {
    const auto keep = registration.connection->keep_statements();
    return registration.function(*registration.connection, context,
                                 Arguments(values, static_cast<size_t>(count)));
  });
  if (!status.ok()) set_error(context, status);
}

void destroy(void* registration) noexcept { delete static_cast<Registration*>(registration); }

}  // namespace

void set_error(sqlite3_context* context, const Status& status) {
  if (status.code() == Code::kNoMemory && status.message().empty()) {
    return sqlite3_result_error_nomem(context);
  }
  const std::unique_ptr<char, void (*)(void*)> message(message_of(status), sqlite3_free);
  sqlite3_result_error(context, message ? message.get() : "", -1);
  sqlite3_result_error_code(context, result_code(status.code()));
}

int register_function(const std::shared_ptr<Connection>& connection, const char* name,
                      int arguments, int flags, Function function) {
  return sqlite3_create_function_v2(connection->db(), name, arguments, SQLITE_UTF8 | flags,
                                    new Registration{connection, function}, call, nullptr, nullptr,
                                    destroy);
}

Result<std::string> text_argument(std::string_view who, Arguments arguments, size_t at,
                                  std::string_view name, std::string_view example) {
  if (at < arguments.size() && sqlite3_value_type(arguments[at]) == SQLITE_TEXT) {
    return std::string(text_of(arguments[at]));
  }
  return Status(Code::kInvalid,
                std::string(who) + ": argument " + std::to_string(at + 1) + " (" +
                    std::string(name) + ") must be a text, like " + std::string(example) +
                    (at < arguments.size() ? ", got " + shown(arguments[at]) : ", got nothing"));
}

}  // namespace subjrec
