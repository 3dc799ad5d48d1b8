#include "sqlite/bindings/long_call.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/updating.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_update";

/// subjrec_update(model)
Result<std::unique_ptr<Job>> begin(Connection& connection, const Arguments& arguments) {
  SUBJREC_ASSIGN(const std::string model, arguments.model(0));
  return Updating::begin(connection, kName, model);
}

}  // namespace

int register_update(const std::shared_ptr<Connection>& connection) {
  return register_job(connection, {kName, {"model"}, 1, SQLITE_DIRECTONLY}, begin);
}

}  // namespace subjrec
