#include <gtest/gtest.h>

#include "core/train/options.h"

namespace subjrec {
namespace {

TrainOptions resolved(const char* json, size_t n_works, size_t n_subjects) {
  TrainOptions options;
  EXPECT_TRUE(train_option_table().read_json("subjrec_train", json, &options).ok());
  resolve_options(n_works, n_subjects, 3 * n_works, &options);
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

}  // namespace
}  // namespace subjrec
