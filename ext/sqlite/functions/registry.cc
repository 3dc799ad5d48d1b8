#include "sqlite/functions/registry.h"

#include "core/base/status.h"
#include "sqlite/bindings/guard.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

struct Registration {
  Register* add;
  bool opens_files;
};

// One a line: sorted, so that two additions seldom meet.
// clang-format off
constexpr Registration kRegistrations[] = {
    {register_begin, false},
    {register_debug, false},
    {register_dot, false},
    {register_evaluate, false},
    {register_evaluate_subjects, false},
    {register_explain, false},
    {register_finish, false},
    {register_import, true},
    {register_lines, true},
    {register_load, false},
    {register_map, false},
    {register_merge, false},
    {register_next, false},
    {register_outliers, false},
    {register_place, false},
    {register_plot, false},
    {register_similar, false},
    {register_similarity, false},
    {register_snapshot, true},
    {register_split, false},
    {register_state, false},
    {register_step, false},
    {register_subjrec, false},
    {register_suggest, false},
    {register_suggest_text, false},
    {register_topk, false},
    {register_train, false},
    {register_tune, false},
    {register_update, false},
    {register_vector_from_json, false},
    {register_vector_to_json, false},
    {register_version, false},
};
// clang-format on

}  // namespace

int register_all(sqlite3* db, bool files, char** error) noexcept {
  const Status status = guarded([&]() -> Status {
    if (sqlite3_libversion_number() < 3038000) {
      return {Code::kSql, std::string("subjrec needs SQLite 3.38 or later, and this is ") +
                              sqlite3_libversion()};
    }
    const auto connection = std::make_shared<Connection>(db);
    for (const Registration& registration : kRegistrations) {
      if (registration.opens_files && !files) continue;
      if (registration.add(connection) != SQLITE_OK) return sql_error(db, "subjrec");
    }
    return {};
  });
  if (!status.ok() && error != nullptr) *error = message_of(status);
  return result_code(status.code());
}

}  // namespace subjrec
