// Long calls: a job (job.h) as a scalar function that returns its summary, and as a table-valued
// function of the same name with a row for each step.
//
// A call says how arguments become a job, and a job's last step a row:
//
//     struct TrainCall {
//       using Job = Training;
//       static constexpr TableFunctionSpec kSpec = {
//           .name = "subjrec_train",
//           .columns = "epoch INTEGER, loss REAL",
//           .arguments = {"model", "source", "options"},
//           .required = 1,
//           .ascending = 0,
//           .flags = SQLITE_VTAB_DIRECTONLY};
//       static constexpr bool kWrites = true;  // even the rows come from no statement that writes
//       static Result<std::unique_ptr<Training>> begin(Connection& connection,
//                                                      const Arguments& arguments);
//       static void column(const Training& job, sqlite3_context* context, int column);
//     };
//
// and register_long_call<TrainCall>() does the rest. A reader of the rows who stops early leaves
// the job undone: the last step, which stores, is done before the last row is delivered.
#pragma once

#include <memory>

#include "core/base/status.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/job.h"
#include "sqlite/bindings/table_function.h"

namespace subjrec {

using BeginJob = Result<std::unique_ptr<Job>> (*)(Connection& connection,
                                                  const Arguments& arguments);

/// Registers the scalar function alone, for a job that has no rows to show.
int register_job(const std::shared_ptr<Connection>& connection, const FunctionSpec& spec,
                 BeginJob begin);

/// A call without the type of its job.
struct LongCall {
  const TableFunctionSpec& spec;
  bool writes;
  BeginJob begin;
  void (*column)(const Job& job, sqlite3_context* context, int column);
};

/// Registers both functions. A job reads or writes what the user's SQL names: never from inside a
/// view or trigger of somebody else's (SQLITE_DIRECTONLY).
int register_long_call(const std::shared_ptr<Connection>& connection, const LongCall& call);

template <class Call>
int register_long_call(const std::shared_ptr<Connection>& connection) {
  const auto begin = [](Connection& of, const Arguments& arguments) {
    auto job = Call::begin(of, arguments);
    return job.ok() ? Result<std::unique_ptr<Job>>(std::move(*job)) : job.status();
  };
  const auto column = [](const Job& job, sqlite3_context* context, int at) {
    Call::column(static_cast<const typename Call::Job&>(job), context, at);
  };
  return register_long_call(connection, {Call::kSpec, Call::kWrites, begin, column});
}

}  // namespace subjrec
