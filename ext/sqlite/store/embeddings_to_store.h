// Embeddings of works as they are written, one after another. Those that a model leaves out are
// made in blocks, so that they are never all in memory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/work_rows.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

class EmbeddingsToStore {
 public:
  explicit EmbeddingsToStore(const StoredRun& run) : run_(run), rows_(run.model, run.data) {}

  /// The embedding of work w, valid until the next call; none where it is not to be stored. Works
  /// come in ascending order.
  Result<std::span<const float>> row(size_t w, Monitor& monitor);

 private:
  Status make_block(size_t first, Monitor& monitor);

  const StoredRun& run_;
  WorkRows rows_;
  std::optional<ThreadTeam> team_;  // once there is a block to make
  std::vector<float> block_;
  size_t first_ = 0;  // work of the block
  size_t end_ = 0;
};

}  // namespace subjrec
