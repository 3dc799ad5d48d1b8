// Subjects that a training has not seen, and the model that has them all the same.
#include "core/train/blend/unseen_subjects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/blend.h"
#include "core/model/subject_labels.h"
#include "core/model/work_rows.h"
#include "core/train/resolve_options.h"

namespace subjrec::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr uint32_t kSubjects = 10;  // of which 3 and 9 are on no work

/// 200 works, each with its first subject's number as a word; the label of a subject is that word.
TrainData catalogue() {
  TrainData data;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  const std::vector<uint32_t> seen = {0, 1, 2, 4, 5, 6, 7, 8};
  data.work_features.n_rows = 200;
  data.work_features.n_columns = kSubjects;
  data.work_features.offsets = {0};
  for (uint32_t w = 0; w < 200; ++w) {
    for (const uint32_t i : {w, w / 2, w / 3}) pairs.emplace_back(w, seen[i % seen.size()]);
    data.work_features.columns.push_back(seen[w % seen.size()]);
    data.work_features.weights.push_back(1);
    data.work_features.offsets.push_back(w + 1);
  }
  data.interactions = make_interactions(std::move(pairs), 200, kSubjects);
  data.unseen_subjects = {3, 9};
  SubjectLabels labels;
  for (uint32_t s = 0; s < kSubjects; ++s) {
    labels.subjects.push_back(s);
    labels.labels.numbers.push_back(s);
    labels.labels.end_row();
    labels.words.numbers.push_back(s);
    labels.words.end_row();
  }
  data.labels = std::make_shared<const SubjectLabels>(std::move(labels));
  return data;
}

Model train(const TrainData& data) {
  TrainOptions options;
  options.algorithm = "blend";
  options.embedding_dim = 8;
  options.epochs = 3;
  options.given = {"algorithm", "embedding_dim", "epochs"};
  resolve_options(data, &options);
  auto trainer = std::move(*make_trainer(data, options));
  std::vector<HistoryRow> history;
  Monitor never;
  for (int e = 0; e < 3; ++e) EXPECT_TRUE(trainer->run_epoch(&history, never).ok());
  return *trainer->finish(never);
}

std::vector<float> scores(const Model& model, const TrainData& data, SubjectRow subjects,
                          std::span<const WeightedFeature> features) {
  Monitor never;
  const Blend blend = *Blend::build(model, data, never);
  std::vector<float> embedding(model.dim);
  WorkRows(model, data).copy_row(0, embedding.data());
  BoostScratch scratch;
  std::vector<float> scores(model.n_subjects());
  EXPECT_TRUE(blend.scores({embedding, subjects, features}, &scratch, scores, never).ok());
  return scores;
}

TEST(UnseenSubjects, AreLeftOutOfTraining) {
  const TrainData data = catalogue();
  const TrainData seen = without_unseen_subjects(data);
  EXPECT_EQ(seen.interactions.n_subjects, 8u);
  EXPECT_THAT(seen.interactions.row(7), ElementsAre(2, 3, 7));
  constexpr uint32_t kNone = SubjectLabels::kNoSubject;
  EXPECT_THAT(seen.labels->subjects, ElementsAre(0, 1, 2, kNone, 3, 4, 5, 6, 7, kNone));
  EXPECT_TRUE(seen.unseen_subjects.empty());
}

TEST(UnseenSubjects, LeaveTheProbabilitiesOfTheOthersAsTheyAre) {
  const TrainData data = catalogue();
  const TrainData seen = without_unseen_subjects(data);
  const Model all = train(data);
  const Model some = train(seen);
  ASSERT_EQ(all.n_subjects(), 10u);
  ASSERT_EQ(some.n_subjects(), 8u);
  const std::vector<WeightedFeature> text = {{5, 1}, {9, 1}};
  const std::vector<uint32_t> carried = {1};
  for (const bool cold : {false, true}) {
    const std::vector<float> now =
        scores(all, data, cold ? SubjectRow() : SubjectRow(carried), text);
    const std::vector<float> before =
        scores(some, seen, cold ? SubjectRow() : SubjectRow(carried), text);
    for (size_t s = 0, i = 0; s < kSubjects; ++s) {
      if (s == 3 || s == 9) continue;
      EXPECT_NEAR(all.probabilities(cold).probability(double{now[s]}),
                  some.probabilities(cold).probability(double{before[i++]}), 1e-5)
          << s << " cold " << cold;
    }
    EXPECT_GT(now[9], now[3]) << "whose word the text has";
  }
}

TEST(UnseenSubjects, AreZeroButForTheirBias) {
  const TrainData data = catalogue();
  const Model model = train(data);
  for (const size_t s : {3u, 9u}) {
    const auto row = [&](const std::vector<float>& rows) {
      return std::vector<float>(rows.begin() + static_cast<ptrdiff_t>(s * 8),
                                rows.begin() + static_cast<ptrdiff_t>(s * 8 + 8));
    };
    EXPECT_THAT(row(model.subjects), Each(0.0f));
    EXPECT_THAT(row(model.subject_inputs), Each(0.0f));
    EXPECT_EQ(model.weights.offsets[s], model.weights.offsets[s + 1]);
    for (const uint32_t column : model.weights.columns) EXPECT_NE(column, s);
  }
  EXPECT_EQ(model.weights.n_rows, kSubjects + kSubjects);
  EXPECT_EQ(model.weights.offsets.size(), kSubjects + kSubjects + 1);
  EXPECT_EQ(model.subject_bias[3], model.subject_bias[9]);
  EXPECT_LT(model.subject_bias[3],
            *std::min_element(model.subject_bias.begin(), model.subject_bias.begin() + 3));
}

}  // namespace
}  // namespace subjrec::test
