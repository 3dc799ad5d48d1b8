#include <algorithm>
#include <utility>

#include "sqlite/source/pair_reader.h"
#include "sqlite/source/source.h"

namespace subjrec {

Result<HeldOut> read_heldout(sqlite3* db, std::string_view who, const SourceText& source,
                             const IdTable& works, const IdTable& subjects, Monitor& monitor) {
  SUBJREC_ASSIGN(PairReader reader, PairReader::open(db, who, source));
  HeldOut out;
  IdTable all_works;
  IdTable all_subjects;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (;;) {
    SUBJREC_ASSIGN(const bool pair, reader.next(monitor));
    if (!pair) break;
    SUBJREC_ASSIGN(const IdView work, reader.work());
    const uint32_t w = all_works.intern(work);
    SUBJREC_ASSIGN(const IdView subject, reader.subject());
    pairs.emplace_back(w, all_subjects.intern(subject));
  }
  out.nulls = reader.nulls() + reader.weightless();
  // Sorted and without repeats.
  SUBJREC_ASSIGN(const Interactions all, make_interactions(std::move(pairs), all_works.size(),
                                                           all_subjects.size(), monitor));
  std::vector<std::pair<uint32_t, uint32_t>> known;
  std::vector<bool> any_known(all_works.size());
  out.unknown_subjects.assign(works.size(), 0);
  Poll poll(monitor, 1 << 12);
  for (size_t w = 0; w < all.n_works; ++w) {
    const auto work = works.find(all_works[w]);
    for (const uint32_t s : all.row(w)) {
      if (poll.stop()) return Status::interrupted();
      const auto subject = subjects.find(all_subjects[s]);
      if (work && subject) {
        known.emplace_back(*work, *subject);
        any_known[w] = true;
      } else {
        ++out.unknown_rows;
        if (work) ++out.unknown_subjects[*work];
      }
    }
  }
  out.unknown_works = static_cast<uint64_t>(std::count(any_known.begin(), any_known.end(), false));
  SUBJREC_ASSIGN(out.interactions,
                 make_interactions(std::move(known), works.size(), subjects.size(), monitor));
  return out;
}

}  // namespace subjrec
