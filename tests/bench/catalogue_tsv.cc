// A made-up catalogue as text:  catalogue_tsv WORKS SUBJECTS [CLUSTERS] > catalogue.tsv
#include <cstdio>
#include <cstdlib>

#include "bench/catalogue.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: catalogue_tsv WORKS SUBJECTS [CLUSTERS]\n");
    return 2;
  }
  subjrec::bench::CatalogueOptions options;
  options.n_works = std::strtoull(argv[1], nullptr, 10);
  options.n_subjects = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) options.clusters = std::strtoull(argv[3], nullptr, 10);
  const subjrec::Interactions y = subjrec::bench::make_catalogue(options);
  std::puts("work_id\tsubject_id");
  for (size_t w = 0; w < y.n_works; ++w) {
    for (const uint32_t s : y.row(w)) std::printf("w%zu\ts%u\n", w, s);
  }
  return 0;
}
