// The small run that PyTorch took in double precision, step by step.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "core/train/bce/bce_training.h"
#include "support/double_precision.h"

namespace subjrec {
namespace {

namespace dom = simdjson::dom;

const char* golden_file() { return SUBJREC_SHARED_DATA "/golden/adam_bce.json"; }

template <class T>
std::vector<T> flat(dom::element matrix) {
  std::vector<T> values;
  for (const dom::element row : matrix.get_array()) {
    for (const dom::element x : row.get_array()) values.push_back(static_cast<T>(double(x)));
  }
  return values;
}

std::vector<uint32_t> indices(dom::element list) {
  std::vector<uint32_t> values;
  for (const dom::element x : list.get_array()) {
    values.push_back(static_cast<uint32_t>(uint64_t(x)));
  }
  return values;
}

template <class T>
double largest_difference(const std::vector<T>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = std::fabs(static_cast<double>(a[i]) - b[i]);
    if (!(difference <= most)) most = difference;
  }
  return most;
}

template <class T>
void follow(double tolerance) {
  if (!std::filesystem::exists(golden_file())) GTEST_SKIP() << "no " << golden_file();
  dom::parser parser;
  const dom::element run = parser.load(golden_file());
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  uint32_t work = 0;
  for (const dom::element tags : run["tags"].get_array()) {
    for (const uint32_t s : indices(tags)) pairs.emplace_back(work, s);
    ++work;
  }
  const Interactions y =
      make_interactions(pairs, uint64_t(run["n_works"]), uint64_t(run["n_subjects"]));
  const AdamOptions adam{double(run["learning_rate"]), double(run["beta1"]), double(run["beta2"]),
                         double(run["epsilon"])};
  ThreadTeam team(2);
  const TrainData no_side;
  BceTraining<T> training(y, no_side, uint64_t(run["embedding_dim"]), adam, team);
  training.set(flat<T>(run["initial"]["works"]), flat<T>(run["initial"]["subjects"]));

  Monitor monitor;
  const dom::array losses = run["loss"];
  std::vector<double> loss;
  int compared = 0;
  for (const dom::element batch : run["batches"].get_array()) {
    ASSERT_TRUE(training.train(indices(batch["works"]), 1, &loss, monitor).ok());
    ASSERT_NEAR(loss.back(), double(losses.at(loss.size() - 1)), tolerance) << loss.size();
    dom::element after;
    if (run["after"].get_object().at_key(std::to_string(loss.size())).get(after) !=
        simdjson::SUCCESS) {
      continue;
    }
    ++compared;
    std::vector<T> works;
    std::vector<T> subjects;
    ASSERT_TRUE(training.embeddings(&works, &subjects, monitor).ok());
    EXPECT_LE(largest_difference(works, flat<double>(after["works"])), tolerance) << loss.size();
    EXPECT_LE(largest_difference(subjects, flat<double>(after["subjects"])), tolerance)
        << loss.size();
  }
  EXPECT_EQ(loss.size(), 60u);
  EXPECT_EQ(compared, 4);
}

TEST(BceGolden, InDoublePrecision) { follow<double>(1e-9); }
TEST(BceGolden, InSinglePrecision) { follow<float>(1e-4); }

}  // namespace
}  // namespace subjrec
