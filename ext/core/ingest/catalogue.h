// A snapshot as the tables it fills: distinct works, subjects and features, each in order of id.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/record.h"
#include "core/ingest/run_sorter.h"

namespace subjrec {

/// What a work's subjects are: the concepts of its headings, the headings as a whole, or all of
/// them.
enum class SubjectLevel { kConcept, kHeading, kBoth };

struct CatalogueWork {
  Text id;
  Text title;
  Text work_type;  // the label, or the id where it has none
  Text production_date;
  Text alternative_titles;     // a JSON array; null where there are none
  std::vector<Text> subjects;  // distinct ids, ascending
  std::vector<Text> weights;   // of the subjects; empty where pairs have none
  std::vector<Text> features;  // distinct feature ids, ascending
};

/// A subject, or a feature with its kind in `type`.
struct CatalogueEntry {
  Text id;
  Text label;
  Text type;
};

/// The rows of a sorter, those of one key together.
class GroupedRows {
 public:
  explicit GroupedRows(RunSorter* rows) : rows_(*rows) {}

  /// The next key and its values, in the order they were added; false after the last. Good until
  /// the next call.
  Result<bool> next(std::string_view* key, std::vector<std::string_view>* values);

 private:
  Status pull();

  RunSorter& rows_;
  bool started_ = false;
  bool pending_ = false;
  std::string_view pending_key_, pending_value_;
  std::string key_;
  std::string bytes_;  // of the values
  std::vector<size_t> ends_;
};

/// First all add(), then finish(), then the three tables, each to its end.
///
/// A work that the snapshot has several times becomes one: of its title, type and date the first
/// that is there, of its subjects and features all. Of the labels and types of an id the first that
/// is there counts, in the order of the file; of several weights of a pair the greatest, and 1
/// where there is none. Subjects and features without an id are left out. Feature ids are unique
/// across kinds: "contributor:a2b3", "genre:c4", "language:en", "work_type:a"; subject ids are the
/// snapshot's. Memory is bounded: what does not fit is sorted in temporary files.
///
/// One of several shards keeps the works whose ids are its own, and all subjects and features.
class Catalogue {
 public:
  struct Settings {
    SubjectLevel level = SubjectLevel::kConcept;
    bool features = true;
    bool weights = false;  // of the pairs of works and subjects
    uint32_t shard = 0;
    uint32_t shards = 1;
    size_t memory = size_t{64} << 20;
  };
  explicit Catalogue(const Settings& settings);
  ~Catalogue();
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;

  Status add(const RecordBatch& batch);
  Status finish();
  bool weighted() const { return settings_.weights; }
  /// Of the works that were added, with their pairs: about what the tables will take.
  uint64_t bytes() const { return bytes_; }
  /// Records of works that other shards keep.
  uint64_t of_other_shards() const { return of_other_shards_; }

  // The next row; false after the last. Its texts are good until the next call.
  Result<bool> next_subject(CatalogueEntry* entry);
  Result<bool> next_feature(CatalogueEntry* entry);
  Result<bool> next_work(CatalogueWork* work);

 private:
  class Entries;

  bool is_mine(Text id) const;
  Status add_work(const WorkRecord& work);
  Status add_subject(const Concept& subject, Text weight);
  void take_weighted(CatalogueWork* work);
  Status add_feature(std::string_view kind, const Concept& item);

  Settings settings_;
  std::unique_ptr<Entries> subjects_;
  std::unique_ptr<Entries> features_;
  RunSorter works_;
  GroupedRows work_groups_;
  uint64_t bytes_ = 0;
  uint64_t of_other_shards_ = 0;
  // Scratch of one work.
  std::string row_, subject_ids_, feature_ids_, feature_id_;
  std::vector<std::string_view> values_;
  struct WeightedSubject {
    Text id, weight;
    double value;
  };
  std::vector<WeightedSubject> weighted_;
};

}  // namespace subjrec
