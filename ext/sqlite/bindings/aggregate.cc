#include "sqlite/bindings/aggregate.h"

#include "sqlite/bindings/guard.h"

namespace subjrec {
namespace {

using Make = std::unique_ptr<Aggregate> (*)();

struct Registration {
  std::shared_ptr<Connection> connection;
  FunctionSpec spec;
  Make make;
};

/// SQLite gives each group a place of zeros, which is freed without a word.
Aggregate** place(sqlite3_context* context, int bytes) {
  return static_cast<Aggregate**>(sqlite3_aggregate_context(context, bytes));
}

void step(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
  const Status status = guarded([&]() -> Status {
    Aggregate** at = place(context, sizeof(Aggregate*));
    if (at == nullptr) return {Code::kNoMemory, {}};
    const auto& registration = *static_cast<Registration*>(sqlite3_user_data(context));
    if (*at == nullptr) *at = registration.make().release();
    const FunctionSpec& spec = registration.spec;
    return (*at)->step(Arguments(spec.name, spec.arguments, {values, static_cast<size_t>(count)}));
  });
  if (!status.ok()) set_error(context, status);
}

void finish(sqlite3_context* context) noexcept {
  const Status status = guarded([&]() -> Status {
    Aggregate** at = place(context, 0);
    std::unique_ptr<Aggregate> object(at == nullptr ? nullptr : *at);
    if (!object) object = static_cast<Registration*>(sqlite3_user_data(context))->make();
    return object->result(context);
  });
  if (!status.ok()) set_error(context, status);
}

void destroy(void* registration) noexcept { delete static_cast<Registration*>(registration); }

}  // namespace

int register_aggregate(const std::shared_ptr<Connection>& connection, const FunctionSpec& spec,
                       Make make) {
  return sqlite3_create_function_v2(
      connection->db(), spec.name, spec.sqlite_count(), SQLITE_UTF8 | spec.flags,
      new Registration{connection, spec, make}, nullptr, step, finish, destroy);
}

}  // namespace subjrec
