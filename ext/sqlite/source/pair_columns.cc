// Which columns of a source are the work, the subject and the weight of a pair, and the weight.
#include "sqlite/bindings/value.h"
#include "sqlite/source/source.h"

namespace subjrec {

PairColumns pair_columns(const SourceReader& reader) {
  PairColumns columns;
  const auto find = [&](const char* name) {
    for (int c = 0; c < reader.columns(); ++c) {
      const char* called = sqlite3_column_name(reader.statement(), c);
      if (called != nullptr && sqlite3_stricmp(called, name) == 0) return c;
    }
    return -1;
  };
  const int work = find("work_id");
  const int subject = find("subject_id");
  columns.named = work >= 0 && subject >= 0;
  if (columns.named) {
    columns.work = work;
    columns.subject = subject;
    columns.weight = find("weight");
  } else if (reader.columns() > 2) {
    columns.weight = 2;
  }
  return columns;
}

Result<float> pair_weight(std::string_view who, const SourceReader& reader,
                          const PairColumns& columns) {
  if (columns.weight < 0) return 1.0f;
  sqlite3_value* value = reader.value(columns.weight);
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) return 0.0f;
  const double weight = sqlite3_value_double(value);
  const bool number = (type == SQLITE_INTEGER || type == SQLITE_FLOAT) && weight >= 0;
  if (number && is_weight(weight)) return static_cast<float>(weight);
  const std::string column = std::string(who) + ": row " + std::to_string(reader.rows()) +
                             " of the source: column " + std::to_string(columns.weight + 1) + " (" +
                             sqlite3_column_name(reader.statement(), columns.weight) +
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

}  // namespace subjrec
