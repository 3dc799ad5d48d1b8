#include "core/retrieval/equal_labels.h"

#include <gtest/gtest.h>

namespace subjrec {
namespace {

/// Subject 0: "bee", "honey insect"; 2: "insect honey"; 3: "honey"; 1 has none.
SubjectLabels labels() {
  SubjectLabels out;
  out.words = {{0, 1, 2, 3}, {0, 1, 2}};
  out.subjects = {0, 0, 2, 3};
  out.labels = {{0, 1, 3, 5, 6}, {0, 1, 2, 1, 2, 1}};
  return out;
}

TEST(EqualLabels, AreThoseOfTheSameWords) {
  const SubjectLabels l = labels();
  EXPECT_TRUE(have_equal_label(l, 0, 2));
  EXPECT_TRUE(have_equal_label(l, 2, 0));
  EXPECT_FALSE(have_equal_label(l, 2, 3)) << "a part of it";
  EXPECT_FALSE(have_equal_label(l, 1, 0));
  EXPECT_FALSE(have_equal_label(l, 1, 9));
}

TEST(EqualLabels, RepeatOtherSubjectsAlone) {
  const SubjectLabels l = labels();
  const ScoredItem hits[] = {{3, 1.0f}, {0, 0.5f}};
  EXPECT_TRUE(repeats_label(l, 2, hits, {}));
  EXPECT_FALSE(repeats_label(l, 0, hits, {}));
  const uint32_t carried[] = {2};
  EXPECT_TRUE(repeats_label(l, 0, hits, carried));
  EXPECT_FALSE(repeats_label(l, 2, {}, carried));
}

}  // namespace
}  // namespace subjrec
