// How long an epoch takes:
//
//   train_bench [--tsv FILE] [--works N] [--subjects N] [--tags X] [--zipf X] [--clusters N]
//               [--epochs N] [--threads N] [--OPTION VALUE ...]
//
// FILE holds a work and a subject a line, with a tab between and a heading first; without it a
// catalogue is made up. OPTION is any number among the options of training.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/catalogue.h"
#include "core/simd/isa.h"
#include "core/train/resolve_options.h"
#include "core/train/trainer.h"

namespace subjrec::bench {
namespace {

double seconds() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

/// Of all threads; what is left to compare by on a busy machine.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto in_seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Interactions read_tsv(const std::string& path) {
  std::unordered_map<std::string, uint32_t> works;
  std::unordered_map<std::string, uint32_t> subjects;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const auto w = works.emplace(line.substr(0, tab), works.size()).first->second;
    const auto s = subjects.emplace(line.substr(tab + 1), subjects.size()).first->second;
    pairs.emplace_back(w, s);
  }
  return make_interactions(std::move(pairs), works.size(), subjects.size());
}

/// The number given as --name, which is then no longer in `arguments`.
template <class T>
void take(std::map<std::string, std::string>* arguments, const char* name, T* value) {
  const auto at = arguments->find(name);
  if (at == arguments->end()) return;
  *value = static_cast<T>(std::strtod(at->second.c_str(), nullptr));
  arguments->erase(at);
}

TrainOptions take_options(std::map<std::string, std::string>* arguments) {
  TrainOptions options;
  options.algorithm = "bce";
  options.threads = 1;
  take(arguments, "epochs", &options.epochs);
  take(arguments, "threads", &options.threads);
  take(arguments, "embedding_dim", &options.embedding_dim);
  take(arguments, "batch_size", &options.batch_size);
  take(arguments, "learning_rate", &options.learning_rate);
  take(arguments, "seed", &options.seed);
  if (arguments->count("algorithm") != 0) {
    options.algorithm = (*arguments)["algorithm"];
    arguments->erase("algorithm");
  }
  return options;
}

Interactions take_interactions(std::map<std::string, std::string>* arguments) {
  if (arguments->count("tsv") != 0) {
    const std::string path = (*arguments)["tsv"];
    arguments->erase("tsv");
    return read_tsv(path);
  }
  CatalogueOptions catalogue;
  take(arguments, "works", &catalogue.n_works);
  take(arguments, "subjects", &catalogue.n_subjects);
  take(arguments, "tags", &catalogue.tags);
  take(arguments, "zipf", &catalogue.zipf);
  take(arguments, "clusters", &catalogue.clusters);
  return make_catalogue(catalogue);
}

int run(std::map<std::string, std::string> arguments) {
  TrainOptions options = take_options(&arguments);
  TrainData data;
  data.interactions = take_interactions(&arguments);
  for (const auto& [name, value] : arguments) {
    std::fprintf(stderr, "train_bench: unknown argument --%s\n", name.c_str());
    return 2;
  }
  const Interactions& y = data.interactions;
  resolve_options(data, &options);
  std::printf("%zu works, %zu subjects, %zu interactions; %s, %d dimensions, %s\n", y.n_works,
              y.n_subjects, y.nnz(), options.algorithm.c_str(), options.embedding_dim,
              isa_name(active_isa()));
  const double loaded = peak_mb();
  const double begin = seconds();
  auto trainer = make_trainer(data, options);
  if (!trainer.ok()) {
    std::fprintf(stderr, "train_bench: %s\n", trainer.status().message().c_str());
    return 1;
  }
  Monitor monitor;
  std::vector<HistoryRow> history;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const double start = seconds();
    const double cpu_start = cpu_seconds();
    const auto loss = (*trainer)->run_epoch(&history, monitor);
    if (!loss.ok()) return 1;
    std::printf("epoch %d: %.4f s (%.4f s of processors), loss %.4f\n", epoch, seconds() - start,
                cpu_seconds() - cpu_start, *loss);
  }
  const auto model = (*trainer)->model(monitor);
  if (!model.ok()) return 1;
  std::printf("in all %.3f s; peak memory %.1f MB, before training %.1f MB\n", seconds() - begin,
              peak_mb(), loaded);
  return 0;
}

}  // namespace
}  // namespace subjrec::bench

int main(int argc, char** argv) {
  std::map<std::string, std::string> arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string name = argv[i];
    arguments[name.substr(name.find_first_not_of('-'))] = argv[i + 1];
  }
  return subjrec::bench::run(std::move(arguments));
}
