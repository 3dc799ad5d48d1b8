#include "sqlite/bindings/function.h"

#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

struct Registration {
  std::shared_ptr<Connection> connection;
  FunctionSpec spec;
  Function function;
};

void call(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
  const auto& registration = *static_cast<const Registration*>(sqlite3_user_data(context));
  const Status status = guarded([&]() -> Status {
    const FunctionSpec& spec = registration.spec;
    const auto n = static_cast<size_t>(count);
    const auto keep = registration.connection->keep_statements();
    SUBJREC_TRY(
        check_argument_count(spec.name, spec.arguments, static_cast<size_t>(spec.required), n));
    return registration.function(*registration.connection, context,
                                 Arguments(spec.name, spec.arguments, {values, n}));
  });
  if (!status.ok()) set_error(context, status);
}

void destroy(void* registration) noexcept { delete static_cast<Registration*>(registration); }

}  // namespace

int FunctionSpec::sqlite_count() const {
  const auto most = static_cast<int>(count_of(arguments));
  return required == most ? most : -1;
}

void set_error(sqlite3_context* context, const Status& status) {
  if (status.code() == Code::kNoMemory && status.message().empty()) {
    return sqlite3_result_error_nomem(context);
  }
  const std::unique_ptr<char, void (*)(void*)> message(message_of(status), sqlite3_free);
  sqlite3_result_error(context, message ? message.get() : "", -1);
  sqlite3_result_error_code(context, result_code(status.code()));
}

int register_function(const std::shared_ptr<Connection>& connection, const FunctionSpec& spec,
                      Function function) {
  return sqlite3_create_function_v2(
      connection->db(), spec.name, spec.sqlite_count(), SQLITE_UTF8 | spec.flags,
      new Registration{connection, spec, std::move(function)}, call, nullptr, nullptr, destroy);
}

}  // namespace subjrec
