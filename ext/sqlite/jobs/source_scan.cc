#include "sqlite/jobs/source_scan.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "core/base/aligned.h"
#include "core/data/work_hash.h"
#include "sqlite/source/pair_reader.h"

namespace subjrec {
namespace {

/// A pair of a work that may differ. Works of the model come by their numbers, and then new ones.
struct KeptPair {
  uint32_t work;
  uint32_t subject;
  float weight;
  uint64_t hash;  // of the subject

  /// Of pairs that come again the one that counts is first.
  friend bool operator<(const KeptPair& a, const KeptPair& b) {
    return std::tie(a.work, a.subject, b.weight) < std::tie(b.work, b.subject, a.weight);
  }
  bool repeats(const KeptPair& other) const {
    return work == other.work && subject == other.subject;
  }
};

/// Drops what comes again of sorted items. Returns how many did.
template <class T, class Same>
size_t drop_repeats(std::vector<T>* items, const Same& same) {
  const auto end = std::unique(items->begin(), items->end(), same);
  const auto dropped = static_cast<size_t>(items->end() - end);
  items->erase(end, items->end());
  return dropped;
}

/// What is looked up some rows after it was read, when memory has come: one lookup after the other
/// would wait for each.
struct ReadSubject {
  uint64_t hash;
  float weight;
  IdView id;  // its bytes are elsewhere
  size_t length;
};

/// A work whose rows came together; as in ReadSubject.
struct ReadWork {
  uint64_t hash;
  IdView id;
  size_t length;
  size_t first;  // of its subjects
};

constexpr size_t kWorksAtATime = 32;

class Scan {
 public:
  Scan(const StoredModel& stored, const std::vector<WorkHash>& works, const HashIndex& numbers,
       const HashIndex& subjects, Monitor& monitor)
      : stored_(stored),
        works_(works),
        numbers_(numbers),
        subjects_(subjects),
        monitor_(monitor),
        states_(works.size()) {}

  /// False: it has to be compared row by row.
  Result<bool> read(PairReader* reader, size_t most) {
    const bool weighs = stored_.model.kind->weighs_subjects;
    for (;;) {
      SUBJREC_ASSIGN(const bool pair, reader->next(monitor_));
      if (!pair) break;
      SUBJREC_ASSIGN(const IdView work, reader->work());
      if (!begun_ || !(work == last_)) {
        if (read_works_.size() == kWorksAtATime) end_runs();
        if (new_with_subjects_ > most) return false;
        begin_run(work);
      }
      const float weight = weighs ? reader->weight() : 1.0f;
      if (weight != 1 && !stored_.weighted) return false;
      SUBJREC_ASSIGN(const IdView subject, reader->subject());
      const uint64_t hash = hash_id(subject);
      subjects_.prefetch(hash);
      read_.push_back({hash, weight, {subject.kind, subject.integer, {}}, subject.bytes.size()});
      read_bytes_ += subject.bytes;
    }
    end_runs();
    changes_.rows = reader->rows();
    changes_.nulls = reader->nulls();
    SUBJREC_TRY(reader->check_first_column(seen_ + new_.size()));
    return begun_;
  }

  Result<SourceChanges> changes(const StoredRow& stored_row) {
    SUBJREC_TRY(number_new_works());
    SUBJREC_TRY(add_rows_before(stored_row));
    SUBJREC_TRY(stoppable_sort(
        kept_.begin(), kept_.end(), [](const auto& a, const auto& b) { return a < b; }, monitor_));
    changes_.duplicates +=
        drop_repeats(&kept_, [](const KeptPair& a, const KeptPair& b) { return a.repeats(b); });
    SUBJREC_TRY(stoppable_sort(
        unknown_pairs_.begin(), unknown_pairs_.end(),
        [](const auto& a, const auto& b) { return a < b; }, monitor_));
    changes_.duplicates +=
        drop_repeats(&unknown_pairs_, [](const auto& a, const auto& b) { return a == b; });
    for (Interactions* rows : {&changes_.changed_rows, &changes_.added_rows}) {
      rows->n_subjects = subjects_.size();
      rows->offsets.push_back(0);
    }
    for (size_t begin = 0; begin < kept_.size();) begin = add_kept_work(begin);
    count();
    return std::move(changes_);
  }

 private:
  enum State : uint8_t {
    kSeen = 1,
    kSame = 2,  // rows that came together were all that it has
    kKept = 4,  // (others of) its pairs are among kept_
  };

  void begin_run(const IdView& id) {
    begun_ = true;
    last_bytes_.assign(id.bytes);
    last_ = {id.kind, id.integer, last_bytes_};
    const uint64_t hash = hash_id(id);
    numbers_.prefetch(hash);
    read_works_.push_back({hash, {id.kind, id.integer, {}}, id.bytes.size(), read_.size()});
    read_bytes_of_works_ += id.bytes;
  }

  /// The number of a work whose rows were read: often that behind the one before.
  void find_work(uint64_t hash, const IdView& id) {
    ++work_;
    if (work_ >= works_.size() || works_[work_].id != hash) work_ = numbers_.find(hash);
    if (work_ == HashIndex::kNone) {
      const size_t before = new_.size();
      const uint32_t at = new_.intern(id);
      if (new_.size() > before) new_states_.push_back(0);
      work_ = static_cast<uint32_t>(works_.size() + at);
    } else if ((states_[work_] & kSeen) == 0) {
      states_[work_] |= kSeen;
      ++seen_;
    }
  }

  /// The numbers of some subjects, whose ids are in read_bytes_ from `begin` on. Returns where
  /// those of the next begin.
  size_t find_subjects(std::span<const ReadSubject> some, size_t begin) {
    for (const ReadSubject& read : some) {
      const uint32_t at = subjects_.find(read.hash);
      if (at != HashIndex::kNone) {
        run_.push_back({0, at, read.weight, read.hash});
      } else {
        IdView id = read.id;
        id.bytes = std::string_view(read_bytes_).substr(begin, read.length);
        unknown_pairs_.emplace_back(work_, unknown_subjects_.intern(id));
      }
      begin += read.length;
    }
    return begin;
  }

  /// All works that were read.
  void end_runs() {
    size_t begin = 0;  // of an id in the bytes of works
    size_t next = 0;   // and of subjects
    for (size_t i = 0; i < read_works_.size(); ++i) {
      const ReadWork& read = read_works_[i];
      IdView id = read.id;
      id.bytes = std::string_view(read_bytes_of_works_).substr(begin, read.length);
      begin += read.length;
      find_work(read.hash, id);
      const size_t end = i + 1 < read_works_.size() ? read_works_[i + 1].first : read_.size();
      next = find_subjects(std::span(read_).subspan(read.first, end - read.first), next);
      end_run();
    }
    read_works_.clear();
    read_.clear();
    read_bytes_.clear();
    read_bytes_of_works_.clear();
  }

  /// Rows of a work mostly come together: then their hash says that it is as it was.
  void end_run() {
    if (run_.empty()) return;
    if (run_.size() > 1) {
      std::sort(run_.begin(), run_.end());
      changes_.duplicates +=
          drop_repeats(&run_, [](const KeptPair& a, const KeptPair& b) { return a.repeats(b); });
    }
    const bool is_new = work_ >= works_.size();
    uint8_t& state = is_new ? new_states_[work_ - works_.size()] : states_[work_];
    if (!is_new && (state & (kSame | kKept)) == 0 && hash_of(run_) == works_[work_].carried) {
      state |= kSame;
    } else {
      if (is_new && (state & kKept) == 0) ++new_with_subjects_;
      state |= kKept;
      for (KeptPair& pair : run_) pair.work = work_;
      kept_.insert(kept_.end(), run_.begin(), run_.end());
    }
    run_.clear();
  }

  uint64_t hash_of(std::span<const KeptPair> pairs) const {
    uint64_t sum = 0;
    for (const KeptPair& pair : pairs) sum += carried_hash(pair.hash, pair.weight);
    return sum;
  }

  /// New works in the order of their ids: those without subjects that the model knows are none.
  Status number_new_works() {
    SUBJREC_ASSIGN(const std::vector<uint32_t> moved, new_.sort(monitor_));
    const auto first = static_cast<uint32_t>(works_.size());
    const auto move = [&](uint32_t* work) {
      if (*work >= first) *work = first + moved[*work - first];
    };
    for (KeptPair& pair : kept_) move(&pair.work);
    for (auto& [work, subject] : unknown_pairs_) move(&work);
    return {};
  }

  /// Of works whose rows were all there, and came again in part.
  Status add_rows_before(const StoredRow& stored_row) {
    Poll poll(monitor_, 64);
    for (uint32_t w = 0; w < states_.size(); ++w) {
      if ((states_[w] & kSame) == 0 || (states_[w] & kKept) == 0) continue;
      if (poll.stop()) return Status::interrupted();
      SUBJREC_ASSIGN(const StoredSubjects row, stored_row(w));
      for (size_t i = 0; i < row.subjects.size(); ++i) {
        kept_.push_back({w, row.subjects[i], row.weights.empty() ? 1.0f : row.weights[i],
                         subjects_[row.subjects[i]]});
      }
    }
    return {};
  }

  /// From kept_[begin] on; returns where the next one begins.
  size_t add_kept_work(size_t begin) {
    size_t end = begin;
    while (end < kept_.size() && kept_[end].work == kept_[begin].work) ++end;
    const std::span<const KeptPair> pairs(kept_.data() + begin, end - begin);
    const uint32_t w = pairs[0].work;
    const bool is_new = w >= works_.size();
    if (!is_new && hash_of(pairs) == works_[w].carried) return end;
    Interactions& rows = is_new ? changes_.added_rows : changes_.changed_rows;
    for (const KeptPair& pair : pairs) {
      rows.subjects.push_back(pair.subject);
      if (stored_.weighted) rows.weights.push_back(pair.weight);
    }
    rows.offsets.push_back(rows.subjects.size());
    ++rows.n_works;
    if (is_new) {
      changes_.added.intern(new_[w - works_.size()]);
    } else {
      changes_.changed.push_back(w);
    }
    return end;
  }

  void count() {
    for (uint32_t w = 0; w < states_.size(); ++w) {
      if ((states_[w] & (kSame | kKept)) == 0) changes_.removed.push_back(w);
    }
    CatalogueCounts& counts = changes_.counts;
    const size_t kept = works_.size() - changes_.removed.size();
    counts.works = kept + changes_.added.size();
    counts.without_known_subjects = seen_ - kept + new_.size() - changes_.added.size();
    counts.unknown_subjects = unknown_subjects_.size();
    counts.unknown_interactions = unknown_pairs_.size();
  }

  const StoredModel& stored_;
  const std::vector<WorkHash>& works_;
  const HashIndex& numbers_;   // of works
  const HashIndex& subjects_;  // by their numbers
  Monitor& monitor_;

  bool begun_ = false;
  IdView last_;  // whose rows are read
  std::string last_bytes_;
  std::vector<ReadWork> read_works_;
  std::string read_bytes_of_works_;
  std::vector<ReadSubject> read_;
  std::string read_bytes_;
  uint32_t work_ = HashIndex::kNone;  // the number of one of them
  std::vector<KeptPair> run_;         // what was read of it

  std::vector<uint8_t> states_;
  size_t seen_ = 0;
  IdTable new_;
  std::vector<uint8_t> new_states_;
  size_t new_with_subjects_ = 0;
  std::vector<KeptPair> kept_;
  IdTable unknown_subjects_;
  std::vector<std::pair<uint32_t, uint32_t>> unknown_pairs_;
  SourceChanges changes_;
};

}  // namespace

Result<std::optional<SourceChanges>> scan_source(sqlite3* db, std::string_view who,
                                                 const SourceText& source,
                                                 const StoredModel& stored,
                                                 const std::vector<WorkHash>& works,
                                                 const StoredRow& stored_row, size_t most,
                                                 Monitor& monitor) {
  std::optional<SourceChanges> changes;
  std::vector<uint64_t> ids;
  ids.reserve(works.size());
  advise_huge_pages(ids.data(), works.size() * sizeof(uint64_t));
  for (const WorkHash& work : works) ids.push_back(work.id);
  SUBJREC_ASSIGN(const auto numbers, HashIndex::build(std::move(ids), monitor));
  SUBJREC_ASSIGN(const auto subjects, HashIndex::build(hashes_of(stored.subjects), monitor));
  if (!numbers || !subjects) return changes;
  SUBJREC_ASSIGN(PairReader reader, PairReader::open(db, who, source));
  Scan scan(stored, works, *numbers, *subjects, monitor);
  SUBJREC_ASSIGN(const bool whole, scan.read(&reader, most));
  if (!whole) return changes;
  SUBJREC_ASSIGN(changes, scan.changes(stored_row));
  return changes;
}

}  // namespace subjrec
