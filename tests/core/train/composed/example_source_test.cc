#include "core/train/composed/example_source.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace subjrec {
namespace {

constexpr uint32_t kWorks = 2000;
constexpr uint32_t kSubjects = 12;

/// Works of four subjects; every work but each tenth has two features.
TrainData catalogue() {
  TrainData data;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  SparseRows& f = data.work_features;
  f.n_rows = kWorks;
  f.n_columns = 2;
  f.offsets.push_back(0);
  for (uint32_t w = 0; w < kWorks; ++w) {
    for (uint32_t i = 0; i < 4; ++i) pairs.emplace_back(w, (w + i * i) % kSubjects);
    for (uint32_t j = 0; j < 2 && w % 10 != 0; ++j) {
      f.columns.push_back(j);
      f.weights.push_back(1);
    }
    f.offsets.push_back(f.columns.size());
  }
  data.interactions = make_interactions(std::move(pairs), kWorks, kSubjects);
  return data;
}

struct Drawn {
  std::vector<uint32_t> hidden;
  EncoderInputs work_inputs;

  size_t count(size_t row, bool features) const {
    size_t n = 0;
    for (size_t e = work_inputs.offsets[row]; e < work_inputs.offsets[row + 1]; ++e) {
      n += (work_inputs.index[e] >= kSubjects) == features;
    }
    return n;
  }
};

Drawn draw(const TrainData& data, double bare, int epoch = 1) {
  TrainOptions options;
  options.bare = bare;
  options.feature_dropout = 0;
  const ExampleSource source(data, options);
  Drawn drawn;
  for (uint32_t w = 0; w < kWorks; ++w) {
    drawn.hidden.push_back(source.draw(w, epoch, &drawn.work_inputs));
  }
  return drawn;
}

TEST(ExampleSource, ShowsTheAskedShareOfExamplesWithoutAnySubject) {
  const TrainData data = catalogue();
  for (const double bare : {0.1, 0.25, 0.9}) {
    const Drawn drawn = draw(data, bare);
    double without = 0;
    for (uint32_t w = 0; w < kWorks; ++w) {
      if (w % 10 == 0) {
        EXPECT_GE(drawn.count(w, false), 2u) << "without features there is nothing else to show";
        continue;
      }
      EXPECT_EQ(drawn.count(w, true), 2u);
      without += drawn.count(w, false) == 0;
    }
    EXPECT_NEAR(without / (kWorks * 0.9), bare, 0.04);
  }
}

TEST(ExampleSource, HidesSubjectsInProportionToTheirWeights) {
  // Every work carries the same three subjects, one of twice and one of seven times the weight.
  TrainData data;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::vector<float> weights;
  for (uint32_t w = 0; w < kWorks; ++w) {
    for (uint32_t s = 0; s < 3; ++s) {
      pairs.emplace_back(w, s);
      weights.push_back(std::vector<float>{0.5f, 1, 3.5f}[s]);
    }
  }
  Monitor monitor;
  data.interactions = *make_interactions(pairs, kWorks, 3, monitor, nullptr, weights);
  const auto shares = [&] {
    const Drawn drawn = draw(data, 0);
    TrainOptions options;
    std::vector<bool> reserved(kWorks, false);
    const ExampleSource source(data, options);
    for (const CalibrationPair& pair : source.calibration_pairs()) reserved[pair.work] = true;
    std::vector<double> counts(3, 0);
    double all = 0;
    for (uint32_t w = 0; w < kWorks; ++w) {
      if (reserved[w]) continue;
      ++counts[drawn.hidden[w]];
      ++all;
    }
    for (double& count : counts) count /= all;
    return counts;
  };
  EXPECT_NEAR(shares()[0], 0.1, 0.03);
  EXPECT_NEAR(shares()[1], 0.2, 0.03);
  EXPECT_NEAR(shares()[2], 0.7, 0.03);
  // Weights are proportions: twice of all is the same draw.
  const Drawn before = draw(data, 0);
  for (float& weight : data.interactions.weights) weight *= 2;
  EXPECT_EQ(draw(data, 0).hidden, before.hidden);
}

TEST(ExampleSource, HidesWhatIsNotKeptOutHoweverLittleItWeighs) {
  TrainData data = catalogue();
  data.interactions.weights.assign(data.interactions.nnz(), static_cast<float>(kLeastWeight));
  for (size_t e = 0; e < data.interactions.nnz(); e += 4) data.interactions.weights[e] = 1e4f;
  TrainOptions options;
  const ExampleSource source(data, options);
  ASSERT_FALSE(source.calibration_pairs().empty());
  EncoderInputs work_inputs;
  for (const auto& [work, subject] : source.calibration_pairs()) {
    EXPECT_NE(source.draw(work, 1, &work_inputs), subject);
  }
}

TEST(ExampleSource, DrawsBareExamplesBySeedEpochAndWorkAlone) {
  const TrainData data = catalogue();
  const Drawn first = draw(data, 0.25);
  const Drawn again = draw(data, 0.25);
  EXPECT_EQ(first.hidden, again.hidden);
  EXPECT_EQ(first.work_inputs.index, again.work_inputs.index);
  EXPECT_NE(first.work_inputs.index, draw(data, 0.25, 2).work_inputs.index);
}

TEST(ExampleSource, DrawsTheSameWithAndWithoutBareWhereNothingButSubjectsIsKnown) {
  TrainData data = catalogue();
  data.work_features = {};
  EXPECT_EQ(draw(data, 0).work_inputs.index, draw(data, 0.25).work_inputs.index);
}

}  // namespace
}  // namespace subjrec
