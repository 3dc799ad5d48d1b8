// Ranking quality of a training run, on leave-one-out files.
//
//   quality_bench TRAIN.tsv TEST.tsv OPTIONS_JSON [FEATURES.tsv]
//
// TRAIN and TEST have a header and rows "work<TAB>subject", FEATURES rows "work<TAB>feature
// [<TAB>weight]". For each test row all subjects are ranked but the work's training ones; prints
// recall@10, nDCG@10, MRR@10 (misses and unknown ids count zero) and the seconds of training.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>

#include "core/linalg/gemm.h"
#include "core/train/resolve_options.h"
#include "core/train/trainer.h"

namespace subjrec {
namespace {

using Ids = std::map<std::string, uint32_t, std::less<>>;

struct Row {
  std::string work;
  std::string other;
  float weight = 1;
};

std::vector<Row> read_rows(const char* path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    Row row;
    std::string weight;
    std::getline(fields, row.work, '\t');
    std::getline(fields, row.other, '\t');
    if (std::getline(fields, weight, '\t')) row.weight = std::stof(weight);
    if (row.work != "work_id") rows.push_back(row);
  }
  return rows;
}

void number_ids(Ids* ids) {
  uint32_t next = 0;
  for (auto& [id, number] : *ids) number = next++;
}

SparseRows make_features(const std::vector<Row>& rows, const Ids& works) {
  Ids features;
  for (const Row& row : rows) features[row.other];
  number_ids(&features);
  SparseRows sparse;
  sparse.n_rows = works.size();
  sparse.n_columns = features.size();
  std::vector<std::map<uint32_t, float>> by_work(works.size());
  for (const Row& row : rows) {
    const auto work = works.find(row.work);
    if (work != works.end()) by_work[work->second][features[row.other]] = row.weight;
  }
  sparse.offsets.push_back(0);
  for (const auto& row : by_work) {
    for (const auto& [feature, weight] : row) {
      sparse.columns.push_back(feature);
      sparse.weights.push_back(weight);
    }
    sparse.offsets.push_back(sparse.columns.size());
  }
  return sparse;
}

struct RankedTestItem {
  uint32_t work;
  uint32_t subject;
};

struct Sums {
  double recall = 0;
  double ndcg = 0;
  double mrr = 0;
};

Sums rank_trials(const Model& model, const Interactions& train,
                 const std::vector<RankedTestItem>& trials, size_t begin, size_t end,
                 const PackedMatrix& subjects) {
  constexpr size_t kBlock = 16;
  const size_t n = model.n_subjects();
  std::vector<float> scores(kBlock * n);
  std::vector<float> works(kBlock * model.dim);
  Sums sums;
  for (size_t at = begin; at < end; at += kBlock) {
    const size_t rows = std::min(kBlock, end - at);
    for (size_t r = 0; r < rows; ++r) {
      std::copy_n(model.works.data() + trials[at + r].work * model.dim, model.dim,
                  works.data() + r * model.dim);
      if (model.subject_bias.empty()) {
        std::fill_n(scores.data() + r * n, n, 0.0f);
      } else {
        std::copy(model.subject_bias.begin(), model.subject_bias.end(), scores.data() + r * n);
      }
    }
    multiply_add(1, row_major(works.data(), rows, model.dim), subjects, scores.data(), n);
    for (size_t r = 0; r < rows; ++r) {
      float* row = scores.data() + r * n;
      const float target = row[trials[at + r].subject];
      for (const uint32_t s : train.row(trials[at + r].work)) row[s] = -1e30f;
      double rank = 1;
      for (size_t s = 0; s < n; ++s) {
        if (s != trials[at + r].subject) rank += row[s] > target ? 1 : row[s] == target ? 0.5 : 0;
      }
      if (rank > 10) continue;
      sums.recall += 1;
      sums.ndcg += 1 / std::log2(rank + 1);
      sums.mrr += 1 / rank;
    }
  }
  return sums;
}

void evaluate(const Model& model, const Interactions& train,
              const std::vector<RankedTestItem>& trials, size_t n_trials, const char* label) {
  const PackedMatrix subjects(
      row_major(model.subjects.data(), model.n_subjects(), model.dim).transposed());
  Sums halves[2];
  std::thread other([&] {
    halves[1] = rank_trials(model, train, trials, trials.size() / 2, trials.size(), subjects);
  });
  halves[0] = rank_trials(model, train, trials, 0, trials.size() / 2, subjects);
  other.join();
  const auto n = static_cast<double>(n_trials);
  std::printf("%s recall@10 %.4f nDCG@10 %.4f MRR@10 %.4f\n", label,
              (halves[0].recall + halves[1].recall) / n, (halves[0].ndcg + halves[1].ndcg) / n,
              (halves[0].mrr + halves[1].mrr) / n);
}

int run(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: quality_bench TRAIN.tsv TEST.tsv OPTIONS_JSON [FEATURES.tsv]\n");
    return 2;
  }
  const std::vector<Row> train = read_rows(argv[1]);
  const std::vector<Row> test = read_rows(argv[2]);
  Ids works;
  Ids subjects;
  for (const Row& row : train) {
    works[row.work];
    subjects[row.other];
  }
  number_ids(&works);
  number_ids(&subjects);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (const Row& row : train) pairs.emplace_back(works[row.work], subjects[row.other]);
  TrainData data;
  data.interactions = make_interactions(std::move(pairs), works.size(), subjects.size());
  if (argc > 4) data.work_features = make_features(read_rows(argv[4]), works);
  std::vector<RankedTestItem> trials;
  for (const Row& row : test) {
    const auto w = works.find(row.work);
    const auto s = subjects.find(row.other);
    if (w != works.end() && s != subjects.end()) trials.push_back({w->second, s->second});
  }

  TrainOptions options;
  Monitor monitor;
  Status status = train_option_table().read_json("quality_bench", argv[3], &options);
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.message().c_str());
    return 1;
  }
  resolve_options(data, &options);
  const auto start = std::chrono::steady_clock::now();
  auto trainer = make_trainer(data, options);
  if (!trainer.ok()) {
    std::fprintf(stderr, "%s\n", trainer.status().message().c_str());
    return 1;
  }
  std::vector<HistoryRow> history;
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::printf("losses");
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const auto loss = (*trainer)->run_epoch(&history, monitor);
    if (!loss.ok()) return 1;
    std::printf(" %.3f", *loss);
  }
  const auto model = (*trainer)->model(monitor);
  if (!model.ok()) return 1;
  std::printf("\n%s: %zu works %zu subjects, %.1f s\n", argv[3], works.size(), subjects.size(),
              seconds());
  evaluate(*model, data.interactions, trials, test.size(), "  ");
  return 0;
}

}  // namespace
}  // namespace subjrec

int main(int argc, char** argv) { return subjrec::run(argc, argv); }
