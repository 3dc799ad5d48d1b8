#include "sqlite/source/pair_reader.h"

#include <utility>

#include "core/data/interactions.h"
#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

/// The first column called `name`; -1: none is.
int find_column(const SourceReader& reader, const char* name) {
  for (int c = 0; c < reader.columns(); ++c) {
    const char* called = sqlite3_column_name(reader.statement(), c);
    if (called != nullptr && sqlite3_stricmp(called, name) == 0) return c;
  }
  return -1;
}

}  // namespace

PairReader::PairReader(SourceReader reader, std::string_view who)
    : reader_(std::move(reader)), who_(who) {
  const int work = find_column(reader_, "work_id");
  const int subject = find_column(reader_, "subject_id");
  named_ = work >= 0 && subject >= 0;
  if (named_) {
    work_ = work;
    subject_ = subject;
    weight_column_ = find_column(reader_, "weight");
  } else if (reader_.columns() > 2) {
    weight_column_ = 2;
  }
}

Result<PairReader> PairReader::open(sqlite3* db, std::string_view who, const SourceText& source) {
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, who, source));
  return PairReader(std::move(reader), who);
}

Result<bool> PairReader::next(Monitor& monitor) {
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader_.next(monitor));
    if (!row) return false;
    if (reader_.is_null(work_) || reader_.is_null(subject_)) {
      ++nulls_;
      continue;
    }
    SUBJREC_ASSIGN(weight_, read_weight());
    if (weight_ > 0) return true;
    ++weightless_;
  }
}

/// 0 for NULL.
Result<float> PairReader::read_weight() const {
  if (weight_column_ < 0) return 1.0f;
  sqlite3_value* value = reader_.value(weight_column_);
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) return 0.0f;
  const double weight = sqlite3_value_double(value);
  const bool number = (type == SQLITE_INTEGER || type == SQLITE_FLOAT) && weight >= 0;
  if (number && is_weight(weight)) return static_cast<float>(weight);
  const std::string column = who_ + ": row " + std::to_string(reader_.rows()) +
                             " of the source: column " + std::to_string(weight_column_ + 1) + " (" +
                             sqlite3_column_name(reader_.statement(), weight_column_) +
                             ") is the weight of the pair and must be a number ";
  if (number) {
    return Status(Code::kInvalid, column + "from 0.000000001 to 10000, or 0 for no pair, got " +
                                      shown(value) +
                                      "; divide all weights, or take their logarithms");
  }
  return Status(Code::kInvalid,
                column + "from 0 on, got " + shown(value) +
                    "; where it is none, say SELECT ... AS work_id, ... AS subject_id FROM ...");
}

Status PairReader::check_first_column(size_t works) const {
  if (named_ || reader_.columns() < 3 || works < 2 || works != reader_.rows()) return {};
  const std::string first = sqlite3_column_name(reader_.statement(), 0);
  return {Code::kInvalid,
          who_ + ": the first column of the source (" + first +
              ") is another in every row, as an id of the rows is, and no columns are called "
              "work_id and subject_id; say which ones are: SELECT ... AS work_id, ... AS "
              "subject_id FROM ..."};
}

}  // namespace subjrec
