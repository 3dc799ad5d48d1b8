#include "sqlite/store/stored_lists.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

namespace subjrec {
namespace {

constexpr uint32_t kVersion = 1;
constexpr size_t kValues = 1 << 16;  // of counts or scales in a value
constexpr size_t kWorks = 256;       // whose subjects are in a value

template <class T>
std::string_view bytes_of(const T* values, size_t n) {
  return {reinterpret_cast<const char*>(values), n * sizeof(T)};
}

/// 32-bit values of a BLOB, which may lie at any address.
template <class T>
bool copy(std::string_view bytes, std::vector<T>* out) {
  static_assert(sizeof(T) == 4);
  const size_t before = out->size();
  out->resize(before + bytes.size() / sizeof(T));
  if (!bytes.empty()) {
    std::memcpy(out->data() + before, bytes.data(), bytes.size() / sizeof(T) * sizeof(T));
  }
  return bytes.size() % sizeof(T) == 0;
}

template <class T>
Status write_column(PackedWriter* out, PackedPart part, std::span<const T> values) {
  for (size_t begin = 0; begin < values.size(); begin += kValues) {
    SUBJREC_TRY(
        out->add(part, static_cast<uint32_t>(begin / kValues),
                 bytes_of(values.data() + begin, std::min(kValues, values.size() - begin))));
  }
  return {};
}

/// The works of a term, before them their number; and behind them their values, unless all are what
/// a term of this kind has.
Status write_postings(PackedWriter* out, size_t term, const SparseRows& rows, float usual) {
  std::vector<uint32_t> words{0};
  std::vector<float> values;
  bool plain = true;
  for (size_t e = rows.offsets[term]; e < rows.offsets[term + 1]; ++e) {
    if (!(rows.weights[e] > 0)) continue;
    words.push_back(rows.columns[e]);
    values.push_back(rows.weights[e]);
    plain = plain && rows.weights[e] == usual;
  }
  words[0] = static_cast<uint32_t>(values.size());
  std::string bytes(bytes_of(words.data(), words.size()));
  if (!plain) bytes += bytes_of(values.data(), values.size());
  return out->add(PackedPart::kPostings, static_cast<uint32_t>(term), bytes);
}

Status write_subjects(PackedWriter* out, size_t chunk, const Interactions& y) {
  const size_t first = chunk * kWorks;
  const size_t n = std::min(kWorks, y.n_works - first);
  std::vector<uint32_t> words;
  for (size_t i = 0; i <= n; ++i) {
    words.push_back(static_cast<uint32_t>(y.offsets[first + i] - y.offsets[first]));
  }
  words.insert(words.end(), y.subjects.begin() + static_cast<ptrdiff_t>(y.offsets[first]),
               y.subjects.begin() + static_cast<ptrdiff_t>(y.offsets[first + n]));
  return out->add(PackedPart::kSubjectsOfWorks, static_cast<uint32_t>(chunk),
                  bytes_of(words.data(), words.size()));
}

/// Reads lists when they are first asked for.
class StoredLists : public WorkLists {
 public:
  StoredLists(std::shared_ptr<PackedRows> rows, const StoredModel& model)
      : rows_(std::move(rows)),
        digest_(model.config.find("digest")->second),
        feature_value_(static_cast<float>(model.model.feature_weight)) {}

  /// What every search needs.
  Status open(const StoredModel& model) {
    constexpr uint32_t kSizes = 5;
    std::vector<uint32_t> sizes;
    SUBJREC_TRY(words(PackedPart::kSizes, 0, kSizes, &sizes));
    if (sizes[0] != kVersion || sizes[1] != model.n_works || sizes[2] != model.n_subjects ||
        (sizes[3] != 0 && sizes[3] != model.n_features)) {
      return rows_->damaged(PackedPart::kSizes, 0);
    }
    terms_.n_works = sizes[1];
    terms_.n_subjects = sizes[2];
    terms_.voters = sizes[4];
    SUBJREC_TRY(column(PackedPart::kTermCounts, size_t{sizes[2]} + sizes[3], &terms_.counts));
    SUBJREC_TRY(column(PackedPart::kScales, sizes[1], &scales_));
    idf_ = inverse_frequencies(terms_);
    return {};
  }
  const TermCounts& terms() const { return terms_; }

  Status postings(size_t term, std::span<const Posting>* out) const override {
    const auto at = postings_.find(term);
    if (at != postings_.end()) {
      *out = at->second;
      return {};
    }
    const auto number = static_cast<uint32_t>(term);
    std::vector<uint32_t> found;
    SUBJREC_TRY(words(PackedPart::kPostings, number, 1, &found));
    const size_t n = found[0];
    const bool plain = found.size() == n + 1;
    if (!plain && found.size() != 2 * n + 1) return rows_->damaged(PackedPart::kPostings, number);
    const std::span<const uint32_t> works(found.data() + 1, n);
    std::vector<float> values(n, term < terms_.n_subjects ? 1.0f : feature_value_);
    if (!plain) std::memcpy(values.data(), found.data() + 1 + n, n * sizeof(float));
    if (!ascend(works, terms_.n_works)) return rows_->damaged(PackedPart::kPostings, number);
    std::vector<Posting>& list = postings_[term];
    list.reserve(n);
    add_postings(works, values, idf_[term], scales_, &list);
    *out = list;
    return {};
  }

  Status subjects_of(uint32_t work, std::span<const uint32_t>* out) const override {
    const uint32_t chunk = work / kWorks;
    const size_t n = std::min<size_t>(kWorks, terms_.n_works - size_t{chunk} * kWorks);
    auto at = subjects_.find(chunk);
    if (at == subjects_.end()) {
      std::vector<uint32_t> found;
      SUBJREC_TRY(words(PackedPart::kSubjectsOfWorks, chunk, n + 1, &found));
      bool good = found[0] == 0 && found[n] == found.size() - n - 1;
      for (size_t i = 0; good && i < n; ++i) {
        good = found[i] <= found[i + 1] && found[i + 1] <= found[n] &&
               ascend({found.data() + n + 1 + found[i], found[i + 1] - size_t{found[i]}},
                      terms_.n_subjects);
      }
      if (!good) return rows_->damaged(PackedPart::kSubjectsOfWorks, chunk);
      at = subjects_.emplace(chunk, std::move(found)).first;
    }
    const std::vector<uint32_t>& found = at->second;
    const uint32_t* offset = found.data() + work % kWorks;
    *out = {found.data() + n + 1 + offset[0], size_t{offset[1]} - offset[0]};
    return {};
  }

 private:
  static bool ascend(std::span<const uint32_t> positions, size_t below) {
    bool good = positions.empty() || positions.back() < below;
    for (size_t i = 1; i < positions.size(); ++i) good = good && positions[i - 1] < positions[i];
    return good;
  }

  /// A value of at least so many words.
  template <class T>
  Status words(PackedPart part, uint32_t number, size_t least, std::vector<T>* out) const {
    SUBJREC_ASSIGN(const std::string_view bytes, rows_->read(part, number, digest_));
    const size_t before = out->size();
    if (!copy(bytes, out) || out->size() - before < least) return rows_->damaged(part, number);
    return {};
  }

  /// n words in all.
  template <class T>
  Status column(PackedPart part, size_t n, std::vector<T>* out) const {
    out->reserve(std::min(n, size_t{1} << 26));
    for (uint32_t number = 0; out->size() < n; ++number) {
      const size_t wanted = std::min(n, (number + size_t{1}) * kValues);
      SUBJREC_TRY(words(part, number, 1, out));
      if (out->size() != wanted) return rows_->damaged(part, number);
    }
    return {};
  }

  std::shared_ptr<PackedRows> rows_;
  std::string digest_;
  float feature_value_;
  TermCounts terms_;
  std::vector<float> idf_;
  std::vector<float> scales_;
  mutable std::unordered_map<size_t, std::vector<Posting>> postings_;
  mutable std::unordered_map<uint32_t, std::vector<uint32_t>> subjects_;
};

}  // namespace

Status write_lists(PackedWriter* out, const TrainData& data, const Model& model, bool weighted,
                   Monitor& monitor) {
  TrainData plain;
  const bool strip = data.interactions.weighted() && !weighted;
  if (strip) {
    plain.interactions = data.interactions;
    plain.interactions.weights.clear();
    plain.work_features = data.work_features;
  }
  SUBJREC_ASSIGN(const InvertedWorks index,
                 invert_works(strip ? plain : data, model.feature_weight, monitor));
  const TermCounts& terms = index.terms;
  const bool features = !data.work_features.empty();
  const size_t n_terms = terms.n_subjects + (features ? terms.n_features() : 0);
  const std::vector<uint32_t> sizes = {
      kVersion, static_cast<uint32_t>(terms.n_works), static_cast<uint32_t>(terms.n_subjects),
      static_cast<uint32_t>(n_terms - terms.n_subjects), static_cast<uint32_t>(terms.voters)};
  SUBJREC_TRY(out->add(PackedPart::kSizes, 0, bytes_of(sizes.data(), sizes.size())));
  SUBJREC_TRY(write_column(out, PackedPart::kTermCounts, std::span(terms.counts).first(n_terms)));
  SUBJREC_TRY(write_column(out, PackedPart::kScales, std::span(index.scales)));
  const std::vector<float> idf = inverse_frequencies(terms);
  Poll poll(monitor, 256);
  for (size_t t = 0; t < n_terms; ++t) {
    if (poll.stop()) return Status::interrupted();
    const float usual = t < terms.n_subjects ? 1.0f : static_cast<float>(model.feature_weight);
    if (idf[t] > 0) SUBJREC_TRY(write_postings(out, t, index.works, usual));
  }
  const Interactions& y = data.interactions;
  for (size_t chunk = 0; chunk * kWorks < y.n_works; ++chunk) {
    if (poll.stop()) return Status::interrupted();
    SUBJREC_TRY(write_subjects(out, chunk, y));
  }
  return {};
}

Result<WorkNeighbors> stored_neighbors(std::shared_ptr<PackedRows> rows, const StoredModel& model) {
  const auto lists = std::make_shared<StoredLists>(std::move(rows), model);
  SUBJREC_TRY(lists->open(model));
  return WorkNeighbors::over(lists, lists->terms(), model.model.feature_weight,
                             model.model.neighbors);
}

}  // namespace subjrec
