#include "sqlite/source/embedding_rows.h"

#include <algorithm>

#include "sqlite/bindings/value.h"
#include "sqlite/source/vectors.h"

namespace subjrec {
namespace {

/// Puts ids in order and the rows after them.
Status sort_by_id(EmbeddingRows* rows, Monitor& monitor) {
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, rows->ids.sort(monitor));
  EmbeddingRows sorted;
  Poll poll(monitor, 1 << 12);
  SUBJREC_TRY(grow_zeroed(&sorted.embeddings, rows->embeddings.size(), monitor));
  sorted.biases.resize(rows->biases.size());
  for (size_t i = 0; i < moved.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    const auto from = rows->embeddings.begin() + static_cast<ptrdiff_t>(i * rows->dim);
    std::copy_n(from, rows->dim,
                sorted.embeddings.begin() + static_cast<ptrdiff_t>(moved[i] * rows->dim));
    sorted.biases[moved[i]] = rows->biases[i];
  }
  rows->embeddings = std::move(sorted.embeddings);
  rows->biases = std::move(sorted.biases);
  return {};
}

}  // namespace

Result<EmbeddingRows> read_embedding_rows(sqlite3* db, std::string_view who,
                                          const SourceText& source, Monitor& monitor) {
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, who, source));
  EmbeddingRows rows;
  std::vector<float> row;
  for (;;) {
    SUBJREC_ASSIGN(const bool more, reader.next(monitor));
    if (!more) break;
    const std::string where =
        std::string(who) + ": " + source.argument + ", row " + std::to_string(reader.rows()) + ": ";
    SUBJREC_ASSIGN(const IdView id, reader.id(0, "first"));
    if (rows.ids.find(id)) {
      return Status(Code::kInvalid, where + "the id " + id_text(id) + " came before");
    }
    if (const Status status = read_vector(reader.value(1), &row); !status.ok()) {
      return Status(status.code(), where + status.message());
    }
    if (rows.dim == 0) rows.dim = row.size();
    if (row.size() != rows.dim || row.empty()) {
      return Status(Code::kInvalid, where + "the embedding has " + std::to_string(row.size()) +
                                        " dimensions, and those before it " +
                                        std::to_string(rows.dim));
    }
    rows.ids.intern(id);
    rows.embeddings.insert(rows.embeddings.end(), row.begin(), row.end());
    const double bias = reader.columns() > 2 ? sqlite3_value_double(reader.value(2)) : 0;
    rows.biases.push_back(static_cast<float>(bias));
  }
  if (rows.ids.size() == 0) {
    return Status(Code::kInvalid, std::string(who) + ": " + source.argument + " gives no rows");
  }
  SUBJREC_TRY(sort_by_id(&rows, monitor));
  return rows;
}

}  // namespace subjrec
