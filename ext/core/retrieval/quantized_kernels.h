// The hot loop of top-k search, compiled once per instruction set (screen_scan.inc).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// Items stand in blocks of 32.
constexpr size_t kBlockItems = 32;

/// What a block's codes mean, and how far its items can reach. Rounded so that bounds hold.
struct BlockBound {
  double rest_key;      // over this block and all later ones: greatest center * |item| + bias,
  float rest_max_norm;  // greatest |item|,
  float rest_min_norm;  // least |item|
  float scale;          // a coordinate is about scale * (code - 64)
  float residual;       // greatest |item - its decoded coordinates|
  float norm;           // greatest |item|
  float bias;           // greatest |bias|
};

/// One query on the blocks of a QuantizedFilter.
struct QuantizedQuery {
  // Blocks; in a block, for each group of four dimensions (the last one padded with zeros), four
  // codes of 1..127 for each of the 32 items.
  const uint8_t* codes;
  const BlockBound* bounds;
  const float* bias;  // by slot, or null
  size_t groups;      // of four dimensions
  // A coordinate is about scale * code, codes of -127..127; four codes in an int32.
  const int32_t* query_codes;
  int32_t offset;  // -64 * sum of the codes
  double scale;
  // No score of block b or later is above rest_key + factor * rest_norm + slack, where rest_norm
  // is rest_max_norm for a positive factor and else rest_min_norm.
  double factor;
  double slack;
  // A score differs from what the codes say by no more than
  // norm * residual + error * (block norm + residual) + 2^-21 * block bias + tiny.
  double norm;  // |query|
  double error;
  double tiny;
};

/// From block `begin` on, finds the first block with an item whose score may reach `threshold`.
/// Writes which of its 32 items those are, one bit an item, and returns its number. Where there is
/// none before `end`, *mask is 0, and *exhausted says whether later blocks can be left out as well.
SUBJREC_MULTIVERSION(size_t, scan_screen,
                     (const QuantizedQuery& query, size_t begin, size_t end, float threshold,
                      uint32_t* mask, bool* exhausted),
                     (query, begin, end, threshold, mask, exhausted))

}  // namespace subjrec
