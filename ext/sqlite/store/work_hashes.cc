#include "sqlite/store/work_hashes.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/aligned.h"
#include "core/data/work_hash.h"

namespace subjrec {

WorkHash work_hash(const IdView& id, const SubjectRow& row, std::span<const uint64_t> subjects) {
  WorkHash hash{hash_id(id), 0};
  for (size_t i = 0; i < row.size(); ++i) {
    hash.carried += carried_hash(subjects[row[i]], row.weight(i));
  }
  return hash;
}

Status write_work_hashes(PackedWriter* out, const IdTable& works, const Interactions& y,
                         const IdTable& subjects, bool weighted, Monitor& monitor) {
  const std::vector<uint64_t> hashes = hashes_of(subjects);
  std::vector<WorkHash> chunk;
  for (size_t first = 0; first < works.size(); first += kHashedWorks) {
    if (monitor.stop()) return Status::interrupted();
    const size_t end = std::min(works.size(), first + kHashedWorks);
    chunk.clear();
    for (size_t w = first; w < end; ++w) {
      chunk.push_back(
          work_hash(works[w], weighted ? y.weighted_row(w) : SubjectRow(y.row(w)), hashes));
    }
    SUBJREC_TRY(
        out->add(PackedPart::kWorkHashes, static_cast<uint32_t>(first / kHashedWorks),
                 {reinterpret_cast<const char*>(chunk.data()), chunk.size() * sizeof(WorkHash)}));
  }
  return {};
}

Result<std::optional<std::vector<WorkHash>>> read_work_hashes(PackedRows* rows, size_t n_works,
                                                              std::string_view digest,
                                                              Monitor& monitor) {
  std::optional<std::vector<WorkHash>> hashes;
  SUBJREC_ASSIGN(const uint64_t any, rows->size(PackedPart::kWorkHashes, 0));
  if (any == 0) return hashes;
  hashes.emplace();
  // An update adds works.
  hashes->reserve(std::min(n_works + n_works / 64, size_t{1} << 24));
  advise_huge_pages(hashes->data(), hashes->capacity() * sizeof(WorkHash));
  std::vector<WorkHash> chunk;
  for (uint32_t number = 0; hashes->size() < n_works; ++number) {
    if (monitor.stop()) return Status::interrupted();
    SUBJREC_ASSIGN(const std::string_view bytes,
                   rows->read(PackedPart::kWorkHashes, number, digest));
    const size_t n = std::min(kHashedWorks, n_works - hashes->size());
    if (bytes.size() != n * sizeof(WorkHash)) return rows->damaged(PackedPart::kWorkHashes, number);
    chunk.resize(n);
    std::memcpy(chunk.data(), bytes.data(), bytes.size());
    hashes->insert(hashes->end(), chunk.begin(), chunk.end());
  }
  return hashes;
}

}  // namespace subjrec
