#include "core/retrieval/ranking.h"

#include <algorithm>

#include "core/retrieval/select_top_k.h"

namespace subjrec {
namespace {

constexpr size_t kSecondStep = 512;

}  // namespace

void Ranking::start(const TopKIndex& index, std::span<const float> query,
                    std::span<const uint32_t> exclude, size_t first) {
  index_ = &index;
  query_.assign(query.begin(), query.end());
  exclude_.assign(exclude.begin(), exclude.end());
  size_ = index.size() - exclude.size();
  first_ = first;
  hits_.clear();
}

void Ranking::start(std::span<const float> scores, double least) {
  std::vector<uint32_t> wanted;
  for (uint32_t i = 0; i < scores.size(); ++i) {
    if (double{scores[i]} >= least) wanted.push_back(i);
  }
  size_ = wanted.size();
  select_top_k_among(scores, size_, wanted, &hits_);
}

Result<const ScoredItem*> Ranking::at(size_t rank, Monitor& monitor) {
  if (rank >= hits_.size()) {
    size_t wanted = size_;
    if (rank < first_) {
      wanted = first_;
    } else if (rank < kSecondStep) {
      wanted = kSecondStep;
    }
    SUBJREC_TRY(index_->top_k(query_, wanted, exclude_, monitor, &scratch_, &hits_));
  }
  return &hits_[rank];
}

}  // namespace subjrec
