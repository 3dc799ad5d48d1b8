#include "core/train/memory.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "core/base/available_memory.h"
#include "core/base/random.h"
#include "core/train/resolve_options.h"

namespace subjrec {
namespace {

TrainData random_data(size_t works, size_t subjects, size_t pairs) {
  Random random(1);
  std::vector<std::pair<uint32_t, uint32_t>> all;
  for (size_t i = 0; i < pairs; ++i) {
    all.emplace_back(i % works, i < subjects ? i : random.below(subjects));
  }
  TrainData data;
  data.interactions = make_interactions(std::move(all), works, subjects);
  return data;
}

/// Megabytes that this process has in memory: now, or at the most since reset().
double resident(const char* key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) == 0) return std::stod(line.substr(line.find(':') + 1)) * 1024 / 1e6;
  }
  return 0;
}
bool reset() {
  malloc_trim(0);
  std::ofstream file("/proc/self/clear_refs");
  return static_cast<bool>(file << 5 << std::flush);
}

struct Case {
  const char* algorithm;
  size_t works, subjects, pairs;
  int dim;
  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.algorithm; }
};

class Memory : public ::testing::TestWithParam<Case> {};

TEST_P(Memory, EstimateIsWithinAFactorOfTwoOfThePeak) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take memory of their own";
#endif
  const Case& c = GetParam();
  const TrainData data = random_data(c.works, c.subjects, c.pairs);
  TrainOptions options;
  options.algorithm = c.algorithm;
  options.embedding_dim = c.dim;
  options.loss = "sampled_softmax";
  options.negatives = 256;
  options.threads = 2;
  options.given = {"algorithm", "embedding_dim", "loss", "negatives"};
  resolve_options(data, &options);
  if (!reset()) GTEST_SKIP() << "this system does not say how much memory a process has used";
  const double before = resident("VmRSS");
  Monitor monitor;
  std::vector<HistoryRow> history;
  const auto trainer = make_trainer(data, options);
  ASSERT_TRUE(trainer.ok());
  ASSERT_TRUE((*trainer)->run_epoch(&history, monitor).ok());
  ASSERT_TRUE((*trainer)->model(monitor).ok());
  const double peak = resident("VmHWM") - before;
  const double estimate = static_cast<double>(training_bytes(data, options)) / 1e6;
  RecordProperty("peak_mb", std::to_string(peak));
  RecordProperty("estimate_mb", std::to_string(estimate));
  std::cout << c.algorithm << ": estimated " << estimate << " MB, took " << peak << " MB\n";
  EXPECT_GT(estimate, peak / 2);
  EXPECT_LT(estimate, peak * 2);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Memory,
                         ::testing::Values(Case{"bce", 100000, 5000, 300000, 32},
                                           Case{"composed", 60000, 20000, 120000, 64},
                                           Case{"ials", 100000, 5000, 300000, 64},
                                           Case{"ease", 20000, 2500, 60000, 16}),
                         [](const auto& param) { return param.param.algorithm; });

TEST(CheckMemory, SaysHowMuchAndWhatToLower) {
  const TrainData data = random_data(1000, 100, 3000);
  TrainOptions options;
  options.algorithm = "ials";
  options.embedding_dim = 100;
  EXPECT_TRUE(check_memory(data, options, kUnknownMemory).ok());
  EXPECT_TRUE(check_memory(data, options, training_bytes(data, options)).ok());
  const Status status = check_memory(data, options, training_bytes(data, options) - 1);
  EXPECT_EQ(status.message(),
            "this training, with \"ials\", needs about 1 MB of memory, and there are "
            "1 MB; lower \"embedding_dim\" (now 100), or train on fewer works, or say with option "
            "\"memory_limit\" how many MB it may take");
  options.memory_limit = 1000;
  EXPECT_TRUE(check_memory(data, options, 0).ok()) << "the option is the last word";
}

TEST(CheckMemory, DoesNotOverflow) {
  TrainData data;
  data.interactions.n_works = 4000000000u;
  data.interactions.n_subjects = 4000000000u;
  TrainOptions options;
  options.embedding_dim = 4096;
  for (const char* algorithm : {"bce", "composed", "ials", "ease"}) {
    options.algorithm = algorithm;
    EXPECT_FALSE(check_memory(data, options, uint64_t{1} << 40).ok()) << algorithm;
  }
}

TEST(AvailableMemory, IsKnownOnLinux) {
  std::ifstream meminfo("/proc/meminfo");
  if (!meminfo) GTEST_SKIP() << "there is no /proc/meminfo";
  EXPECT_GT(available_memory(), 1'000'000u);
  EXPECT_LT(available_memory(), kUnknownMemory);
}

TEST(AvailableMemory, IsNotMoreThanTheAddressSpaceHasLeft) {
  size_t pages = 0;
  if (!(std::ifstream("/proc/self/statm") >> pages)) GTEST_SKIP() << "there is no /proc";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  constexpr size_t kLeft = 200'000'000;
  const rlimit lower{pages * static_cast<size_t>(::sysconf(_SC_PAGESIZE)) + kLeft, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &lower), 0);
  const uint64_t available = available_memory();
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
  constexpr size_t kOfTheFile = 65'536;  // what reading statm held, and gave back, at the most
  EXPECT_LE(available, kLeft + kOfTheFile);
  EXPECT_GT(available, 0u);
}

}  // namespace
}  // namespace subjrec
