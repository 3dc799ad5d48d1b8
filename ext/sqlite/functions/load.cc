#include "sqlite/bindings/long_call.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/loading.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_load";

/// subjrec_load(model, works, subjects [, options])
Result<std::unique_ptr<Job>> begin(Connection& connection, const Arguments& arguments) {
  Loading::Request request;
  SUBJREC_ASSIGN(request.model, arguments.model(0));
  SUBJREC_ASSIGN(request.works, arguments.text(1, "a text, like 'SELECT id, embedding FROM w'"));
  SUBJREC_ASSIGN(request.subjects, arguments.text(2, "a text, like 'SELECT id, embedding FROM s'"));
  SUBJREC_ASSIGN(request.options, arguments.options(3));
  return Loading::begin(connection, kName, request);
}

}  // namespace

int register_load(const std::shared_ptr<Connection>& connection) {
  return register_job(
      connection, {kName, {"model", "works", "subjects", "options"}, 3, SQLITE_DIRECTONLY}, begin);
}

}  // namespace subjrec
