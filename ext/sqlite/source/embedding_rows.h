// Embeddings that were trained elsewhere, as rows of (id, embedding [, bias]).
#pragma once

#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// Ids with their embeddings and biases, in the order of the ids.
struct EmbeddingRows {
  IdTable ids;
  size_t dim = 0;
  std::vector<float> embeddings;
  std::vector<float> biases;
};

/// At least one row; all embeddings have one length, and an id comes once.
Result<EmbeddingRows> read_embedding_rows(sqlite3* db, std::string_view who,
                                          const SourceText& source, Monitor& monitor);

}  // namespace subjrec
