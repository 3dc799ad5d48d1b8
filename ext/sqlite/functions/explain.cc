#include "core/retrieval/explain.h"

#include <algorithm>

#include "core/base/status.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

/// What speaks for a subject on a work, the strongest first; the rows add up to the score.
class ExplainCursor : public ListCursor {
 public:
  static constexpr const char* kName = "subjrec_explain";
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns = "cause TEXT, id, contribution REAL, works_with_both INTEGER",
      .arguments = {"model", "work_id", "subject_id"},
      .required = 3,
      .rows = 5};

  using ListCursor::ListCursor;

  Status filter(const TableArguments& arguments) override {
    start(0);
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    loaded_ = model->loaded();
    const auto work_id = id_of(arguments[1]);
    const auto subject_id = id_of(arguments[2]);
    if (!work_id || !subject_id) return {};
    SUBJREC_ASSIGN(const auto work, model->find_work(kName, *work_id));
    const auto subject = model->find_subject(*subject_id);
    if (!work || !subject) {
      if (arguments.joined()) return {};
      return work ? model->unknown_id(kName, Kind::kSubject, *subject_id)
                  : model->unknown_id(kName, Kind::kWork, *work_id);
    }
    SUBJREC_TRY(model->need_works_of_subject(kName));
    subject_ = *subject;
    SqliteMonitor monitor(connection().db(), SqliteMonitor::First::kLater);
    SUBJREC_ASSIGN(parts_, explain(loaded_->stored.model, work->embedding, work->carried(),
                                   work->features, subject_, monitor,
                                   loaded_->blend ? &*loaded_->blend : nullptr, work->position));
    std::stable_sort(
        parts_.begin(), parts_.end(),
        [](const Contribution& a, const Contribution& b) { return a.value > b.value; });
    start(parts_.size());
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    const Contribution& part = parts_[at()];
    switch (column) {
      case 0:
        result_text(context, name_of(part.cause));
        break;
      case 1:
        if (part.cause == Cause::kSubject)
          result_id(context, loaded_->stored.subjects[part.position]);
        if (part.cause == Cause::kFeature || part.cause == Cause::kLabel)
          result_id(context, loaded_->stored.features[part.position]);
        if (part.cause == Cause::kWork) result_id(context, loaded_->works->ids[part.position]);
        break;
      case 2:
        sqlite3_result_double(context, part.value);
        break;
      default:
        if (part.cause == Cause::kSubject) sqlite3_result_int64(context, together(part.position));
    }
    return {};
  }

 private:
  static const char* name_of(Cause cause) {
    switch (cause) {
      case Cause::kSubject:
        return "subject";
      case Cause::kFeature:
        return "feature";
      case Cause::kLabel:
        return "label";
      case Cause::kVector:
        return "vector";
      case Cause::kWork:
        return "work";
      case Cause::kBias:
        return "bias";
      default:
        return "rest";
    }
  }

  /// How many works carry both the suggested subject and another one.
  int64_t together(uint32_t other) const {
    const auto a = loaded_->works_of_subject->row(subject_);
    const auto b = loaded_->works_of_subject->row(other);
    int64_t count = 0;
    for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a[i] == b[j]) ++count;
      if (a[i] <= b[j]) {
        const bool equal = a[i] == b[j];
        ++i;
        if (equal) ++j;
      } else {
        ++j;
      }
    }
    return count;
  }

  std::shared_ptr<ServedModel> loaded_;
  std::vector<Contribution> parts_;
  uint32_t subject_ = 0;
};

}  // namespace

int register_explain(const std::shared_ptr<Connection>& connection) {
  return register_table_function<ExplainCursor>(connection);
}

}  // namespace subjrec
