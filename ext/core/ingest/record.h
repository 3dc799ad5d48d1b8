// What a works snapshot says, record by record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.h"

namespace subjrec {

/// A string of the snapshot. data() is null where the record has none, or has one of another type;
/// an id that is empty is none.
using Text = std::string_view;

/// Something with an id: a concept, but also an agent, a genre, a language, a work type.
struct Concept {
  Text id;
  Text label;
  Text type;
};

/// A whole heading, "Surgery - 18th Century", and what it is made of.
struct Subject {
  Concept heading;
  std::span<const Concept> concepts;
  Text weight = {};  // a number of 0 or more, where the record says one
};

/// A trait of a work that only some shapes have, of a kind that they name.
struct Feature {
  Text kind;
  Concept item;
};

struct WorkRecord {
  uint64_t line = 0;
  Text id;  // never null
  Text title;
  std::span<const Text> alternative_titles;
  Concept work_type;     // all null where the work has none
  Text production_date;  // label of the first date of the first production event that has one
  std::span<const Subject> subjects;
  std::span<const Concept> contributors;  // the agents
  std::span<const Concept> genres;        // the concepts of all genres
  std::span<const Concept> languages;
  std::span<const Feature> features;  // further ones
};

/// A record that gave no work, and why.
struct SkippedLine {
  enum class Kind { kNotJson, kNotUtf8, kTruncated, kNotAWork, kWithoutId };
  Kind kind = Kind::kNotJson;
  uint64_t line = 0;    // from 1
  uint64_t offset = 0;  // of the line's first byte in the unpacked file
  std::string reason;   // "line 7 (byte 1234) is not JSON: ..."
};

/// What was read so far. Every record is in exactly one of works_read and the five kinds that are
/// skipped; what is said of subjects counts works read, repeated ones included. Where each record
/// is a line, lines = records + blank_lines.
struct SnapshotCounts {
  uint64_t records = 0;
  uint64_t lines = 0;
  uint64_t bytes = 0;  // unpacked
  uint64_t works_read = 0;
  uint64_t blank_lines = 0;
  uint64_t lines_not_json = 0;
  uint64_t lines_not_utf8 = 0;
  uint64_t lines_truncated = 0;   // the file ends inside a record, an array or a page
  uint64_t lines_not_a_work = 0;  // JSON, but no object
  uint64_t works_without_id = 0;
  uint64_t concepts_without_id = 0;  // of subjects
  uint64_t headings_without_id = 0;
  uint64_t features_without_id = 0;  // contributors, genres, languages, work types
  uint64_t malformed_fields = 0;     // of a type no snapshot gives them: read as missing; or with
                                     // a bad escape, which is read as U+FFFD

  uint64_t skipped() const {
    return lines_not_json + lines_not_utf8 + lines_truncated + lines_not_a_work + works_without_id;
  }
};

/// A few hundred works, with the memory that holds their strings.
class RecordBatch {
 public:
  RecordBatch() : arena_(std::make_unique<Arena>(kFirst)) {}

  std::vector<WorkRecord> works;
  std::vector<SkippedLine> skipped;
  SnapshotCounts counts;  // of the whole file, up to the end of this batch
  std::string first_odd;  // the first of these works' parts that is malformed, and what it is

  void clear();
  /// Bytes the strings and lists of this batch take.
  size_t size() const { return size_; }

  /// Copies that live as long as the batch.
  Text keep(Text text);
  template <class T>
  std::span<const T> keep(const std::vector<T>& items) {
    if (items.empty()) return {};
    auto* copy = static_cast<T*>(allocate(items.size() * sizeof(T), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), copy);
    return {copy, items.size()};
  }

 private:
  static constexpr size_t kFirst = 64 * 1024;

  void* allocate(size_t bytes, size_t alignment) {
    size_ += bytes;
    return arena_->allocate(bytes, alignment);
  }

  std::unique_ptr<Arena> arena_;
  size_t size_ = 0;
};

}  // namespace subjrec
