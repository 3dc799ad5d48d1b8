#include <gtest/gtest.h>

#include "core/train/options.h"
#include "core/train/resolve_options.h"

namespace subjrec {
namespace {

TrainOptions resolved(const char* json, size_t n_works, size_t n_subjects) {
  TrainOptions options;
  EXPECT_TRUE(train_option_table().read_json("subjrec_train", json, &options).ok());
  TrainData data;
  data.interactions.n_works = n_works;
  data.interactions.n_subjects = n_subjects;
  data.interactions.subjects.resize(3 * n_works);
  resolve_options(data, &options);
  return options;
}

TEST(ComposedOptions, FollowTheSizeOfTheData) {
  const char* composed = R"({"algorithm": "composed"})";
  EXPECT_EQ(resolved(composed, 75000, 5000).loss, "softmax");
  EXPECT_EQ(resolved(composed, 1000000, 150000).loss, "sampled_softmax");
  EXPECT_EQ(resolved(composed, 1000, 80).regularization, 0.3);
  EXPECT_EQ(resolved(composed, 40000, 80).regularization, 1.0 / 12);
  EXPECT_GT(resolved(composed, 75000, 5000).batch_size, resolved(composed, 500, 80).batch_size);
}

TEST(ComposedOptions, WhatIsSaidStays) {
  const TrainOptions options = resolved(
      R"({"algorithm": "composed", "batch_size": 7, "loss": "softmax", "embedding_dim": 3})",
      1000000, 150000);
  EXPECT_EQ(options.batch_size, 7);
  EXPECT_EQ(options.loss, "softmax");
  EXPECT_EQ(options.embedding_dim, 3);
  const TrainOptions notebook = resolved(R"({"recipe": "notebook"})", 75000, 5000);
  EXPECT_EQ(notebook.algorithm, "bce");
  EXPECT_EQ(notebook.embedding_dim, 10);
  EXPECT_EQ(notebook.learning_rate, 0.001);
}

TEST(TrainOptions, AWordIsATextInUtf8) {
  TrainOptions options;
  const auto error = [&](const char* value) {
    return train_option_table().read_word("subjrec", "work_features", value, &options).message();
  };
  EXPECT_EQ(error("'M\xc3\xa4rchen'"), "");
  EXPECT_EQ(options.work_features, "M\xc3\xa4rchen");
  for (const char* value : {"M\xe4rchen", "'\xed\xa0\x80'", "\xc3"}) {
    EXPECT_EQ(error(value),
              "subjrec: option \"work_features\" must be a text in UTF-8, got bytes that are not");
  }
}

TEST(TrainOptions, SayWhatWasWantedAndWhatCame) {
  TrainOptions options;
  const auto error = [&](const char* json) {
    return train_option_table().read_json("t", json, &options).message();
  };
  EXPECT_EQ(error(R"({"seed": 18446744073709551615})"),
            "t: option \"seed\" must be a whole number, got 18446744073709551615");
  EXPECT_EQ(error(R"({"epochs": [1, 2]})"),
            "t: option \"epochs\" must be a whole number from 1 to 100000, got [1,2]");
  EXPECT_EQ(error(R"({"progress": "yes"})"),
            "t: option \"progress\" must be true or false, got \"yes\"");
  EXPECT_EQ(error(R"({"progress": 2})"), "t: option \"progress\" must be true or false, got 2");
  EXPECT_EQ(error(R"({"work_features": {"a": 1}})"),
            "t: option \"work_features\" must be a text, got {\"a\":1}");
  EXPECT_EQ(error(R"({"recipe": null})"),
            "t: option \"recipe\" must be one of \"auto\", \"notebook\", got null");
  EXPECT_EQ(error(R"({"progress": 1})"), "");
  EXPECT_TRUE(options.progress);
  EXPECT_TRUE(train_option_table().read_word("t", "progress", "false", &options).ok());
  EXPECT_FALSE(options.progress);
}

}  // namespace
}  // namespace subjrec
