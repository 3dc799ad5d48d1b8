#include "core/base/status.h"
#include "sqlite/bindings/long_call.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/mapping.h"
#include "sqlite/source/kind_argument.h"

namespace subjrec {
namespace {

/// subjrec_map(model, kind [, options]): a row an epoch, as it is done. The map is stored before
/// the last row is delivered; a reader who stops earlier leaves the old one.
struct MapCall {
  using Job = Mapping;
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_map",
      .columns = "epoch INTEGER, epochs INTEGER, seconds REAL, summary TEXT",
      .arguments = {"model", "kind", "options"},
      .required = 2,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 200};
  static constexpr bool kWrites = true;

  static Result<std::unique_ptr<Mapping>> begin(Connection& connection,
                                                const Arguments& arguments) {
    Mapping::Request request;
    SUBJREC_ASSIGN(request.model, arguments.model(0));
    SUBJREC_ASSIGN(request.kind, read_kind(arguments, 1));
    SUBJREC_ASSIGN(request.options, arguments.options(2));
    return Mapping::begin(connection, kSpec.name, request);
  }

  static void column(const Mapping& mapping, sqlite3_context* context, int column) {
    switch (column) {
      case 0:
        return sqlite3_result_int(context, mapping.epoch());
      case 1:
        return sqlite3_result_int(context, mapping.epochs());
      case 2:
        return sqlite3_result_double(context, mapping.seconds());
      default:
        if (mapping.done()) result_text(context, mapping.summary());
    }
  }
};

}  // namespace

int register_map(const std::shared_ptr<Connection>& connection) {
  return register_long_call<MapCall>(connection);
}

}  // namespace subjrec
