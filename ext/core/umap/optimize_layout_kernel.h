// The turns of up to sixteen points at once, a vector lane each.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/simd/isa.h"

namespace subjrec {

/// What turns read. Points that move are rows of the edges; points they look at are columns.
struct Turns {
  const size_t* begin;       // of each row's edges
  const uint32_t* neighbor;  // an edge's other end
  const uint32_t* rate;      // how often it comes up: 2^32 is every epoch
  const float* from;         // where the moving points stand, x and y by turns
  const float* others;       // where the points they look at stand
  uint32_t n_others;
  bool same;        // the moving points are among the others, under the same numbers
  bool one_stream;  // every point draws the same negatives
  float a;
  float b;
  uint32_t negatives;  // per edge that comes up
  uint32_t epoch;      // from 1
  uint32_t key;        // of this epoch's draws
  float rate_now;      // the learning rate
};

/// How far a point's turn pulls the other end of an edge.
struct Reaction {
  uint32_t point;
  float x;
  float y;
};

/// The points first .. first + lanes - 1, lanes <= 16, take their turn; `to` is where they end.
/// Writes the reactions of their edges, where there is a place for them: at the most one for each
/// edge of these points. Returns how many.
SUBJREC_MULTIVERSION(size_t, take_turns,
                     (const Turns& turns, size_t first, size_t lanes, float* to,
                      Reaction* reactions),
                     (turns, first, lanes, to, reactions))

}  // namespace subjrec
