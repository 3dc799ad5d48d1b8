#include "core/model/label_matches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace subjrec {
namespace {

using ::testing::ElementsAre;

/// Features 0 to 5: the words bee and bees (one stem), culture, star, of, comet.
SubjectLabels labels() {
  SubjectLabels out;
  out.words = {{0, 2, 3, 4, 5, 6}, {0, 1, 2, 3, 4, 5}};
  // "bees"; "bee culture"; "culture of stars"; and of the last a second label, "comets"
  out.subjects = {0, 1, 3, 3};
  out.labels = {{0, 1, 3, 6, 7}, {0, 0, 1, 1, 2, 3, 4}};
  return out;
}

std::vector<LabelMatch> found(const LabelMatches& index, std::vector<uint32_t> features) {
  std::vector<WeightedFeature> weighted;
  for (const uint32_t f : features) weighted.push_back({f, 0.5f});
  LabelScratch scratch;
  std::vector<LabelMatch> out;
  index.find(weighted, &scratch, &out);
  index.find(weighted, &scratch, &out);  // the scratch is as it was
  return out;
}

TEST(LabelMatches, FindsWholeLabelsByAnyFormOfTheirWords) {
  Monitor monitor;
  const SubjectLabels l = labels();
  const auto index = LabelMatches::build(l, monitor);
  ASSERT_TRUE(index.ok());
  for (const uint32_t form : {0u, 1u}) {
    const auto bees = found(*index, {form});
    ASSERT_EQ(bees.size(), 2u) << "of bee culture there is a half";
    EXPECT_EQ(bees[0].subject, 0u);
    EXPECT_EQ(bees[0].share, 1);
    EXPECT_EQ(bees[1].share, 0.5f);
  }
  const auto both = found(*index, {0, 1, 2, 77});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[1].subject, 1u);
  EXPECT_EQ(both[1].share, 1);
  const auto part = found(*index, {2, 3});
  ASSERT_EQ(part.size(), 2u) << "a half of bee culture, and culture and star of the last";
  EXPECT_EQ(part[0].share, 0.5f);
  EXPECT_EQ(part[1].subject, 3u);
  EXPECT_LT(part[1].share, 1);
  EXPECT_EQ(found(*index, {5})[0].share, 1) << "the other label";
  EXPECT_TRUE(found(*index, {}).empty());
}

TEST(LabelMatches, TheCausesAreTheWords) {
  Monitor monitor;
  const SubjectLabels l = labels();
  const auto index = LabelMatches::build(l, monitor);
  ASSERT_TRUE(index.ok());
  const WeightedFeature features[] = {{1, 1}, {2, 1}, {5, 1}};
  const auto causes = index->causes(features, 1);
  ASSERT_EQ(causes.size(), 2u);
  EXPECT_EQ(causes[0].feature, 1u);
  EXPECT_EQ(causes[1].feature, 2u);
  EXPECT_FLOAT_EQ(causes[0].share + causes[1].share, 1);
  const auto one = index->causes(features, 3);
  ASSERT_EQ(one.size(), 1u) << "of the label that is there as a whole";
  EXPECT_EQ(one[0].feature, 5u);
  EXPECT_TRUE(index->causes(features, 2).empty());
}

}  // namespace
}  // namespace subjrec
