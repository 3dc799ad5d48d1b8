#include <string>
#include <vector>

#include "sqlite/store/row_reader.h"
#include "sqlite/store/shadow_tables.h"
#include "sqlite/store/stored_subjects.h"

namespace subjrec {
namespace {

/// Reads rec_works.
class WorksReader : public RowReader {
 public:
  using RowReader::RowReader;

  Status works(StoredModel* stored, StoredWorks* works) {
    stored->model.works.clear();
    const size_t dim = stored->computed ? 0 : stored->model.dim;
    reserve(stored->n_works * dim, &stored->model.works);
    return each_work(*stored, &works->data, [&](const Statement& query, const std::string& shown) {
      SUBJREC_TRY(add_id(query, "works", shown, &works->ids));
      return append(query.blob(2), dim, "works", shown, &stored->model.works);
    });
  }

  Status catalogue(const StoredModel& stored, TrainData* data) {
    return each_work(stored, data, [](const Statement&, const std::string&) { return Status(); });
  }

 private:
  /// Reads what works carry; `also(query, shown)` is what else is wanted of each row.
  template <class F>
  Status each_work(const StoredModel& stored, TrainData* data, const F& also) {
    SUBJREC_ASSIGN(Statement query, Statement::prepare(db_, who_, select("works")));
    RowChecksums sums(stored.n_works);
    Interactions& y = data->interactions;
    SparseRows& f = data->work_features;
    y.n_subjects = stored.subjects.size();
    f.n_columns = stored.features.size();
    y.offsets.push_back(0);
    f.offsets.push_back(0);
    int64_t n_interactions = 0;
    SUBJREC_TRY(number<int64_t>(stored.config, "n_interactions", 0, &n_interactions));
    for (size_t w = 0;; ++w) {
      if (w % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const bool row, query.step(who_));
      if (!row) break;
      const std::string shown = "work n = " + std::to_string(query.integer(0));
      SUBJREC_TRY(next_row(query, w, "works"));
      SUBJREC_TRY(also(query, shown));
      SUBJREC_TRY(append_subjects(query, shown, stored.weighted, &y));
      SUBJREC_TRY(append_features(query, shown, &f));
      add_columns(query, checked_column_count("works"), sums.next_row());
    }
    if (f.columns.empty()) f = SparseRows();
    if (static_cast<int64_t>(y.nnz()) != n_interactions) {
      return corrupt(who_, name_, "works",
                     "its works carry " + std::to_string(y.nnz()) + " subjects, and " +
                         name_.shown() + "_config says " + std::to_string(n_interactions));
    }
    SUBJREC_TRY(full(y.n_works, stored.n_works, "works", stored.config, sums));
    return checks_ == Checks::kChecksums ? check_counts(y, stored) : Status();
  }

  /// What rec_subjects says of how many works carry each subject is what the works say; where they
  /// are those of one shard of many, no less.
  Status check_counts(const Interactions& y, const StoredModel& stored) const {
    const std::vector<uint32_t> counts = y.subject_counts();
    const bool all_here = stored.n_works_counted == stored.n_works;
    for (size_t s = 0; s < counts.size(); ++s) {
      const int64_t said = stored.subject_works[s];
      if (all_here ? said == int64_t{counts[s]} : said >= int64_t{counts[s]}) continue;
      return not_as_stored(who_, name_, "subjects",
                           "it says that " + std::to_string(said) + " works carry subject n = " +
                               std::to_string(s) + ", and " + std::to_string(counts[s]) + " do");
    }
    return {};
  }

  Status append_subjects(const Statement& query, const std::string& shown, bool weighted,
                         Interactions* y) {
    SUBJREC_TRY(read_subjects(who_, name_, shown, query.blob(3), y->n_subjects, weighted,
                              &positions_, &weights_));
    y->subjects.insert(y->subjects.end(), positions_.begin(), positions_.end());
    y->weights.insert(y->weights.end(), weights_.begin(), weights_.end());
    y->offsets.push_back(y->subjects.size());
    ++y->n_works;
    return {};
  }

  Status append_features(const Statement& query, const std::string& shown, SparseRows* f) {
    SUBJREC_TRY(
        read_positions(who_, name_, "works", shown, query.blob(4), f->n_columns, &positions_));
    f->columns.insert(f->columns.end(), positions_.begin(), positions_.end());
    f->weights.resize(f->columns.size(), 1.0f);
    if (!query.is_null(5)) {
      SUBJREC_TRY(read_floats(who_, name_, "works", shown, query.blob(5),
                              std::span(f->weights).last(positions_.size())));
    }
    f->offsets.push_back(f->columns.size());
    ++f->n_rows;
    return {};
  }

  std::vector<float> weights_;  // scratch of one row
};

}  // namespace

Result<StoredWorks> read_works(sqlite3* db, std::string_view who, const ModelName& name,
                               StoredModel* model, Monitor& monitor, Checks checks) {
  StoredWorks works;
  SUBJREC_TRY(WorksReader(db, who, name, checks, monitor).works(model, &works));
  return works;
}

Result<TrainData> read_catalogue(sqlite3* db, std::string_view who, const ModelName& name,
                                 const StoredModel& model, Monitor& monitor) {
  TrainData data;
  SUBJREC_TRY(WorksReader(db, who, name, Checks::kChecksums, monitor).catalogue(model, &data));
  return data;
}

}  // namespace subjrec
