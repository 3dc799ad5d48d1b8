#include "sqlite/bindings/long_call.h"

#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

class LongCallCursor : public TableFunctionCursor {
 public:
  LongCallCursor(Connection& connection, const LongCall& call)
      : TableFunctionCursor(connection), call_(call) {}

  Status filter(const TableArguments& arguments) override {
    job_.reset();
    if (call_.writes) SUBJREC_TRY(check_may_write(connection().db(), call_.spec.name));
    SUBJREC_ASSIGN(job_, call_.begin(connection(), arguments));
    return job_->step();
  }

  bool eof() const override { return job_ == nullptr; }

  Status next() override {
    if (!job_->done()) return job_->step();
    job_.reset();
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    call_.column(*job_, context, column);
    return {};
  }

 private:
  const LongCall call_;
  std::unique_ptr<Job> job_;
};

}  // namespace

int register_job(const std::shared_ptr<Connection>& connection, const FunctionSpec& spec,
                 BeginJob begin) {
  return register_function(
      connection, spec,
      [begin](Connection& of, sqlite3_context* context, const Arguments& arguments) -> Status {
        // Also where it stores nothing: some versions of SQLite let a CHECK of
        // a planted table call it.
        SUBJREC_TRY(check_may_write(of.db(), arguments.who()));
        SUBJREC_ASSIGN(const std::unique_ptr<Job> job, begin(of, arguments));
        SUBJREC_TRY(job->run());
        result_text(context, job->summary());
        return {};
      });
}

int register_long_call(const std::shared_ptr<Connection>& connection, const LongCall& call) {
  const TableFunctionSpec& spec = call.spec;
  const int code = register_job(
      connection, {spec.name, spec.arguments, spec.required, SQLITE_DIRECTONLY}, call.begin);
  if (code != SQLITE_OK) return code;
  return register_table_function(connection, spec, [call](Connection& of) {
    return std::unique_ptr<TableFunctionCursor>(new LongCallCursor(of, call));
  });
}

}  // namespace subjrec
