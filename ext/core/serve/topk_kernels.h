// The hot loops of top-k search, compiled once per instruction set (topk_scan.inc).
//
// Items stand in blocks of 32, a block dimension by dimension: the values of dimension j of its
// items are block[j * 32 .. j * 32 + 31]. A lane of the processor is one item, so the sum over
// dimensions runs in the same order, and rounds the same, on every instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

constexpr size_t kBlockItems = 32;

/// A prepared matrix and one query on it.
struct BlockScan {
  const float* blocks;  // n_blocks x dim x 32, 64-byte aligned
  const float* bias;    // n_blocks x 32, 64-byte aligned, or null
  size_t dim;
  const float* query;  // dim
  // No item of block b or of any later one scores above key[b] + factor * norm[b] + slack.
  const double* key;
  const double* norm;
  double factor;
  double slack;
};

/// From block `begin` on, finds the first block with a score of at least `threshold`. Writes its
/// 32 scores and, one bit an item, which of them reach the threshold, and returns its number.
/// Returns `end` where there is none, or where the bound shows that none can follow; in that case
/// *mask is 0 and *exhausted says which.
SUBJREC_MULTIVERSION(size_t, scan_blocks,
                     (const BlockScan& scan, size_t begin, size_t end, float threshold,
                      float* scores, uint32_t* mask, bool* exhausted),
                     (scan, begin, end, threshold, scores, mask, exhausted))

/// All scores of the blocks begin .. end - 1, 32 a block.
SUBJREC_MULTIVERSION(void, score_blocks,
                     (const BlockScan& scan, size_t begin, size_t end, float* scores),
                     (scan, begin, end, scores))

}  // namespace subjrec
