#include "core/base/json_writer.h"
#include "sqlite/store/import_report.h"

namespace subjrec {

std::vector<std::string> vocabulary_warnings(const ImportReport& report) {
  const VocabularyCounts& written = report.vocabulary;
  std::vector<std::string> warnings = reading_warnings(report, "subjects");
  const auto warn = [&](uint64_t count, const std::string& what) {
    if (count > 0) warnings.push_back(std::to_string(count) + what);
  };
  warn(written.subjects_without_label, " subjects have no label");
  warn(report.read.concepts_without_id + report.read.features_without_id,
       " broader or narrower subjects have no id and were left out");
  warn(written.broader_unknown,
       " pairs in subject_broader lead to a subject that is not in subjects");
  warn_of_lost_pairs(written.pairs_replaced, written.pairs_before, "subjects", &warnings);
  return warnings;
}

std::string vocabulary_summary(const ImportReport& report) {
  const SnapshotCounts& read = report.read;
  const VocabularyCounts& written = report.vocabulary;
  const auto count = [](int64_t rows) { return static_cast<uint64_t>(rows); };
  return summary_json(
      JsonWriter().add("path", report.path).add("kind", "vocabulary"),
      {
          {"files", report.files},
          {"subjects_read", read.works_read},
          {"subjects", written.subjects},
          {"subjects_repeated", read.works_read - written.subjects},
          {"subjects_without_label", written.subjects_without_label},
          {"labels", written.labels},
          {"broader", written.broader},
          {"broader_unknown", written.broader_unknown},
          {"subjects_changed", count(written.subjects_changed)},
          {"subjects_deleted", count(written.subjects_deleted)},
          {"labels_added", count(written.labels_added)},
          {"labels_deleted", count(written.labels_deleted)},
          {"broader_added", count(written.broader_added)},
          {"broader_deleted", count(written.broader_deleted)},
          {"references_without_id", read.concepts_without_id + read.features_without_id},
          {"lines_not_a_subject", read.lines_not_a_work},
          {"subjects_without_id", read.works_without_id},
          {"bytes", read.bytes},
      },
      report, vocabulary_warnings(report));
}

}  // namespace subjrec
