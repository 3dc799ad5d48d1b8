#include "core/base/status.h"
#include "sqlite/bindings/long_call.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/importing.h"

namespace subjrec {
namespace {

/// subjrec_import(path [, options]): a row every few MB while the files are read, and one with the
/// summary when the tables are written; a reader who stops before that one leaves the tables as
/// they were.
struct ImportCall {
  using Job = Importing;
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_import",
      .columns = "stage TEXT, works_read INTEGER, seconds REAL, summary TEXT",
      .arguments = {"path", "options"},
      .required = 1,
      .flags = SQLITE_VTAB_DIRECTONLY};
  static constexpr bool kWrites = true;

  static Result<std::unique_ptr<Importing>> begin(Connection& connection,
                                                  const Arguments& arguments) {
    Importing::Request request;
    SUBJREC_ASSIGN(request.path, arguments.text(0, "a text, like 'works.json.gz'"));
    SUBJREC_ASSIGN(request.options, arguments.options(1));
    return Importing::begin(connection, kSpec.name, request);
  }

  static void column(const Importing& import, sqlite3_context* context, int column) {
    switch (column) {
      case 0:
        return result_text(context, import.stage());
      case 1:
        return sqlite3_result_int64(context, static_cast<int64_t>(import.works_read()));
      case 2:
        return sqlite3_result_double(context, import.seconds());
      default:
        if (import.done()) result_text(context, import.summary());
    }
  }
};

}  // namespace

int register_import(const std::shared_ptr<Connection>& connection) {
  return register_long_call<ImportCall>(connection);
}

}  // namespace subjrec
