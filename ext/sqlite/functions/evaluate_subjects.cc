#include "core/base/status.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/evaluation.h"

namespace subjrec {
namespace {

/// One row a subject that was held out or listed.
class EvaluateSubjectsCursor : public ListCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_evaluate_subjects",
      .columns =
          "subject_id, support INTEGER, true_positives INTEGER, false_positives INTEGER, "
          "false_negatives INTEGER, precision REAL, recall REAL",
      .arguments = {"model", "heldout", "options"},
      .required = 2,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 10000};

  using ListCursor::ListCursor;

  Status filter(const TableArguments& arguments) override {
    SUBJREC_ASSIGN(held_out_, evaluate_heldout(connection(), arguments));
    start(held_out_.evaluation.subjects.size());
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    const SubjectOutcome& outcome = held_out_.evaluation.subjects[at()];
    switch (column) {
      case 0:
        result_id(context, held_out_.model->stored.subjects[outcome.subject]);
        break;
      case 1:
        sqlite3_result_int64(context, outcome.support);
        break;
      case 2:
        sqlite3_result_int64(context, outcome.true_positives);
        break;
      case 3:
        sqlite3_result_int64(context, outcome.false_positives);
        break;
      case 4:
        sqlite3_result_int64(context, outcome.false_negatives);
        break;
      case 5:
        sqlite3_result_double(context, outcome.precision());
        break;
      default:
        sqlite3_result_double(context, outcome.recall());
    }
    return {};
  }

 private:
  HeldOutEvaluation held_out_;
};

}  // namespace

int register_evaluate_subjects(const std::shared_ptr<Connection>& connection) {
  return register_table_function<EvaluateSubjectsCursor>(connection);
}

}  // namespace subjrec
