// Rows of a source as (work, subject, weight): which columns they are, and which rows are no pair.
#pragma once

#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// The pairs of a source, one step at a time. Its columns are those called work_id, subject_id and
/// weight, wherever they stand; in a source that does not name both ids the first, the second and
/// the third.
class PairReader {
 public:
  static Result<PairReader> open(sqlite3* db, std::string_view who, const SourceText& source);

  /// Goes to the next row that is a pair: both ids are there, and so is a weight above 0. False:
  /// there are no more. Code::kInvalid for a weight below 0, that is no number, or not from
  /// kLeastWeight to kGreatestWeight (core/data/interactions.h).
  Result<bool> next(Monitor& monitor);
  /// An id of that row, valid until the other is asked for.
  Result<IdView> work() { return reader_.id(work_, "work"); }
  Result<IdView> subject() { return reader_.id(subject_, "subject"); }
  /// 1 where the source has no such column.
  float weight() const { return weight_; }

  bool weighted() const { return weight_column_ >= 0; }
  size_t rows() const { return reader_.rows(); }
  size_t nulls() const { return nulls_; }            // rows with a NULL work or subject
  size_t weightless() const { return weightless_; }  // rows with a weight of 0 or NULL
  size_t recoded() const { return reader_.recoded(); }

  /// After the last row, of which there were `works` distinct ones: refuses a table of three
  /// columns or more that names none of them and whose first is another in each row, as an id of
  /// its rows is.
  Status check_first_column(size_t works) const;

 private:
  PairReader(SourceReader reader, std::string_view who);
  Result<float> read_weight() const;

  SourceReader reader_;
  std::string who_;
  int work_ = 0;
  int subject_ = 1;
  int weight_column_ = -1;  // none
  bool named_ = false;      // the source calls two of its columns work_id and subject_id
  float weight_ = 1;
  size_t nulls_ = 0;
  size_t weightless_ = 0;
};

}  // namespace subjrec
