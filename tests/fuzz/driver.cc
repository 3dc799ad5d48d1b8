// Drives a fuzzer where there is no libFuzzer: its seeds, and then a fixed series of mutations.
//
//   fuzz_<name> <folder of seeds> <dictionary> [rounds]
//
// It goes on for five seconds, or as many minutes as SUBJREC_LONG_TESTS says; the series is always
// the same. An input that ends the process is written to finding-<pid>; give such a file instead of
// the folder to run it alone.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/base/random.h"
#include "faults/long.h"
#include "fuzz/input.h"

namespace {

using Bytes = std::vector<uint8_t>;

const Bytes* running = nullptr;

void save_and_die(int signal) {
  char name[32];
  std::snprintf(name, sizeof name, "finding-%d", static_cast<int>(::getpid()));
  const int fd = ::open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd >= 0 && running != nullptr &&
      ::write(fd, running->data(), running->size()) == static_cast<ssize_t>(running->size())) {
    std::fprintf(stderr, "the input is in %s\n", name);
  }
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void run(const Bytes& input) {
  running = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

/// The "..." of each line, as libFuzzer reads them.
std::vector<Bytes> read_dictionary(const char* path) {
  std::vector<Bytes> words;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t begin = line.find('"');
    const size_t end = line.rfind('"');
    if (line.empty() || line[0] == '#' || begin == end) continue;
    Bytes word;
    for (size_t i = begin + 1; i < end; ++i) {
      if (line[i] == '\\' && line[i + 1] == 'x') {
        word.push_back(static_cast<uint8_t>(std::stoi(line.substr(i + 2, 2), nullptr, 16)));
        i += 3;
      } else {
        if (line[i] == '\\') ++i;
        word.push_back(static_cast<uint8_t>(line[i]));
      }
    }
    words.push_back(word);
  }
  return words;
}

class Mutator {
 public:
  Mutator(std::vector<Bytes> seeds, std::vector<Bytes> words)
      : seeds_(std::move(seeds)), words_(std::move(words)), random_(1) {}

  Bytes next() {
    Bytes bytes = seeds_[below(seeds_.size())];
    for (size_t n = 1 + below(6); n > 0; --n) mutate(&bytes);
    if (bytes.size() > 2000) bytes.resize(2000);
    return bytes;
  }

 private:
  size_t below(size_t n) { return static_cast<size_t>(random_.below(n)); }
  ptrdiff_t place(const Bytes& bytes) { return static_cast<ptrdiff_t>(below(bytes.size() + 1)); }

  void insert(Bytes* into, const Bytes& what) {
    into->insert(into->begin() + place(*into), what.begin(), what.end());
  }

  void mutate(Bytes* bytes) {
    const size_t kind = below(7);
    if (kind == 0 && !words_.empty()) return insert(bytes, words_[below(words_.size())]);
    if (kind == 1) return insert(bytes, Bytes(1 + below(4), static_cast<uint8_t>(below(256))));
    if (kind == 2) return insert(bytes, slice(seeds_[below(seeds_.size())]));
    if (bytes->empty()) return bytes->push_back(static_cast<uint8_t>(below(256)));
    const size_t at = below(bytes->size());
    if (kind == 3) (*bytes)[at] = static_cast<uint8_t>((*bytes)[at] ^ (1u << below(8)));
    if (kind == 4) (*bytes)[at] = static_cast<uint8_t>(below(256));
    if (kind == 5) {
      const size_t end = std::min(bytes->size(), at + 1 + below(8));
      bytes->erase(bytes->begin() + static_cast<ptrdiff_t>(at),
                   bytes->begin() + static_cast<ptrdiff_t>(end));
    }
    if (kind == 6) insert(bytes, slice(*bytes));
  }

  Bytes slice(const Bytes& of) {
    const ptrdiff_t a = place(of);
    const ptrdiff_t b = place(of);
    return Bytes(of.begin() + std::min(a, b), of.begin() + std::max(a, b));
  }

  std::vector<Bytes> seeds_;
  std::vector<Bytes> words_;
  subjrec::Random random_;
};

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  if (argc < 2) return 2;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    ::signal(signal, save_and_die);
  std::vector<fs::path> files;
  if (fs::is_regular_file(argv[1])) {
    run(read_file(argv[1]));
    return 0;
  }
  for (const auto& entry : fs::directory_iterator(argv[1])) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Bytes> seeds = {{}};
  for (const fs::path& file : files) seeds.push_back(read_file(file));
  for (const Bytes& seed : seeds) run(seed);

  const double seconds = subjrec::faults::repetitions(5, 60);
  const long rounds = argc > 3 ? std::atol(argv[3]) : 1000000;
  Mutator mutator(seeds, argc > 2 ? read_dictionary(argv[2]) : std::vector<Bytes>());
  const auto start = std::chrono::steady_clock::now();
  long done = 0;
  while (done < rounds &&
         std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() <
             seconds) {
    run(mutator.next());
    ++done;
  }
  std::printf("counted: %s: %zu seeds and %ld mutations of them\n",
              fs::path(argv[0]).filename().c_str(), seeds.size(), done);
  return 0;
}
