#include "core/train/bce/batch.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace subjrec {
namespace {

TEST(BatchBegin, CutsAsArraySplitDoes) {
  // numpy.array_split(range(11), 4): 3, 3, 3, 2.
  const size_t begins[] = {0, 3, 6, 9, 11};
  for (size_t b = 0; b < 5; ++b) EXPECT_EQ(batch_begin(11, 4, b), begins[b]);
  EXPECT_EQ(batch_begin(5, 1, 1), 5u);
}

TEST(BatchBuilder, ListsEachSubjectOnceAndEveryPositive) {
  const Interactions y =
      make_interactions({{0, 2}, {0, 5}, {1, 1}, {2, 2}, {2, 3}, {3, 0}, {3, 2}, {3, 5}}, 4, 6);
  BatchBuilder builder(y);
  Batch batch;
  for (const std::vector<uint32_t>& works :
       {std::vector<uint32_t>{3, 0, 2}, {1}, {2, 1, 0, 3}, {0}}) {
    builder.build(works, &batch);
    EXPECT_EQ(batch.works, works);
    ASSERT_EQ(batch.offsets.size(), batch.subjects.size() + 1);
    std::set<std::pair<uint32_t, uint32_t>> expected;
    std::set<uint32_t> distinct;
    for (uint32_t p = 0; p < works.size(); ++p) {
      for (const uint32_t s : y.row(works[p])) {
        expected.emplace(p, s);
        distinct.insert(s);
      }
    }
    EXPECT_EQ(std::set<uint32_t>(batch.subjects.begin(), batch.subjects.end()), distinct);
    EXPECT_EQ(batch.subjects.size(), distinct.size());
    std::set<std::pair<uint32_t, uint32_t>> found;
    for (size_t j = 0; j < batch.subjects.size(); ++j) {
      for (uint32_t i = batch.offsets[j]; i < batch.offsets[j + 1]; ++i) {
        if (i > batch.offsets[j]) {
          EXPECT_LT(batch.positives[i - 1], batch.positives[i]);
        }
        found.emplace(batch.positives[i], batch.subjects[j]);
      }
    }
    EXPECT_EQ(found, expected);
    EXPECT_EQ(batch.positives.size(), expected.size());
  }
}

}  // namespace
}  // namespace subjrec
