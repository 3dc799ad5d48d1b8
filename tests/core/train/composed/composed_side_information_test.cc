// SideInformation of composed works: features of subjects, and vectors of works and subjects.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/model/fold_in.h"
#include "core/retrieval/explain.h"
#include "core/simd/isa.h"
#include "core/train/composed/composed_network.h"
#include "core/train/composed/composed_trainer.h"
#include "support/planted_interactions.h"
#include "support/set_active_isa.h"

namespace subjrec {
namespace {

constexpr size_t kSubjects = 11;
constexpr size_t kInputs = kSubjects + 3;
constexpr size_t kWorks = 30;
constexpr int kDim = 5;

std::vector<float> drawn(size_t n, uint64_t stream) {
  std::vector<float> x(n);
  fill_normal(x, 1, 1.0f, 11, stream);
  return x;
}

/// Works and subjects with priors of every kind; some lack them.
TrainData some_priors() {
  TrainData data;
  data.work_vectors = {4, drawn(kWorks * 4, 1)};
  std::fill_n(data.work_vectors.values.begin() + 8, 4, 0.0f);
  data.subject_vectors = {3, drawn(kSubjects * 3, 2)};
  std::fill_n(data.subject_vectors.values.begin(), 3, 0.0f);
  SparseRows& f = data.subject_features;
  f.n_rows = kSubjects;
  f.n_columns = 4;
  f.offsets.push_back(0);
  for (uint32_t s = 0; s < kSubjects; ++s) {
    if (s % 4 != 0) {
      f.columns.insert(f.columns.end(), {s % 2, 2 + s % 2});
      f.weights.insert(f.weights.end(), {1.0f, 0.5f});
    }
    f.offsets.push_back(f.columns.size());
  }
  return data;
}

/// EncoderInputs of a few inputs; every third has no vector, one has nothing.
struct Examples {
  std::vector<std::vector<uint32_t>> own;
  ComposedBatch batch;

  Examples() : own(kWorks) {
    Random random(3);
    for (uint32_t w = 0; w < kWorks; ++w) {
      own[w] = {w % 3, 3 + w % 4, 7 + w % 4};
      if (w != 4) {
        batch.work_inputs.add(static_cast<uint32_t>(random.below(kInputs)), 1);
        batch.work_inputs.add(static_cast<uint32_t>(random.below(kInputs)), 0.5f);
      }
      const bool vector = w % 3 != 1;
      const float scale = end_normalized_row(&batch.work_inputs, vector ? 1 : 0);
      batch.work_inputs.vector_coefficient.push_back(vector ? scale : 0);
      batch.works.push_back(w);
      batch.hidden.push_back(own[w][w % 3]);
    }
    for (const auto& subjects : own) batch.own.emplace_back(subjects);
  }
};

/// Every parameter of the network in double precision, by table.
struct Twin {
  std::vector<double> inputs, input_features, input_map;
  std::vector<double> subjects, subject_features, subject_map;
  std::vector<double> work_map;
};

std::vector<double> as_double(const std::vector<float>& x) { return {x.begin(), x.end()}; }

Twin parameters(ComposedNetwork& n) {
  return {as_double(n.inputs().own().value),
          as_double(n.inputs().shared().feature_table().value),
          as_double(n.inputs().shared().projection().map().value),
          as_double(n.subjects().own().value),
          as_double(n.subjects().shared().feature_table().value),
          as_double(n.subjects().shared().projection().map().value),
          as_double(n.work_vectors().map().value)};
}

void add_mapped(const PretrainedVectors& vectors, size_t row, double weight,
                const std::vector<double>& map, size_t stride, std::vector<double>* to) {
  const double scale = double{vectors.unit_scale()};
  for (size_t v = 0; v < vectors.dim; ++v) {
    for (size_t k = 0; k < stride; ++k) {
      (*to)[k] += weight * scale * double{vectors.row(row)[v]} * map[v * stride + k];
    }
  }
}

/// The whole vector of a subject: own, features, mapped prior.
std::vector<double> whole(const TrainData& data, const std::vector<double>& own,
                          const std::vector<double>& features, const std::vector<double>& map,
                          size_t row, size_t stride) {
  std::vector<double> sum(own.begin() + static_cast<ptrdiff_t>(row * stride),
                          own.begin() + static_cast<ptrdiff_t>((row + 1) * stride));
  if (row >= kSubjects) return sum;
  const SparseRows shared = shared_features(data.subject_features);
  for (size_t e = shared.offsets[row]; e < shared.offsets[row + 1]; ++e) {
    for (size_t k = 0; k < stride; ++k) {
      sum[k] += double{shared.weights[e]} * features[shared.columns[e] * stride + k];
    }
  }
  add_mapped(data.subject_vectors, row, 1, map, stride, &sum);
  return sum;
}

double twin_loss(const TrainData& data, const Examples& examples, const SampledClasses& sampled,
                 const Twin& t, size_t stride) {
  double total = 0;
  const EncoderInputs& work_inputs = examples.batch.work_inputs;
  for (size_t r = 0; r < work_inputs.rows(); ++r) {
    std::vector<double> h(stride, 0.0);
    for (size_t e = work_inputs.offsets[r]; e < work_inputs.offsets[r + 1]; ++e) {
      const std::vector<double> input =
          whole(data, t.inputs, t.input_features, t.input_map, work_inputs.index[e], stride);
      for (size_t k = 0; k < kDim; ++k) h[k] += double{work_inputs.coefficient[e]} * input[k];
    }
    add_mapped(data.work_vectors, r, double{work_inputs.vector_coefficient[r]}, t.work_map, stride,
               &h);
    const auto likelihood = [&](uint32_t s) {
      const std::vector<double> v =
          whole(data, t.subjects, t.subject_features, t.subject_map, s, stride);
      double sum = -1 + v[kDim];
      for (size_t k = 0; k < kDim; ++k) sum += h[k] * v[k];
      return std::exp(sum);
    };
    const double wanted = likelihood(examples.batch.hidden[r]);
    double sum = wanted;
    for (size_t c = 0; c < sampled.subjects.size(); ++c) {
      const uint32_t s = sampled.subjects[c];
      const auto& own = examples.own[r];
      if (std::find(own.begin(), own.end(), s) != own.end()) continue;
      sum += likelihood(s) * std::exp(-double{sampled.log_chance[c]});
    }
    total += std::log(sum / wanted);
  }
  return total / static_cast<double>(work_inputs.rows());
}

/// Epsilon and rate so large that the first step of Adam is the gradient itself.
TrainOptions gradient_as_step() {
  TrainOptions options;
  options.embedding_dim = kDim;
  options.epsilon = 1e4;
  options.init_stddev = 0.4;
  options.gradient_samples = 1000000;
  return options;
}

void check_gradient(const SampledClasses& sampled) {
  const TrainData data = some_priors();
  const Examples examples;
  ComposedNetwork network(data, kInputs, std::vector<float>(kSubjects, -1.0f), gradient_as_step());
  ThreadTeam team(2);
  Monitor monitor;
  ASSERT_TRUE(network.initialise([](size_t) { return true; }, team, monitor).ok());
  const size_t stride = network.stride();
  Twin twin = parameters(network);
  const auto loss = network.step(examples.batch, sampled, 1e4, 1, team, monitor);
  ASSERT_TRUE(loss.ok());
  const auto now = [&] { return twin_loss(data, examples, sampled, twin, stride); };
  EXPECT_NEAR(*loss, now(), 1e-5);
  const Twin after = parameters(network);
  const auto compare = [&](std::vector<double> Twin::*table, size_t columns, const char* name) {
    double largest = 0;
    for (size_t i = 0; i < (twin.*table).size(); ++i) {
      if (i % stride >= columns) continue;
      double& parameter = (twin.*table)[i];
      const double before = parameter;
      parameter = before + 1e-5;
      const double up = now();
      parameter = before - 1e-5;
      const double down = now();
      parameter = before;
      const double gradient = (up - down) / 2e-5;
      EXPECT_NEAR(before - (after.*table)[i], gradient, 3e-5) << name << ", element " << i;
      largest = std::max(largest, std::fabs(gradient));
    }
    EXPECT_GT(largest, 0.01) << name << ": nothing was compared";
  };
  compare(&Twin::inputs, kDim, "inputs");
  compare(&Twin::input_features, kDim, "features of inputs");
  compare(&Twin::input_map, kDim, "map of inputs");
  compare(&Twin::subjects, kDim + 1, "subjects");
  compare(&Twin::subject_features, kDim + 1, "features of subjects");
  compare(&Twin::subject_map, kDim + 1, "map of subjects");
  compare(&Twin::work_map, kDim, "map of works");
}

TEST(ComposedPriors, GradientIsThatOfTheLoss) {
  SampledClasses all;
  all.all = true;
  for (uint32_t s = 0; s < kSubjects; ++s) all.subjects.push_back(s);
  all.log_chance.assign(kSubjects, 0);
  check_gradient(all);
}

TEST(ComposedPriors, GradientOfASampledLoss) {
  SampledClasses some;
  for (uint32_t s = 1; s < kSubjects; s += 3) {
    some.subjects.push_back(s);
    some.log_chance.push_back(-0.2f * static_cast<float>(s % 3));
  }
  check_gradient(some);
}

TEST(ComposedPriors, FeaturesOfOneSubjectAloneAreLeftOut) {
  SparseRows f{3, 3, {0, 2, 3, 4}, {0, 1, 1, 2}, {1, 3, 4, 5}};
  const SparseRows shared = shared_features(f);
  EXPECT_EQ(shared.columns, (std::vector<uint32_t>{1, 1}));
  EXPECT_EQ(shared.weights, (std::vector<float>{1, 1}));
  EXPECT_EQ(shared.offsets, (std::vector<uint64_t>{0, 1, 2, 2}));
}

/// Sixty kinds of twenty works; a kind has twelve subjects, and a work two of them and a third held
/// out: too few to learn from. What priors say of the kind is noisy.
struct Planted {
  static constexpr uint32_t kKinds = 60;
  static constexpr uint32_t kEach = 12;
  TrainData data;
  std::vector<uint32_t> held_out;

  Planted(bool work_vectors, bool subject_vectors, bool subject_features) {
    Random random(5);
    std::vector<std::pair<uint32_t, uint32_t>> pairs;
    const uint32_t works = kKinds * 20;
    for (uint32_t w = 0; w < works; ++w) {
      const uint32_t kind = w % kKinds;
      const auto first = static_cast<uint32_t>(random.below(kEach));
      const auto subject = [&](uint32_t i) { return kind * kEach + (first + i * 5) % kEach; };
      pairs.insert(pairs.end(), {{w, subject(0)}, {w, subject(1)}});
      held_out.push_back(subject(2));
    }
    const uint32_t subjects = kKinds * kEach;
    data.interactions = make_interactions(pairs, works, subjects);
    if (work_vectors) data.work_vectors = noisy_kinds(works, 1, kKinds, 3);
    if (subject_vectors) data.subject_vectors = noisy_kinds(subjects, kEach, kKinds, 4);
    if (!subject_features) return;
    SparseRows& f = data.subject_features;
    f = {subjects, kKinds + 7, {0}, {}, {}};
    for (uint32_t s = 0; s < subjects; ++s) {
      f.columns.insert(f.columns.end(),
                       {s / kEach, kKinds + static_cast<uint32_t>(random.below(7))});
      f.weights.insert(f.weights.end(), {1.0f, 1.0f});
      f.offsets.push_back(f.columns.size());
    }
  }

  /// Row i: the direction of kind (i / run) % kinds, and half as much noise.
  static PretrainedVectors noisy_kinds(size_t n, size_t run, size_t kinds, uint64_t stream) {
    constexpr size_t kSize = 24;
    std::vector<float> kind = drawn(kinds * kSize, 9);
    std::vector<float> rows = drawn(n * kSize, stream);
    for (size_t i = 0; i < n; ++i) {
      for (size_t k = 0; k < kSize; ++k) {
        float& x = rows[i * kSize + k];
        x = 70 * (kind[i / run % kinds * kSize + k] + 0.5f * x);
      }
    }
    return {kSize, rows};
  }
};

TrainOptions small_options() {
  TrainOptions options;
  options.algorithm = "composed";
  options.embedding_dim = 24;
  options.epochs = 12;
  options.batch_size = 64;
  options.learning_rate = 0.01;
  options.init_stddev = 0.1;
  options.feature_dropout = 0.2;
  options.threads = 2;
  return options;
}

Model train(const TrainData& data, const TrainOptions& options) {
  Monitor monitor;
  std::vector<HistoryRow> history;
  auto model = trained(data, options, &history)->model(monitor);
  EXPECT_TRUE(model.ok());
  return *model;
}

float score(const Model& model, const float* work, size_t s) {
  float sum = model.subject_bias[s];
  for (size_t k = 0; k < model.dim; ++k) sum += work[k] * model.subjects[s * model.dim + k];
  return sum;
}

/// Share of the held-out subjects among the first ten new ones; all ten are of the work's kind at
/// the best.
double recall(const Planted& planted, const Model& model) {
  double hits = 0;
  for (size_t w = 0; w < model.n_works(); ++w) {
    const float* work = model.works.data() + w * model.dim;
    const auto own = planted.data.interactions.row(w);
    const float wanted = score(model, work, planted.held_out[w]);
    size_t before = 0;
    for (uint32_t s = 0; s < model.n_subjects(); ++s) {
      const bool carried = std::find(own.begin(), own.end(), s) != own.end();
      if (!carried && score(model, work, s) > wanted) ++before;
    }
    hits += before < 10;
  }
  return hits / static_cast<double>(model.n_works());
}

TEST(ComposedPriors, EachKindOfPriorHelps) {
  const Planted none(false, false, false);
  const double alone = recall(none, train(none.data, small_options()));
  const Planted by_work(true, false, false);
  const double with_works = recall(by_work, train(by_work.data, small_options()));
  const Planted by_vector(false, true, false);
  const double with_vectors = recall(by_vector, train(by_vector.data, small_options()));
  const Planted by_feature(false, false, true);
  const double with_features = recall(by_feature, train(by_feature.data, small_options()));

  EXPECT_GT(with_works, alone + 0.1);
  EXPECT_GT(with_vectors, alone + 0.1);
  EXPECT_GT(with_features, alone + 0.1);
}

TEST(ComposedPriors, AVectorAloneTellsTheKind) {
  const Planted planted(true, false, false);
  const Model model = train(planted.data, small_options());
  ASSERT_EQ(model.vector_dim(), 24u);
  const PretrainedVectors unseen = Planted::noisy_kinds(Planted::kKinds, 1, Planted::kKinds, 77);
  Monitor monitor;
  size_t right = 0;
  for (uint32_t kind = 0; kind < Planted::kKinds; ++kind) {
    const auto work = fold_in(model, {}, {}, monitor, {unseen.row(kind), unseen.dim});
    ASSERT_TRUE(work.ok()) << work.status().message();
    uint32_t best = 0;
    for (uint32_t s = 1; s < model.n_subjects(); ++s) {
      if (score(model, work->data(), s) > score(model, work->data(), best)) best = s;
    }
    right += best / Planted::kEach == kind;
  }
  EXPECT_GT(right, 45u) << "of 60";
}

TEST(ComposedPriors, ComposesTrainedWorksAndExplainsThem) {
  const Planted planted(true, true, true);
  TrainOptions options = small_options();
  options.epochs = 2;
  const Model model = train(planted.data, options);
  for (size_t w = 0; w < model.n_works(); w += 97) {
    const auto subjects = planted.data.interactions.row(w);
    const std::span<const float> vector(planted.data.work_vectors.row(w), 24);
    const auto work = compose(model, subjects, {}, vector);
    ASSERT_TRUE(work.ok());
    const float* stored = model.works.data() + w * model.dim;
    for (size_t k = 0; k < model.dim; ++k) EXPECT_NEAR((*work)[k], stored[k], 1e-5);
    Monitor monitor;
    const auto parts = *explain(model, {stored, model.dim}, subjects, {}, 3, monitor);
    ASSERT_EQ(parts.size(), 4u);
    EXPECT_EQ(parts[2].cause, Cause::kVector);
    EXPECT_EQ(parts[3].cause, Cause::kBias);
    double vector_part = 0;
    const auto alone = compose(model, {}, {}, vector);
    for (size_t k = 0; k < model.dim; ++k) {
      vector_part += double{(*alone)[k]} * double{model.subjects[3 * model.dim + k]};
    }
    EXPECT_NEAR(parts[2].value, vector_part / std::sqrt(3.0), 1e-4)
        << "one of three parts of the work_inputs";
    EXPECT_NEAR(parts[0].value + parts[1].value + parts[2].value + parts[3].value,
                double{score(model, stored, 3)}, 1e-4);
  }
}

TEST(ComposedPriors, WorksWithoutAVectorAreComposedAsWithoutAny) {
  Planted planted(true, false, false);
  std::fill_n(planted.data.work_vectors.values.begin(), 24, 0.0f);
  TrainOptions options = small_options();
  options.epochs = 1;
  const Model model = train(planted.data, options);
  const auto subjects = planted.data.interactions.row(0);
  const auto work = compose(model, subjects, {});
  ASSERT_TRUE(work.ok());
  EXPECT_EQ(0, std::memcmp(work->data(), model.works.data(), model.dim * sizeof(float)));
  EXPECT_EQ(compose(model, subjects, {}, std::vector<float>(24, 0.0f)).ok(), true);
  EXPECT_EQ(compose(model, subjects, {}, std::vector<float>(3, 1.0f)).status().message(),
            "compose: a vector has 3 dimensions, and the model's prior vectors 24");
  Monitor monitor;
  const auto parts = *explain(model, {model.works.data(), model.dim}, subjects, {}, 3, monitor);
  for (const Contribution& part : parts) EXPECT_NE(part.cause, Cause::kVector);
}

TEST(ComposedPriors, SameBytesForAnyThreadsAndInstructionSet) {
  const Planted planted(true, true, true);
  TrainOptions options = small_options();
  options.epochs = 1;
  for (const char* loss : {"softmax", "sampled_softmax"}) {
    options.loss = loss;
    options.negatives = 100;
    options.threads = 1;
    const Model first = train(planted.data, options);
    for (const Isa isa : {Isa::kPlain, Isa::kAvx2, Isa::kAvx512}) {
      set_active_isa(isa);
      options.threads = 1 + static_cast<int>(isa);
      const Model again = train(planted.data, options);
      EXPECT_EQ(first.works, again.works) << isa_name(isa);
      EXPECT_EQ(first.subjects, again.subjects) << isa_name(isa);
      EXPECT_EQ(first.subject_inputs, again.subject_inputs) << isa_name(isa);
      EXPECT_EQ(first.work_projection, again.work_projection) << isa_name(isa);
    }
    set_active_isa(best_isa());
  }
}

TEST(PretrainedVectors, AreScaledToUnitLength) {
  const PretrainedVectors vectors{2, {3, 4, 0, 0, 5, 12}};
  EXPECT_TRUE(vectors.has(0));
  EXPECT_FALSE(vectors.has(1));
  EXPECT_FLOAT_EQ(vectors.unit_scale(), static_cast<float>(1 / std::sqrt((25.0 + 169.0) / 2)));
  const PretrainedVectors zero{2, {0, 0}};
  EXPECT_EQ(zero.unit_scale(), 1.0f);
  EXPECT_FALSE(PretrainedVectors().has(7));
}

}  // namespace
}  // namespace subjrec
