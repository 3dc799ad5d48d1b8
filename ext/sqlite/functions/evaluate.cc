#include "core/base/status.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/evaluation.h"

namespace subjrec {
namespace {

/// One row a metric, in the order that core/evaluate/evaluate.h documents.
class EvaluateCursor : public ListCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {.name = "subjrec_evaluate",
                                              .columns = "metric TEXT, value REAL",
                                              .arguments = {"model", "heldout", "options"},
                                              .required = 2,
                                              .flags = SQLITE_VTAB_DIRECTONLY,
                                              .rows = 30};

  using ListCursor::ListCursor;

  Status filter(const TableArguments& arguments) override {
    SUBJREC_ASSIGN(HeldOutEvaluation held_out, evaluate_heldout(connection(), arguments));
    evaluation_ = std::move(held_out.evaluation);
    start(evaluation_.metrics.size());
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    const auto& [metric, value] = evaluation_.metrics[at()];
    if (column == 0) {
      result_text(context, metric);
    } else {
      sqlite3_result_double(context, value);
    }
    return {};
  }

 private:
  Evaluation evaluation_;
};

}  // namespace

int register_evaluate(const std::shared_ptr<Connection>& connection) {
  return register_table_function<EvaluateCursor>(connection);
}

}  // namespace subjrec
