// The cursor of a model's table.
#pragma once

#include <optional>
#include <vector>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/retrieval/ranking.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

/// Columns of the model's table, in the order of its declaration.
enum class ModelColumn { kWork, kSubject, kScore, kProbability, kTagged, kCommand };

/// Which cells a query walks; idxNum of the plan.
///
///     plan      argv             rows, in this order
///     kAll                       every work in order of ids, its subjects best first
///     kWork     work_id          the subjects for that work, best first
///     kSubject  subject_id       the works for that subject, best first
///     kCell     work_id, subject_id   one
///
/// A plan with kAtLeast has one more value, the least probability that is wanted (the greatest is
/// the first row of a work or subject, so that a walk can end early). SQLite tests it again.
enum class ModelPlan { kAll = 0, kWork = 1, kSubject = 2, kCell = 3 };
constexpr int kAtLeast = 4;

class ModelCursor {
 public:
  explicit ModelCursor(Connection& connection)
      : monitor_(connection.db(), SqliteMonitor::First::kLater) {}

  /// What filter() wants the model to be opened for.
  static Need need(int plan) {
    const auto rows = static_cast<ModelPlan>(plan & ~kAtLeast);
    return rows == ModelPlan::kWork || rows == ModelPlan::kCell ? Need::kLists : Need::kAll;
  }
  Status filter(std::shared_ptr<ModelHandle> model, int plan, sqlite3_value** values);
  bool eof() const { return done_; }
  Status next();
  Status column(sqlite3_context* context, ModelColumn column) const;
  /// The cell's number, the same in every plan: that of the work times the number of subjects, plus
  /// that of the subject.
  int64_t rowid() const;

 private:
  std::optional<uint32_t> column_of(const IdView& id) const;
  bool want_at_least(sqlite3_value* value);
  Status start_work(const WorkRow& work);
  Status start_all_work();
  Status start_subject(uint32_t subject);
  Status read_hit();
  Status read_hit_of_this();
  Status pass_empty_works();
  double least_score() const;
  void set_cell(uint32_t item, float score);
  bool is_cold() const {
    return plan_ == ModelPlan::kSubject ? loaded_->works->data.interactions.row(item_).empty()
                                        : tags_.empty();
  }

  SqliteMonitor monitor_;
  std::shared_ptr<ModelHandle> model_;
  std::shared_ptr<ServedModel> loaded_;
  ModelPlan plan_ = ModelPlan::kAll;
  bool done_ = true;

  // The scores that a probability which is wanted asks of works with and without subjects.
  double least_warm_ = 0;
  double least_cold_ = 0;
  bool limited_ = false;

  Ranking ranking_;
  size_t rank_ = 0;

  // The work or subject that is fixed for now: its id, its number, and what it is tagged with.
  std::vector<char> fixed_bytes_;
  IdView fixed_;
  uint32_t fixed_position_ = 0;
  std::vector<uint32_t> tags_;
  float bias_ = 0;

  // The cell.
  uint32_t item_ = 0;
  float score_ = 0;
  bool tagged_ = false;
};

}  // namespace subjrec
