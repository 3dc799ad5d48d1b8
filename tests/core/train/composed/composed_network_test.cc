#include "core/train/composed/composed_network.h"

#include <gtest/gtest.h>

#include <cmath>

namespace subjrec {
namespace {

constexpr size_t kInputs = 9;
constexpr size_t kSubjects = 37;

/// How rows lie: with a bias, sixteen dimensions need thirty-two floats, and without one sixteen.
struct Shape {
  size_t dim = 5;
  size_t stride = 16;
  size_t input_stride = 16;
};
constexpr Shape kShapes[] = {{5, 16, 16}, {16, 32, 16}};

/// Epsilon and rate so large that the first step of Adam is the gradient itself.
TrainOptions gradient_as_step(const Shape& shape = {}) {
  TrainOptions options;
  options.embedding_dim = static_cast<int>(shape.dim);
  options.epsilon = 1e4;
  options.init_stddev = 0.5;
  options.gradient_samples = 1000000;
  return options;
}

std::vector<float> some_popularity() {
  std::vector<float> log(kSubjects);
  for (size_t s = 0; s < kSubjects; ++s) log[s] = -2.0f + 0.05f * static_cast<float>(s % 11);
  return log;
}

SampledClasses everyone() {
  SampledClasses sampled;
  sampled.all = true;
  for (uint32_t s = 0; s < kSubjects; ++s) sampled.subjects.push_back(s);
  sampled.log_chance.assign(kSubjects, 0);
  return sampled;
}

const TrainData& no_priors() {
  static const TrainData none;
  return none;
}

/// Thirty works, more than a block; one has no input.
struct Examples {
  std::vector<std::vector<uint32_t>> own;
  ComposedBatch batch;

  Examples() : own(30) {
    Random random(3);
    for (uint32_t r = 0; r < own.size(); ++r) {
      own[r] = {r % 7, 8 + r % 5, 20 + r % 17};
      if (r != 4) {
        batch.work_inputs.add(static_cast<uint32_t>(random.below(kInputs)), 1);
        batch.work_inputs.add(static_cast<uint32_t>(random.below(kInputs)), 0.5f);
      }
      batch.work_inputs.vector_coefficient.push_back(0);
      batch.works.push_back(r);
      end_normalized_row(&batch.work_inputs);
      batch.hidden.push_back(own[r][r % 3]);
    }
    for (const auto& subjects : own) batch.own.emplace_back(subjects);
  }
};

/// The loss in double precision, written down from its definition.
double twin_loss(const Examples& examples, const SampledClasses& sampled,
                 const std::vector<double>& inputs, const std::vector<double>& subjects,
                 const std::vector<float>& log_popularity, const Shape& shape) {
  const auto score = [&](const std::vector<double>& h, uint32_t s) {
    const double* row = subjects.data() + s * shape.stride;
    double sum = log_popularity[s] + row[shape.dim];
    for (size_t k = 0; k < shape.dim; ++k) sum += h[k] * row[k];
    return sum;
  };
  double total = 0;
  const Terms& work_inputs = examples.batch.work_inputs;
  for (size_t r = 0; r < work_inputs.rows(); ++r) {
    std::vector<double> h(shape.dim, 0.0);
    for (size_t e = work_inputs.offsets[r]; e < work_inputs.offsets[r + 1]; ++e) {
      const double* row = inputs.data() + work_inputs.index[e] * shape.input_stride;
      for (size_t k = 0; k < shape.dim; ++k) h[k] += work_inputs.coefficient[e] * row[k];
    }
    const double wanted = std::exp(score(h, examples.batch.hidden[r]));
    double sum = wanted;
    for (size_t c = 0; c < sampled.subjects.size(); ++c) {
      const uint32_t s = sampled.subjects[c];
      const auto& own = examples.own[r];
      if (s == own[0] || s == own[1] || s == own[2]) continue;
      sum += std::exp(score(h, s) - sampled.log_chance[c]);
    }
    total += std::log(sum / wanted);
  }
  return total / static_cast<double>(work_inputs.rows());
}

void initialise(ComposedNetwork* network) {
  ThreadTeam team(1);
  Monitor monitor;
  ASSERT_TRUE(network->initialise([](size_t) { return true; }, team, monitor).ok());
}

std::vector<double> as_double(const std::vector<float>& x) { return {x.begin(), x.end()}; }

void check_gradient(const SampledClasses& sampled, const Shape& shape) {
  SCOPED_TRACE(shape.dim);
  const Examples examples;
  const std::vector<float> popularity = some_popularity();
  ComposedNetwork network(no_priors(), kInputs, popularity, gradient_as_step(shape));
  initialise(&network);
  ASSERT_EQ(network.subjects().own().stride, shape.stride);
  ASSERT_EQ(network.inputs().own().stride, shape.input_stride);
  std::vector<double> inputs = as_double(network.inputs().own().value);
  std::vector<double> subjects = as_double(network.subjects().own().value);
  ThreadTeam team(2);
  Monitor monitor;
  const auto loss = network.step(examples.batch, sampled, 1e4, 1, team, monitor);
  ASSERT_TRUE(loss.ok());
  const auto twin = [&] {
    return twin_loss(examples, sampled, inputs, subjects, popularity, shape);
  };
  EXPECT_NEAR(*loss, twin(), 1e-5);

  const auto compare = [&](std::vector<double>* parameters, const std::vector<float>& after,
                           size_t stride, size_t columns) {
    double largest = 0;
    for (size_t i = 0; i < parameters->size(); ++i) {
      const double before = (*parameters)[i];
      if (i % stride >= columns) {
        EXPECT_EQ(after[i], before);
        continue;
      }
      (*parameters)[i] = before + 1e-5;
      const double up = twin();
      (*parameters)[i] = before - 1e-5;
      const double down = twin();
      (*parameters)[i] = before;
      const double gradient = (up - down) / 2e-5;
      EXPECT_NEAR(before - after[i], gradient, 2e-5) << "element " << i;
      largest = std::max(largest, std::fabs(gradient));
    }
    EXPECT_GT(largest, 0.01) << "nothing was compared";
  };
  compare(&subjects, network.subjects().own().value, shape.stride, shape.dim + 1);
  compare(&inputs, network.inputs().own().value, shape.input_stride, shape.dim);
}

TEST(ComposedNetwork, GradientIsThatOfTheLoss) {
  for (const Shape& shape : kShapes) check_gradient(everyone(), shape);
}

TEST(ComposedNetwork, GradientOfASampledLoss) {
  SampledClasses some;
  for (uint32_t s = 1; s < kSubjects; s += 3) {
    some.subjects.push_back(s);
    some.log_chance.push_back(-0.1f * static_cast<float>(s % 8));
  }
  for (const Shape& shape : kShapes) check_gradient(some, shape);
}

TEST(ComposedNetwork, SampledGradientIsUnbiased) {
  const Examples examples;
  const SampledClasses sampled = everyone();
  TrainOptions options = gradient_as_step();
  ThreadTeam team(1);
  Monitor monitor;
  ComposedNetwork exact(no_priors(), kInputs, some_popularity(), options);
  initialise(&exact);
  ASSERT_TRUE(exact.step(examples.batch, sampled, 1e4, 0, team, monitor).ok());
  options.gradient_samples = 4;
  const int draws = 3000;
  std::vector<double> mean(exact.inputs().own().value.size(), 0.0);
  double spread = 0;
  for (int draw = 0; draw < draws; ++draw) {
    ComposedNetwork thinned(no_priors(), kInputs, some_popularity(), options);
    initialise(&thinned);
    ASSERT_TRUE(
        thinned.step(examples.batch, sampled, 1e4, static_cast<uint64_t>(draw), team, monitor)
            .ok());
    for (size_t i = 0; i < mean.size(); ++i) {
      mean[i] += thinned.inputs().own().value[i] / draws;
      spread = std::max<double>(
          spread, std::fabs(thinned.inputs().own().value[i] - exact.inputs().own().value[i]));
    }
  }
  EXPECT_GT(spread, 1e-3) << "nothing was sampled";
  for (size_t i = 0; i < mean.size(); ++i) {
    EXPECT_NEAR(mean[i], exact.inputs().own().value[i], 5 * spread / std::sqrt(draws));
  }
}

TEST(Transposer, ListsTermsByColumn) {
  std::vector<Terms> blocks(2);
  blocks[0].add(3, 1);
  blocks[0].add(1, 2);
  blocks[0].end_row();
  blocks[0].end_row();
  blocks[1].add(3, 4);
  blocks[1].end_row();
  Transposer transposer(5);
  for (int round = 0; round < 2; ++round) {
    const ColumnTerms& some = transposer.transpose(blocks, false);
    EXPECT_EQ(some.columns, (std::vector<uint32_t>{3, 1}));
    EXPECT_EQ(some.offsets, (std::vector<size_t>{0, 2, 3}));
    EXPECT_EQ(some.row, (std::vector<uint32_t>{0, 2, 0}));
    EXPECT_EQ(some.coefficient, (std::vector<float>{1, 4, 2}));
    const ColumnTerms& all = transposer.transpose(blocks, true);
    EXPECT_EQ(all.columns.size(), 5u);
    EXPECT_EQ(all.offsets, (std::vector<size_t>{0, 0, 1, 1, 3, 3}));
  }
}

}  // namespace
}  // namespace subjrec
