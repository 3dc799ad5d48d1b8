#include "sqlite/store/model_cursor.h"

#include <algorithm>
#include <limits>

#include "core/base/status.h"
#include "core/model/item_weights.h"
#include "core/model/work_rows.h"
#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

constexpr size_t kLikelyRead = 64;  // rows of a work

}  // namespace

Status ModelCursor::filter(std::shared_ptr<ModelHandle> model, int plan, sqlite3_value** values) {
  model_ = std::move(model);
  loaded_ = model_->loaded();
  plan_ = static_cast<ModelPlan>(plan & ~kAtLeast);
  done_ = true;
  fixed_position_ = 0;
  const int ids = (plan & 1) + (plan >> 1 & 1);
  limited_ = (plan & kAtLeast) != 0;
  least_warm_ = least_cold_ = -std::numeric_limits<double>::infinity();
  if (limited_ && !want_at_least(values[ids])) return {};
  if (plan_ == ModelPlan::kAll) {
    SUBJREC_TRY(model_->need_whole_catalogue("subjrec"));
    SUBJREC_TRY(start_all_work());
    return pass_empty_works();
  }
  const auto first = id_of(values[0]);
  if (!first) return {};
  fixed_bytes_.assign(first->bytes.begin(), first->bytes.end());
  fixed_ = {first->kind, first->integer, {fixed_bytes_.data(), fixed_bytes_.size()}};
  if (plan_ == ModelPlan::kSubject) {
    const auto subject = column_of(fixed_);
    return subject ? start_subject(*subject) : Status();
  }
  SUBJREC_ASSIGN(auto work, model_->find_work("subjrec", fixed_));
  if (!work) return {};
  if (plan_ == ModelPlan::kWork) return start_work(*work);

  const auto second = id_of(values[1]);
  const auto subject = second ? column_of(*second) : std::nullopt;
  if (!subject) return {};
  tags_ = work->subjects;
  fixed_position_ = work->position;
  SUBJREC_ASSIGN(const float score, loaded_->score(*work, *subject));
  set_cell(*subject, score);
  done_ = false;
  const ScoredItem cell{*subject, score};
  return model_->check_listed("subjrec", {&cell, 1});
}

/// As of any table, the rows of an id are those that have it: none for a twin's, which other
/// functions take for its canonical subject's.
std::optional<uint32_t> ModelCursor::column_of(const IdView& id) const {
  const auto found = model_->find_subject(id);
  const bool twin = found && !(loaded_->stored.subjects[*found] == id);
  return twin ? std::nullopt : found;
}

/// Compares as SQLite does with a column of reals: a text that is a number is that number, any
/// other text and a BLOB are greater than all numbers, and nothing is as great as NULL. False: no
/// row.
bool ModelCursor::want_at_least(sqlite3_value* value) {
  const int type = sqlite3_value_numeric_type(value);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return false;
  const double wanted = sqlite3_value_double(value);
  least_warm_ = loaded_->curve.least_score(wanted);
  least_cold_ = loaded_->cold_curve.least_score(wanted);
  return true;
}

Status ModelCursor::start_work(const WorkRow& work) {
  tags_ = work.subjects;
  fixed_position_ = work.position;
  SUBJREC_TRY(loaded_->rank(work, &ranking_, monitor_, kLikelyRead, least_score()));
  if (loaded_->stored.for_lists) {  // now: a walk goes on when the model is another
    for (size_t i = 0; i < std::min(kLikelyRead, ranking_.size()); ++i) {
      SUBJREC_ASSIGN(const ScoredItem* hit, ranking_.at(i, monitor_));
      SUBJREC_TRY(model_->check_listed("subjrec", {hit, 1}));
    }
  }
  rank_ = 0;
  return read_hit();
}

/// What ends a walk: of a subject's works some may be without subjects.
double ModelCursor::least_score() const {
  if (plan_ == ModelPlan::kSubject) return std::min(least_warm_, least_cold_);
  return tags_.empty() ? least_cold_ : least_warm_;
}

/// The work at fixed_position_, for a walk over all; past the last one, the end.
Status ModelCursor::start_all_work() {
  const StoredWorks& works = *loaded_->works;
  done_ = fixed_position_ >= works.ids.size();
  if (done_) return {};
  fixed_ = works.ids[fixed_position_];
  const SubjectRow row = works.data.interactions.weighted_row(fixed_position_);
  tags_.assign(row.begin(), row.end());
  const size_t dim = loaded_->stored.model.dim;
  std::vector<float> embedding(dim);
  WorkRows(loaded_->stored.model, works.data).copy_row(fixed_position_, embedding.data());
  SUBJREC_TRY(loaded_->rank({fixed_position_,
                             std::move(embedding),
                             tags_,
                             features_of(works.data, fixed_position_),
                             {row.weights.begin(), row.weights.end()}},
                            &ranking_, monitor_,
                            limited_ ? kLikelyRead : loaded_->stored.subjects.size(),
                            least_score()));
  rank_ = 0;
  return read_hit_of_this();
}

Status ModelCursor::start_subject(uint32_t subject) {
  fixed_position_ = subject;
  bias_ = 0;
  rank_ = 0;
  const Model& model = loaded_->stored.model;
  if (loaded_->blend) {
    SUBJREC_TRY(model_->need_whole_catalogue("subjrec"));
    ThreadTeam team(resolve_threads(0));
    SUBJREC_ASSIGN(const std::vector<float> scores,
                   loaded_->blend->scores_of_works(subject, team, monitor_));
    ranking_.start(scores, least_score());
    return read_hit();
  }
  if (loaded_->weighted()) {
    SUBJREC_TRY(model_->need_works("subjrec"));
    const std::vector<float> scores = score_works_by_weights(model, loaded_->works->data, subject);
    ranking_.start(scores, least_score());
    return read_hit();
  }
  SUBJREC_TRY(model_->need_work_scores("subjrec"));
  if (!model.subject_bias.empty()) bias_ = model.subject_bias[subject];
  ranking_.start(*loaded_->work_scores, loaded_->subject(subject), {});
  return read_hit();
}

/// The next row, of this work or of one of those behind it.
Status ModelCursor::read_hit() {
  SUBJREC_TRY(read_hit_of_this());
  return pass_empty_works();
}

Status ModelCursor::pass_empty_works() {
  while (done_ && plan_ == ModelPlan::kAll && fixed_position_ < loaded_->works->ids.size()) {
    if (monitor_.stop()) return Status::interrupted();
    ++fixed_position_;
    SUBJREC_TRY(start_all_work());
  }
  return {};
}

Status ModelCursor::read_hit_of_this() {
  done_ = rank_ >= ranking_.size();
  if (done_) return {};
  SUBJREC_ASSIGN(const ScoredItem* hit, ranking_.at(rank_, monitor_));
  const float score = plan_ == ModelPlan::kSubject ? hit->score + bias_ : hit->score;
  done_ = double{score} < least_score();
  if (!done_) set_cell(hit->item, score);
  return {};
}

void ModelCursor::set_cell(uint32_t item, float score) {
  item_ = item;
  score_ = score;
  if (plan_ == ModelPlan::kSubject) {
    const auto row = loaded_->works->data.interactions.row(item);
    tagged_ = std::binary_search(row.begin(), row.end(), fixed_position_);
  } else {
    tagged_ = std::binary_search(tags_.begin(), tags_.end(), item);
  }
}

Status ModelCursor::next() {
  if (plan_ == ModelPlan::kCell) {
    done_ = true;
    return {};
  }
  if (monitor_.stop()) return Status::interrupted();
  ++rank_;
  return read_hit();
}

Status ModelCursor::column(sqlite3_context* context, ModelColumn column) const {
  const bool by_subject = plan_ == ModelPlan::kSubject;
  switch (column) {
    case ModelColumn::kWork:
      result_id(context, by_subject ? loaded_->works->ids[item_] : fixed_);
      break;
    case ModelColumn::kSubject:
      result_id(context, by_subject ? fixed_ : loaded_->stored.subjects[item_]);
      break;
    case ModelColumn::kScore:
      sqlite3_result_double(context, double{score_});
      break;
    case ModelColumn::kProbability:
      sqlite3_result_double(context, loaded_->probability(score_, is_cold()));
      break;
    case ModelColumn::kTagged:
      sqlite3_result_int(context, tagged_ ? 1 : 0);
      break;
    case ModelColumn::kCommand:
      break;
  }
  return {};
}

int64_t ModelCursor::rowid() const {
  const bool by_subject = plan_ == ModelPlan::kSubject;
  const int64_t work = by_subject ? item_ : fixed_position_;
  const int64_t subject = by_subject ? fixed_position_ : item_;
  return work * static_cast<int64_t>(loaded_->stored.subjects.size()) + subject;
}

}  // namespace subjrec
