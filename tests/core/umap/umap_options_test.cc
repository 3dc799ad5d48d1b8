#include "core/umap/umap_options.h"

#include <gtest/gtest.h>

namespace subjrec {
namespace {

std::string error_of(const char* json) {
  MapOptions options;
  return map_option_table().read_json("subjrec_map", json, &options).message();
}

TEST(MapOptions, ReadsWhatWasGiven) {
  MapOptions options;
  ASSERT_TRUE(
      map_option_table()
          .read_json("subjrec_map",
                     R"({"metric": "cosine", "n_neighbors": 30, "min_dist": 0.5, "seed": 7})",
                     &options)
          .ok());
  EXPECT_EQ(options.metric, "cosine");
  EXPECT_EQ(options.n_neighbors, 30);
  EXPECT_EQ(options.min_dist, 0.5);
  EXPECT_EQ(options.seed, 7);
}

TEST(MapOptions, KnowsTheSpellingsOfOthers) {
  EXPECT_EQ(error_of(R"({"n_epochs": 20})"),
            "subjrec_map: unknown option \"n_epochs\"; did you mean \"epochs\"?");
  EXPECT_EQ(error_of(R"({"random_state": 20})"),
            "subjrec_map: unknown option \"random_state\"; did you mean \"seed\"?");
  EXPECT_EQ(error_of(R"({"metric": "manhattan"})"),
            "subjrec_map: option \"metric\" must be one of \"euclidean\", \"cosine\", got "
            "\"manhattan\"");
  EXPECT_EQ(error_of(R"({"n_neighbors": 1})"),
            "subjrec_map: option \"n_neighbors\" must be a whole number from 2 to 1000, got 1");
}

TEST(MapOptions, AliasesMeanOptionsThatExist) {
  for (const char* name : {"metric", "n_neighbors", "min_dist", "spread", "epochs", "learning_rate",
                           "negative_sample_rate", "init", "seed", "threads"}) {
    bool found = false;
    for (const auto& spec : map_option_table().specs()) found |= spec.name == name;
    EXPECT_TRUE(found) << name;
  }
}

TEST(MapOptions, MinDistIsWithinTheSpread) {
  MapOptions options;
  EXPECT_TRUE(check_map_options(options).ok());
  options.min_dist = 2;
  EXPECT_EQ(check_map_options(options).message(),
            "option \"min_dist\" must be at most the option \"spread\", which is 1, "
            "got 2");
}

TEST(MapOptions, MoreEpochsForSmallMaps) {
  MapOptions options;
  EXPECT_EQ(map_epochs(options, 10000), 500);
  EXPECT_EQ(map_epochs(options, 10001), 200);
  options.epochs = 3;
  EXPECT_EQ(map_epochs(options, 10), 3);
}

}  // namespace
}  // namespace subjrec
