#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/retrieval/leave_one_out.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

/// The subjects of works, or of one work, that what else is known of the work speaks against.
class OutliersCursor : public ListCursor {
 public:
  static constexpr const char* kName = "subjrec_outliers";
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns =
          "rank INTEGER, work_id, subject_id, score REAL, probability REAL, "
          "subject_rank INTEGER",
      .arguments = {"model", "k", "work_id", "popularity"},
      .required = 2,
      .ascending = 0,
      .of_row = 2};

  using ListCursor::ListCursor;

  Status filter(const TableArguments& arguments) override {
    start(0);
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(const int64_t k, arguments.whole(1, 1));
    SUBJREC_ASSIGN(const double popularity, arguments.share(3));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    loaded_ = model->loaded();
    SUBJREC_TRY(model->need_fold_in());
    shift_ = loaded_->shift(popularity);
    if (!arguments.given(2)) {
      SUBJREC_TRY(model->need_whole_catalogue(kName));
      return search(loaded_->works->data, static_cast<size_t>(k));
    }
    SUBJREC_ASSIGN(const bool found, read_work(*model, arguments));
    return found ? search(one_, static_cast<size_t>(k)) : Status();
  }

  Status column(sqlite3_context* context, int column) override {
    const Outlier& pair = pairs_[at()];
    switch (column) {
      case 0:
        sqlite3_result_int64(context, static_cast<int64_t>(at()) + 1);
        break;
      case 1:
        result_id(context, work_.size() > 0 ? work_[0] : loaded_->works->ids[pair.work]);
        break;
      case 2:
        result_id(context, loaded_->stored.subjects[pair.subject]);
        break;
      case 3:
        sqlite3_result_double(
            context, double{shift_.empty() ? pair.score : pair.score + shift_[pair.subject]});
        break;
      case 4:
        sqlite3_result_double(context, loaded_->probability(pair.score, is_alone(pair.work)));
        break;
      default:
        return subject_rank(context, pair);
    }
    return {};
  }

 private:
  /// Nothing but features is left of a work without its only subject.
  bool is_alone(uint32_t work) const {
    const TrainData& data = work_.size() > 0 ? one_ : loaded_->works->data;
    return data.interactions.row(work).size() == 1;
  }
  /// The work of argument 3 as data of one work; false where a join meets one that is not known.
  Result<bool> read_work(ModelHandle& model, const TableArguments& arguments) {
    const auto id = id_of(arguments[2]);
    std::optional<WorkRow> work;
    if (id) {
      SUBJREC_ASSIGN(work, model.find_work(kName, *id));
    }
    if (!work && arguments.joined()) return false;
    if (!work && id) return model.unknown_id(kName, Kind::kWork, *id);
    if (!work) return arguments.wrong(2, "the id of a work");
    work_ = IdTable();
    work_.intern(*id);
    number_ = work->position;
    one_ = TrainData();
    one_.interactions = {1,
                         loaded_->stored.subjects.size(),
                         {0, work->subjects.size()},
                         work->subjects,
                         work->subject_weights};
    if (!work->features.empty()) {
      SparseRows& rows = one_.work_features;
      rows.n_rows = 1;
      rows.n_columns = loaded_->stored.features.size();
      rows.offsets = {0, work->features.size()};
      for (const WeightedFeature& f : work->features) {
        rows.columns.push_back(f.feature);
        rows.weights.push_back(f.weight);
      }
    }
    return true;
  }

  Status search(const TrainData& data, size_t k) {
    if (&data != &one_) work_ = IdTable();
    left_out_.emplace(loaded_->stored.model, *loaded_->fold_in, data, &data == &one_ ? number_ : 0);
    SqliteMonitor monitor(connection().db());
    ThreadTeam team(&data == &one_ ? 1 : resolve_threads(0));
    SUBJREC_ASSIGN(pairs_, left_out_->least(k, shift_, team, monitor));
    start(pairs_.size());
    return {};
  }

  Status subject_rank(sqlite3_context* context, const Outlier& pair) const {
    SqliteMonitor monitor(connection().db());
    SUBJREC_ASSIGN(const size_t rank, left_out_->rank(pair.work, pair.subject, shift_, monitor));
    sqlite3_result_int64(context, static_cast<int64_t>(rank));
    return {};
  }

  std::shared_ptr<ServedModel> loaded_;
  IdTable work_;         // the one that is asked for, or none
  TrainData one_;        // and what it carries
  uint32_t number_ = 0;  // of it in the catalogue
  std::vector<float> shift_;
  std::optional<LeaveOneOutScorer> left_out_;
  std::vector<Outlier> pairs_;
};

}  // namespace

int register_outliers(const std::shared_ptr<Connection>& connection) {
  return register_table_function<OutliersCursor>(connection);
}

}  // namespace subjrec
