#include <chrono>

#include "core/snapshot/snapshot_reader.h"
#include "face/function.h"
#include "face/import_writer.h"
#include "face/model_name.h"
#include "face/registry.h"
#include "face/snapshot.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_import";

struct Import {
  sqlite3* db;
  std::string path;
  ImportOptions options;
  SnapshotCounts read{};
  ImportCounts written{};
  std::string first_skipped{};
};

/// What can be said before the file is opened: database, write access, tables in the way.
Status check_database(const Import& import) {
  const std::string& schema = import.options.schema;
  SUBJREC_ASSIGN(const auto known, schemas(import.db, kName));
  std::string list;
  bool found = false;
  for (const std::string& name : known) {
    found |= sqlite3_stricmp(name.c_str(), schema.c_str()) == 0;
    list += (list.empty() ? "" : ", ") + name;
  }
  if (!found) {
    return {Code::kNotFound, std::string(kName) + ": option \"schema\" must be one of " + list +
                                 ", got \"" + schema + "\""};
  }
  if (sqlite3_db_readonly(import.db, schema.c_str()) == 1) {
    return {Code::kReadOnly, std::string(kName) + ": the database " + schema +
                                 " is read-only; nothing can be imported into it"};
  }
  for (const ImportTable* table :
       {&kWorksTable, &kSubjectsTable, &kWorkSubjectsTable, &kFeaturesTable, &kWorkFeaturesTable}) {
    if (!import.options.features && (table == &kFeaturesTable || table == &kWorkFeaturesTable)) {
      continue;
    }
    SUBJREC_ASSIGN([[maybe_unused]] const bool there,
                   check_import_table(import.db, kName, schema, *table));
  }
  return {};
}

Status read_snapshot(Import* import, Catalogue* catalogue, Monitor& monitor) {
  SUBJREC_ASSIGN(const auto reader, SnapshotReader::open(import->path, monitor));
  RecordBatch batch;
  for (;;) {
    SUBJREC_ASSIGN(const bool more, reader->next(&batch, monitor));
    import->read = batch.counts;
    if (!more) break;
    if (monitor.stop()) return Status::interrupted();
    if (import->first_skipped.empty() && !batch.skipped.empty()) {
      import->first_skipped = batch.skipped[0].reason;
    }
    SUBJREC_TRY(catalogue->add(batch));
  }
  if (import->read.works_read == 0) {
    std::string why = "'";
    why.append(import->path).append("' holds no works: ");
    return {Code::kInvalid,
            why + (import->first_skipped.empty() ? "it is empty" : import->first_skipped)};
  }
  return catalogue->finish();
}

std::string summary(const Import& import, double seconds) {
  const SnapshotCounts& read = import.read;
  const ImportCounts& written = import.written;
  std::string json = "{\"path\":" + option_detail::json_string(import.path) +
                     ",\"level\":" + option_detail::json_string(import.options.level);
  const std::pair<const char*, uint64_t> numbers[] = {
      {"works_read", read.works_read},
      {"works", written.works},
      {"works_repeated", read.works_read - written.works},
      {"works_without_subjects", written.works_without_subjects},
      {"subjects", written.subjects},
      {"interactions", written.interactions},
      {"features", written.features},
      {"work_features", written.work_features},
      {"works_changed", static_cast<uint64_t>(written.works_changed)},
      {"works_deleted", static_cast<uint64_t>(written.works_deleted)},
      {"interactions_added", static_cast<uint64_t>(written.interactions_added)},
      {"interactions_deleted", static_cast<uint64_t>(written.interactions_deleted)},
      {"concepts_without_id", read.concepts_without_id},
      {"headings_without_id", read.headings_without_id},
      {"features_without_id", read.features_without_id},
      {"odd_parts", read.odd_parts},
      {"lines", read.lines},
      {"blank_lines", read.blank_lines},
      {"lines_not_json", read.lines_not_json},
      {"lines_not_utf8", read.lines_not_utf8},
      {"lines_truncated", read.lines_truncated},
      {"lines_not_a_work", read.lines_not_a_work},
      {"works_without_id", read.works_without_id},
      {"bytes", read.bytes},
  };
  for (const auto& [name, number] : numbers) {
    json += ",\"" + std::string(name) + "\":" + std::to_string(number);
  }
  json += ",\"first_skipped\":" + (import.first_skipped.empty()
                                       ? std::string("null")
                                       : option_detail::json_string(import.first_skipped));
  char text[32];
  sqlite3_snprintf(sizeof text, text, "%.3f", seconds);
  return json + ",\"seconds\":" + text + "}";
}

Status import_snapshot(Connection& connection, sqlite3_context* context, Arguments arguments) {
  if (arguments.empty() || arguments.size() > 2) {
    return {Code::kInvalid, std::string(kName) + ": wanted 1 or 2 arguments (path, options), got " +
                                std::to_string(arguments.size())};
  }
  const auto start = std::chrono::steady_clock::now();
  Import import{connection.db(), {}, {}};
  SUBJREC_ASSIGN(import.path, text_argument(kName, arguments, 0, "path", "'works.json.gz'"));
  if (arguments.size() == 2) {
    SUBJREC_TRY(import_option_table().read_json(kName, text_of(arguments[1]), &import.options));
  }
  SUBJREC_TRY(check_database(import));
  SqliteMonitor monitor(import.db);
  Catalogue catalogue(
      {.level = import.options.level == "heading" ? SubjectLevel::kHeading : SubjectLevel::kConcept,
       .features = import.options.features});
  // Reading takes no lock; only the writing is a transaction.
  SUBJREC_TRY(snapshot_error(kName, read_snapshot(&import, &catalogue, monitor)));
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(import.db, kName));
  SUBJREC_TRY(
      write_catalogue(import.db, kName, import.options, &catalogue, monitor, &import.written));
  SUBJREC_TRY(savepoint.release(kName));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  result_text(context, summary(import, seconds.count()));
  return {};
}

}  // namespace

int register_import(const std::shared_ptr<Connection>& connection) {
  return register_function(connection, kName, -1, SQLITE_DIRECTONLY, import_snapshot);
}

}  // namespace subjrec
