// A long computation that is told to stop, at every moment at which it asks.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "core/evaluate/evaluate.h"
#include "core/model/fold_in.h"
#include "core/retrieval/cosine.h"
#include "core/retrieval/topk_index.h"
#include "core/train/resolve_options.h"
#include "core/train/validation.h"
#include "core/umap/umap.h"
#include "faults/memory.h"
#include "faults/sweep.h"
#include "support/planted_interactions.h"

namespace subjrec::faults {
namespace {

class StopAt : public Monitor {
 public:
  StopAt(int64_t n, bool on) { injector_.arm(n, on); }
  bool stop() override { return injector_.hit(); }
  const Injector& injector() const { return injector_; }

 private:
  Injector injector_;
};

/// Stops `work` at every call of the monitor. It has to say so, whatever it asks afterwards.
void sweep_work(const std::string& name, const std::function<Status(Monitor&)>& work) {
  Monitor patient;
  (void)work(patient);  // what is made once is made
  sweep("monitor, " + name, 100, [&](int64_t n, bool on, int64_t* failed) -> std::string {
    const int64_t before = live_blocks();
    StopAt monitor(n, on);
    Code code = Code::kOk;
    // In a thread of its own, with which go the buffers that a thread keeps.
    std::thread([&] { code = work(monitor).code(); }).join();
    *failed = n == 0 ? monitor.injector().calls() : monitor.injector().failed();
    if (live_blocks() != before) return "blocks stay allocated";
    if (n == 0) return code == Code::kOk && *failed > 0 ? "" : "it fails, or never asks";
    const bool stopped = *failed > 0;
    return code == (stopped ? Code::kInterrupted : Code::kOk) ? "" : "it goes on, or fails";
  });
}

TrainOptions options_for(const std::string& algorithm, const TrainData& data) {
  TrainOptions options;
  options.algorithm = algorithm;
  options.embedding_dim = 8;
  options.epochs = 2;
  options.batch_size = 32;
  options.threads = 2;
  options.validation = 0.2;
  for (const char* name : {"embedding_dim", "epochs", "batch_size"}) options.given.insert(name);
  resolve_options(data, &options);
  return options;
}

Result<Model> trained(const TrainData& data, const TrainOptions& options, Monitor& monitor) {
  SUBJREC_ASSIGN(auto trainer, make_validated_trainer(data, options));
  std::vector<HistoryRow> history;
  for (int epoch = 0; epoch < options.epochs && !trainer->finished(); ++epoch) {
    SUBJREC_TRY([&]() -> Status {
      SUBJREC_ASSIGN([[maybe_unused]] const double loss, trainer->run_epoch(&history, monitor));
      return {};
    }());
  }
  return trainer->model(monitor);
}

class Stopping : public ::testing::TestWithParam<const char*> {
 protected:
  Stopping() : data(planted_data(300, 6, true, 1)), options(options_for(GetParam(), data)) {}
  TrainData data;
  TrainOptions options;
};

TEST_P(Stopping, Training) {
  sweep_work(std::string("training ") + GetParam(), [&](Monitor& monitor) -> Status {
    SUBJREC_ASSIGN(const Model model, trained(data, options, monitor));
    return {};
  });
}

TEST_P(Stopping, Evaluating) {
  Monitor patient;
  Result<Model> model = trained(data, options, patient);
  ASSERT_TRUE(model.ok()) << model.status().message();
  sweep_work(std::string("evaluating ") + GetParam(), [&](Monitor& monitor) -> Status {
    ThreadTeam team(2);
    SUBJREC_ASSIGN(const Evaluation all,
                   evaluate(*model, data, data.interactions, EvaluateOptions(), team, monitor));
    return {};
  });
  const std::vector<uint32_t> carried = {1, 4, 7};
  sweep_work(std::string("folding in by ") + GetParam(), [&](Monitor& monitor) -> Status {
    // What is small asks seldom: ask for it, so that there is something to stop.
    if (monitor.stop()) return Status::interrupted();
    SUBJREC_ASSIGN(const auto vector, fold_in(*model, carried, {}, monitor));
    return {};
  });
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Stopping,
                         ::testing::Values("bce", "composed", "ials", "ease"));

TEST(StoppingMaps, AtEveryMoment) {
  const TrainData data = planted_data(300, 6, false, 1);
  std::vector<float> points(300 * 5);
  fill_normal(points, 5, 1.0f, 1, 1);
  MapOptions options;
  options.epochs = 5;
  options.threads = 2;
  sweep_work("map", [&](Monitor& monitor) -> Status {
    SUBJREC_ASSIGN(const Embedding2d map, compute_umap(points, 5, options, monitor));
    return {};
  });
}

TEST(StoppingSearches, AtEveryMoment) {
  constexpr size_t kItems = 200000;
  std::vector<float> items(kItems * 8);
  fill_normal(items, 8, 1.0f, 1, 1);
  const std::span<const float> query = std::span<const float>(items).first(8);
  sweep_work("top-k", [&](Monitor& monitor) -> Status {
    SUBJREC_ASSIGN(const TopKIndex index, TopKIndex::build(items, 8, {}, 1.0, monitor));
    TopKScratch scratch;
    std::vector<ScoredItem> hits;
    SUBJREC_TRY(index.top_k(query, 20000, {}, monitor, &scratch, &hits));
    std::vector<float> scores(kItems);
    return index.score_all(query, monitor, scores);
  });
  sweep_work("cosines", [&](Monitor& monitor) -> Status {
    SUBJREC_ASSIGN(const CosineIndex index, CosineIndex::build(items, 8, monitor));
    TopKScratch scratch;
    std::vector<ScoredItem> hits;
    return index.nearest(query, 20000, {}, monitor, &scratch, &hits);
  });
}

}  // namespace
}  // namespace subjrec::faults
