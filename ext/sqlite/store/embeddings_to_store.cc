#include "sqlite/store/embeddings_to_store.h"

#include <algorithm>

namespace subjrec {

Result<std::span<const float>> EmbeddingsToStore::row(size_t w, Monitor& monitor) {
  if (run_.computed_works) return std::span<const float>();
  if (run_.work_embedding) return run_.work_embedding(w);
  const size_t dim = run_.model.dim;
  if (!run_.model.computes_works()) return std::span(run_.model.works).subspan(w * dim, dim);
  if (w < first_ || w >= end_) SUBJREC_TRY(make_block(w, monitor));
  return std::span<const float>(block_).subspan((w - first_) * dim, dim);
}

Status EmbeddingsToStore::make_block(size_t first, Monitor& monitor) {
  constexpr size_t kWorks = 8192;
  constexpr size_t kInAPiece = 256;
  const size_t dim = run_.model.dim;
  first_ = first;
  end_ = std::min(run_.works.size(), first + kWorks);
  block_.resize((end_ - first_) * dim);
  if (!team_) team_.emplace(resolve_threads(run_.threads));
  return team_->run((end_ - first_ + kInAPiece - 1) / kInAPiece,
                    [&](size_t piece) {
                      const size_t begin = first_ + piece * kInAPiece;
                      for (size_t w = begin; w < std::min(end_, begin + kInAPiece); ++w) {
                        rows_.copy_row(w, block_.data() + (w - first_) * dim);
                      }
                    },
                    monitor);
}

}  // namespace subjrec
