// Catalogues of any size, made up from a seed: the same bytes for the same options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/data/interactions.h"

namespace subjrec::bench {

/// Subject popularity falls as rank^-zipf. Every subject and every work belongs to one of
/// `clusters`; a work's subject comes from its own cluster with probability `local`, else from the
/// whole catalogue, by popularity both times.
struct CatalogueOptions {
  size_t n_works = 1'000'000;
  size_t n_subjects = 150'000;
  double tags = 4;  // subjects a work, on average: one and a Poisson number more
  double zipf = 1;
  size_t clusters = 500;
  double local = 0.8;
  uint64_t seed = 1;
};

/// Every subject is on at least one work where there are as many works. A subject drawn twice for
/// a work is drawn again ten times, then dropped, so that the mean comes out a little lower.
Interactions make_catalogue(const CatalogueOptions& options);

/// What the works of such a catalogue are drawn by: all that can be known of a subject.
struct DrawnBy {
  uint32_t cluster = 0;
  double popularity = 0;  // rank^-zipf
};
/// By subject, of the catalogue that make_catalogue() makes.
std::vector<DrawnBy> drawn_by(const CatalogueOptions& options);

}  // namespace subjrec::bench
