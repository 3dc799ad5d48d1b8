// A made-up catalogue as text:  catalogue_tsv WORKS SUBJECTS [CLUSTERS] > catalogue.tsv
// and what its works are drawn by:  catalogue_tsv WORKS SUBJECTS CLUSTERS drawn_by > drawn_by.tsv
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bench/catalogue.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: catalogue_tsv WORKS SUBJECTS [CLUSTERS [drawn_by]]\n");
    return 2;
  }
  subjrec::bench::CatalogueOptions options;
  options.n_works = std::strtoull(argv[1], nullptr, 10);
  options.n_subjects = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) options.clusters = std::strtoull(argv[3], nullptr, 10);
  if (argc > 4 && std::strcmp(argv[4], "drawn_by") == 0) {
    std::puts("subject_id\tcluster\tpopularity");
    const auto all = subjrec::bench::drawn_by(options);
    for (size_t s = 0; s < all.size(); ++s) {
      std::printf("s%zu\t%u\t%.17g\n", s, all[s].cluster, all[s].popularity);
    }
    return 0;
  }
  const subjrec::Interactions y = subjrec::bench::make_catalogue(options);
  std::puts("work_id\tsubject_id");
  for (size_t w = 0; w < y.n_works; ++w) {
    for (const uint32_t s : y.row(w)) std::printf("w%zu\ts%u\n", w, s);
  }
  return 0;
}
