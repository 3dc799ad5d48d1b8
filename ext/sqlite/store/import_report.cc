#include "sqlite/store/import_report.h"

#include <cmath>

#include "core/base/json_writer.h"
#include "core/options/option_table.h"

namespace subjrec {
namespace {

/// A limit that lets `part` of `whole` pass, with two digits.
std::string limit_for(uint64_t part, uint64_t whole) {
  const double share = static_cast<double>(part) / static_cast<double>(whole);
  const double unit = std::pow(10, std::floor(std::log10(share)) - 1);
  return option_detail::number_text(std::min(1.0, std::ceil(share / unit) * unit));
}

std::string number(uint64_t count) { return std::to_string(count); }

bool exceeds(uint64_t part, uint64_t whole, double limit) {
  return static_cast<double>(part) > limit * static_cast<double>(whole);
}

std::string skipped_text(const ImportReport& report) {
  return number(report.read.skipped()) + " of " + number(report.read.records) +
         " records were skipped";
}

}  // namespace

Status check_read(const ImportReport& report, const ImportOptions& options) {
  const SnapshotCounts& read = report.read;
  if (read.works_read == 0) {
    return {Code::kInvalid,
            "'" + report.path + "' holds no " +
                (options.kind == "vocabulary" ? "subjects: " : "works: ") +
                (report.first_skipped.empty() ? "it is empty" : report.first_skipped)};
  }
  if (exceeds(read.skipped(), read.records, options.skipped_limit)) {
    return {Code::kInvalid,
            "'" + report.path + "': " + skipped_text(report) + ", which is more than the option " +
                "\"skipped_limit\" (" + option_detail::number_text(options.skipped_limit) +
                ") allows; the first: " + report.first_skipped +
                "; nothing was imported; to import the rest, type {\"skipped_limit\": " +
                limit_for(read.skipped(), read.records) + "}"};
  }
  if (options.missing == "delete" && read.skipped() > 0) {
    return {Code::kInvalid, "'" + report.path + "': " + skipped_text(report) +
                                ", so that what this file lacks cannot be told from what could not "
                                "be read; the first: " +
                                report.first_skipped +
                                "; nothing was imported; import without {\"missing\": \"delete\"}, "
                                "or mend the file"};
  }
  return {};
}

Status check_deleted(const ImportReport& report, const ImportOptions& options, int64_t deleted,
                     uint64_t before, const std::string& what) {
  const auto gone = static_cast<uint64_t>(deleted);
  if (before == 0 || !exceeds(gone, before, options.delete_limit)) return {};
  return {Code::kInvalid,
          "'" + report.path + "' lacks " + number(gone) + " of the " + number(before) + " " + what +
              " in the table, and {\"missing\": \"delete\"} would delete them, which is more than "
              "the option \"delete_limit\" (" +
              option_detail::number_text(options.delete_limit) +
              ") allows; nothing was imported; to delete them, type {\"missing\": \"delete\", "
              "\"delete_limit\": " +
              limit_for(gone, before) + "}"};
}

Status check_written(const ImportReport& report, const ImportOptions& options) {
  if (options.kind == "vocabulary") {
    return check_deleted(report, options, report.vocabulary.subjects_deleted,
                         report.vocabulary.subjects_before, "subjects");
  }
  const ImportCounts& written = report.written;
  if (written.works == 0) {
    return {Code::kInvalid, "'" + report.path + "': none of its works belongs to shard " +
                                std::to_string(options.shard) + " of " +
                                std::to_string(options.shards) + "; nothing was imported"};
  }
  const uint64_t without_id = options.level == "heading" ? report.read.headings_without_id
                                                         : report.read.concepts_without_id;
  if (written.interactions == 0 && (without_id > 0 || report.read.malformed_fields > 0)) {
    const std::string why = without_id > 0
                                ? number(without_id) +
                                      " subjects have no id; to know them by their label, type "
                                      "{\"without_id\": \"label\"}"
                                : "their parts are not what the shape \"" + options.shape +
                                      "\" wants; the first: " + report.first_odd;
    return {Code::kInvalid, "'" + report.path + "': none of its " + number(written.works) +
                                " works has a subject that can be used: " + why +
                                "; nothing was imported"};
  }
  return check_deleted(report, options, written.works_deleted, written.works_before, "works");
}

std::vector<std::string> reading_warnings(const ImportReport& report, const std::string& what) {
  const SnapshotCounts& read = report.read;
  std::vector<std::string> warnings;
  if (read.skipped() > 0) {
    warnings.push_back(skipped_text(report) + "; the first: " + report.first_skipped);
  }
  if (read.lines_truncated > 0) {
    warnings.push_back("the file is cut off; what was behind its end is not here");
  }
  if (read.malformed_fields > 0) {
    warnings.push_back(
        number(read.malformed_fields) + " parts of " + what +
        " are not what they should be and were left out or mended; the first: " + report.first_odd);
  }
  return warnings;
}

void warn_of_lost_pairs(uint64_t replaced, uint64_t before, const std::string& what,
                        std::vector<std::string>* warnings) {
  if (replaced * 2 <= before || before == 0) return;
  warnings->push_back(number(replaced) + " of the " + number(before) + " pairs that the " + what +
                      " of this file had before were taken away; if that is not meant, import the "
                      "older file again");
}

std::vector<std::string> import_warnings(const ImportReport& report) {
  const SnapshotCounts& read = report.read;
  const ImportCounts& written = report.written;
  std::vector<std::string> warnings = reading_warnings(report, "works");
  if (written.interactions == 0) {
    warnings.push_back("none of the works has a subject; nothing can be learned from them");
  }
  if (read.concepts_without_id > written.interactions / 10 && read.concepts_without_id > 0) {
    warnings.push_back(number(read.concepts_without_id) +
                       " subjects have no id and were left out; {\"without_id\": \"label\"} knows "
                       "them by their label");
  }
  warn_of_lost_pairs(written.pairs_replaced, written.pairs_before, "works", &warnings);
  return warnings;
}

void add_counts(const SnapshotCounts& file, SnapshotCounts* all) {
  constexpr uint64_t SnapshotCounts::*kCounts[] = {&SnapshotCounts::records,
                                                   &SnapshotCounts::lines,
                                                   &SnapshotCounts::bytes,
                                                   &SnapshotCounts::works_read,
                                                   &SnapshotCounts::blank_lines,
                                                   &SnapshotCounts::lines_not_json,
                                                   &SnapshotCounts::lines_not_utf8,
                                                   &SnapshotCounts::lines_truncated,
                                                   &SnapshotCounts::lines_not_a_work,
                                                   &SnapshotCounts::works_without_id,
                                                   &SnapshotCounts::concepts_without_id,
                                                   &SnapshotCounts::headings_without_id,
                                                   &SnapshotCounts::features_without_id,
                                                   &SnapshotCounts::malformed_fields};
  static_assert(sizeof kCounts / sizeof *kCounts * sizeof(uint64_t) == sizeof(SnapshotCounts));
  for (const auto count : kCounts) all->*count += file.*count;
}

std::string summary_json(JsonWriter json, const SummaryNumbers& numbers, const ImportReport& report,
                         const std::vector<std::string>& warnings) {
  const SnapshotCounts& read = report.read;
  for (const auto& [name, value] : numbers) json.add(name, value);
  json.add("odd_parts", read.malformed_fields).add("records", read.records);
  json.add("lines", read.lines).add("blank_lines", read.blank_lines);
  json.add("lines_not_json", read.lines_not_json).add("lines_not_utf8", read.lines_not_utf8);
  json.add("lines_truncated", read.lines_truncated);
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? "null" : json_string(text);
  };
  json.add_raw("first_skipped", text_or_null(report.first_skipped));
  json.add_raw("first_odd", text_or_null(report.first_odd));
  JsonWriter list;
  for (const std::string& warning : warnings) list.add_element(json_string(warning));
  return json.add_raw("warnings", list.array()).add_seconds("seconds", report.seconds).object();
}

std::string import_summary(const ImportReport& report, const ImportOptions& options) {
  const SnapshotCounts& read = report.read;
  const ImportCounts& written = report.written;
  const auto count = [](int64_t rows) { return static_cast<uint64_t>(rows); };
  return summary_json(
      JsonWriter().add("path", report.path).add("level", options.level),
      {
          {"files", report.files},
          {"works_read", read.works_read},
          {"works", written.works},
          {"works_repeated", read.works_read - report.of_other_shards - written.works},
          {"records_of_other_shards", report.of_other_shards},
          {"works_without_subjects", written.works_without_subjects},
          {"subjects", written.subjects},
          {"interactions", written.interactions},
          {"features", written.features},
          {"work_features", written.work_features},
          {"works_changed", count(written.works_changed)},
          {"works_deleted", count(written.works_deleted)},
          {"interactions_added", count(written.interactions_added)},
          {"interactions_deleted", count(written.interactions_deleted)},
          {"concepts_without_id", read.concepts_without_id},
          {"headings_without_id", read.headings_without_id},
          {"features_without_id", read.features_without_id},
          {"lines_not_a_work", read.lines_not_a_work},
          {"works_without_id", read.works_without_id},
          {"bytes", read.bytes},
      },
      report, import_warnings(report));
}

}  // namespace subjrec
