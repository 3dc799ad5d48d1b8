#include "core/train/resolve_algorithm.h"

#include <gtest/gtest.h>

#include "support/planted_interactions.h"

namespace subjrec {
namespace {

std::string settled(const TrainData& data, const std::string& json) {
  TrainOptions said;
  EXPECT_TRUE(train_option_table().read_json("subjrec_train", json, &said).ok());
  TrainOptions options = said;
  const Interactions& y = data.interactions;
  resolve_options(y.n_works, y.n_subjects, y.nnz(), &options);
  resolve_algorithm(data, said, &options);
  if (options.algorithm == "ease") {
    EXPECT_EQ(options.regularization, 10);
    EXPECT_EQ(options.epochs, 1);
  }
  return options.algorithm;
}

TEST(AutoAlgorithm, IsEaseWithFeaturesOfFewWorks) {
  const TrainData data = planted_data(300, 4, true, 1);
  EXPECT_EQ(settled(data, "{}"), "ease");
  EXPECT_EQ(settled(data, R"({"seed": 3, "threads": 1, "memory_limit": 100})"), "ease");
  EXPECT_EQ(settled(planted_data(300, 4, false, 1), "{}"), "composed");
  EXPECT_EQ(settled(planted_data(60'000, 4, true, 1), "{}"), "composed");
}

TEST(AutoAlgorithm, IsWhatWasSaidOrWhatHasTheOptionsThatWereSaid) {
  const TrainData data = planted_data(300, 4, true, 1);
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    EXPECT_EQ(settled(data, std::string(R"({"algorithm": ")") + algorithm + "\"}"), algorithm);
  }
  EXPECT_EQ(settled(data, R"({"recipe": "notebook"})"), "bce");
  EXPECT_EQ(settled(data, R"({"epochs": 3})"), "composed");
  EXPECT_EQ(settled(data, R"({"validation": 0.1})"), "composed");
  EXPECT_EQ(settled(data, R"({"subject_features": "kinds"})"), "composed");
}

TEST(AutoAlgorithm, IsComposedWhereTheMatrixWouldBeTooLarge) {
  const TrainData data = planted_data(300, 4, true, 1);
  EXPECT_EQ(settled(data, R"({"max_columns": 33})"), "ease");
  EXPECT_EQ(settled(data, R"({"max_columns": 32, "min_feature_works": 40})"), "composed");
  EXPECT_EQ(settled(data, R"({"max_columns": 32})"), "composed");
  EXPECT_EQ(settled(data, R"({"max_columns": 24, "min_feature_works": 301})"), "ease");
}

}  // namespace
}  // namespace subjrec
