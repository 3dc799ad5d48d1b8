#include "core/train/resolve_options.h"

#include <gtest/gtest.h>

#include "core/train/algorithm.h"
#include "support/planted_interactions.h"

namespace subjrec {
namespace {

std::string settled(const TrainData& data, const std::string& json) {
  TrainOptions options;
  EXPECT_TRUE(train_option_table().read_json("subjrec_train", json, &options).ok());
  EXPECT_EQ(check_options(options).message(), "");
  resolve_options(data, &options);
  if (options.algorithm == "ease") {
    EXPECT_EQ(options.regularization, 10);
    EXPECT_EQ(options.epochs, 1);
  }
  return options.algorithm;
}

std::string over_shards(const TrainData& data, const std::string& json) {
  TrainOptions options;
  EXPECT_TRUE(train_option_table().read_json("subjrec_begin", json, &options).ok());
  resolve_options_over_shards(data, &options);
  if (options.algorithm == "ease") {
    EXPECT_EQ(options.regularization, 10);
  }
  return options.algorithm;
}

std::string refusal(const std::string& json) {
  TrainOptions options;
  EXPECT_TRUE(train_option_table().read_json("subjrec_train", json, &options).ok());
  return check_options(options).message();
}

TEST(AutoAlgorithm, IsTheBlendWhateverTheSize) {
  for (const int works : {300, 60'000}) {
    for (const bool features : {false, true}) {
      EXPECT_EQ(settled(planted_data(works, 4, features, 1), "{}"), "blend");
    }
  }
  EXPECT_EQ(settled(planted_data(300, 4, true, 1), R"({"epochs": 3, "max_columns": 9})"), "blend");
}

TEST(AutoAlgorithm, DrawsFewerNegativesOfLargeCatalogues) {
  TrainData data;
  data.interactions.n_works = 300'000;
  data.interactions.n_subjects = 45'000;
  TrainOptions options;
  resolve_options(data, &options);
  EXPECT_EQ(options.loss, "sampled_softmax");
  EXPECT_EQ(options.negatives, 1024);
  EXPECT_EQ(options.max_columns, 12'000);
  data.interactions.n_subjects = 20'000;
  options = TrainOptions();
  resolve_options(data, &options);
  EXPECT_EQ(options.loss, "sampled_softmax");
  EXPECT_EQ(options.negatives, 4096);
  TrainOptions given;
  ASSERT_TRUE(train_option_table()
                  .read_json("subjrec_train", R"({"negatives": 99, "max_columns": 15000})", &given)
                  .ok());
  data.interactions.n_subjects = 45'000;
  resolve_options(data, &given);
  EXPECT_EQ(given.negatives, 99);
  EXPECT_EQ(given.max_columns, 15'000);
}

TEST(AutoAlgorithm, IsWhatWasSaid) {
  const TrainData data = planted_data(300, 4, true, 1);
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    EXPECT_EQ(settled(data, std::string(R"({"algorithm": ")") + algorithm + "\"}"), algorithm);
    EXPECT_EQ(over_shards(data, std::string(R"({"algorithm": ")") + algorithm + "\"}"), algorithm);
  }
  EXPECT_EQ(settled(data, R"({"recipe": "notebook"})"), "bce");
}

TEST(AutoAlgorithmOverShards, IsEaseWithFeaturesOfFewWorks) {
  const TrainData data = planted_data(300, 4, true, 1);
  EXPECT_EQ(over_shards(data, "{}"), "ease");
  EXPECT_EQ(over_shards(data, R"({"seed": 3, "threads": 1, "memory_limit": 100})"), "ease");
  EXPECT_EQ(over_shards(planted_data(300, 4, false, 1), "{}"), "composed");
  EXPECT_EQ(over_shards(planted_data(60'000, 4, true, 1), "{}"), "composed");
}

TEST(AutoAlgorithmOverShards, IsWhatHasTheOptionsThatWereSaid) {
  const TrainData data = planted_data(300, 4, true, 1);
  EXPECT_EQ(over_shards(data, R"({"epochs": 3})"), "composed");
  EXPECT_EQ(over_shards(data, R"({"validation": 0.1})"), "composed");
  EXPECT_EQ(over_shards(data, R"({"subject_features": "kinds"})"), "composed");
}

TEST(AutoAlgorithmOverShards, IsComposedWhereTheMatrixWouldBeTooLarge) {
  const TrainData data = planted_data(300, 4, true, 1);
  EXPECT_EQ(over_shards(data, R"({"max_columns": 33})"), "ease");
  EXPECT_EQ(over_shards(data, R"({"max_columns": 32, "min_feature_works": 40})"), "composed");
  EXPECT_EQ(over_shards(data, R"({"max_columns": 32})"), "composed");
  EXPECT_EQ(over_shards(data, R"({"max_columns": 24, "min_feature_works": 301})"), "ease");
}

TEST(CheckOptions, RefusesWhatTheAlgorithmDoesNotRead) {
  EXPECT_EQ(refusal(R"({"algorithm": "ease", "dropout": 0.1})"),
            "option \"dropout\" is for the algorithm \"composed\" or \"blend\", got \"ease\"");
  EXPECT_EQ(refusal(R"({"algorithm": "bce", "regularization": 1})"),
            "option \"regularization\" is for the algorithm \"composed\", \"ials\", \"ease\" or "
            "\"blend\", got \"bce\"");
  EXPECT_EQ(refusal(R"({"recipe": "notebook", "max_columns": 9})"),
            "option \"max_columns\" is for the algorithm \"ease\" or \"blend\", got \"bce\"");
  EXPECT_EQ(refusal(R"({"unobserved_weight": 0.1})"),
            "option \"unobserved_weight\" is for the algorithm \"ials\", got \"auto\"");
  EXPECT_EQ(refusal(R"({"dropout": 0.1, "max_columns": 9})"), "") << "\"auto\" reads both";
  EXPECT_EQ(refusal(R"({"algorithm": "bce", "work_features": ""})"), "") << "an empty text is none";
}

TEST(Algorithms, ReadOptionsThatThereAre) {
  for (const Algorithm* algorithm : algorithms()) {
    for (const std::string_view option : algorithm->options) {
      bool known = false;
      for (const auto& spec : train_option_table().specs()) known = known || spec.name == option;
      EXPECT_TRUE(known) << algorithm->name() << " reads " << option;
    }
  }
  for (const auto& spec : train_option_table().specs()) {
    bool read = false;
    for (const Algorithm* algorithm : algorithms()) read = read || algorithm->reads(spec.name);
    EXPECT_TRUE(read) << spec.name << " is read by no algorithm";
  }
}

}  // namespace
}  // namespace subjrec
