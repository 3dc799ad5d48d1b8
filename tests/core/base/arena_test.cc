#include "core/base/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace subjrec {
namespace {

TEST(Arena, PiecesAreAlignedAndApart) {
  Arena arena(64);
  std::vector<std::pair<unsigned char*, size_t>> pieces;
  for (int round = 0; round < 2; ++round) {
    pieces.clear();
    for (size_t i = 0; i < 500; ++i) {
      const size_t alignment = size_t{1} << (i % 7);
      const size_t bytes = i * 37 % 300;
      auto* piece = static_cast<unsigned char*>(arena.allocate(bytes, alignment));
      ASSERT_NE(piece, nullptr);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(piece) % alignment, 0u);
      std::memset(piece, static_cast<int>(i % 251), bytes);
      pieces.emplace_back(piece, bytes);
    }
    for (size_t i = 0; i < pieces.size(); ++i) {
      for (size_t j = 0; j < pieces[i].second; ++j) ASSERT_EQ(pieces[i].first[j], i % 251);
    }
    arena.release();
  }
}

}  // namespace
}  // namespace subjrec
