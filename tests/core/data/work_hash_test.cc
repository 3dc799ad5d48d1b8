#include "core/data/work_hash.h"

#include <gtest/gtest.h>

#include <set>

namespace subjrec {
namespace {

TEST(HashIndex, FindsEveryHashAndNoOther) {
  Monitor never;
  std::vector<uint64_t> hashes;
  for (uint64_t i = 0; i < 1000; ++i) hashes.push_back(splitmix64(i));
  for (uint64_t i = 1; i < 40; ++i) hashes.push_back(i << 32);  // all in one slot
  const auto index = *HashIndex::build(hashes, never);
  ASSERT_TRUE(index);
  for (size_t i = 0; i < hashes.size(); ++i) EXPECT_EQ(index->find(hashes[i]), i);
  for (uint64_t i = 1000; i < 2000; ++i) EXPECT_EQ(index->find(splitmix64(i)), HashIndex::kNone);
  EXPECT_EQ(index->find(uint64_t{40} << 32), HashIndex::kNone);
}

TEST(HashIndex, IsNoneOfEqualHashes) {
  Monitor never;
  EXPECT_FALSE(*HashIndex::build({1, 2, 1}, never));
  EXPECT_TRUE((*HashIndex::build({}, never)).has_value());
}

TEST(CarriedHash, TellsSubjectsAndWeightsApart) {
  std::set<uint64_t> found;
  for (const uint64_t subject : {1, 2, 3}) {
    for (const float weight : {1.0f, 0.5f, 2.0f}) found.insert(carried_hash(subject, weight));
  }
  EXPECT_EQ(found.size(), 9u);
}

}  // namespace
}  // namespace subjrec
