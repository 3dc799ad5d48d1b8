#include <array>
#include <chrono>
#include <memory>
#include <optional>

#include "core/base/status.h"
#include "core/ingest/snapshot_reader.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/progress_monitor.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/snapshot_error.h"
#include "sqlite/store/import_writer.h"
#include "sqlite/store/model_name.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_import";

/// One import, in steps that the scalar function and the table share.
class Import {
 public:
  static Result<std::unique_ptr<Import>> begin(Connection& connection, Arguments arguments);

  /// Reads a few MB more, or, when all is read, writes the tables and is done.
  Status step();

  bool done() const { return done_; }
  const char* stage() const { return done_ ? "written" : "reading"; }
  uint64_t works_read() const { return read_.works_read; }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  /// What happened, as JSON.
  std::string summary() const;

 private:
  static constexpr uint64_t kStepBytes = 16 << 20;  // unpacked

  explicit Import(sqlite3* db) : db_(db), monitor_(db) {}

  Status check_database() const;
  Status read_some();
  Status write();

  sqlite3* db_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  ProgressMonitor monitor_;
  std::string path_;
  ImportOptions options_;
  std::unique_ptr<SnapshotReader> reader_;
  std::optional<Catalogue> catalogue_;
  RecordBatch batch_;
  bool all_read_ = false;
  bool done_ = false;
  SnapshotCounts read_{};
  ImportCounts written_{};
  std::string first_skipped_;
};

Result<std::unique_ptr<Import>> Import::begin(Connection& connection, Arguments arguments) {
  std::unique_ptr<Import> import(new Import(connection.db()));
  Import& self = *import;
  SUBJREC_TRY(check_may_write(connection.db(), kName));
  SUBJREC_ASSIGN(self.path_, text_argument(kName, arguments, 0, "path", "'works.json.gz'"));
  if (arguments.size() == 2) {
    SUBJREC_TRY(import_option_table().read_json(kName, text_of(arguments[1]), &self.options_));
  }
  SUBJREC_TRY(self.check_database());
  auto reader = SnapshotReader::open(self.path_, self.monitor_);
  if (!reader.ok()) return snapshot_error(kName, reader.status());
  self.reader_ = std::move(*reader);
  self.catalogue_.emplace(Catalogue::Settings{
      .level = self.options_.level == "heading" ? SubjectLevel::kHeading : SubjectLevel::kConcept,
      .features = self.options_.features});
  if (self.options_.progress) self.monitor_.show("importing", "works");
  return import;
}

/// What can be said before the file is opened: database, write access, tables in the way.
Status Import::check_database() const {
  const std::string& schema = options_.schema;
  SUBJREC_ASSIGN(const auto known, schemas(db_, kName));
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
  if (sqlite3_db_readonly(db_, schema.c_str()) == 1) {
    return {Code::kReadOnly, std::string(kName) + ": the database " + schema +
                                 " is read-only; nothing can be imported into it"};
  }
  for (const ImportTable* table :
       {&kWorksTable, &kSubjectsTable, &kWorkSubjectsTable, &kFeaturesTable, &kWorkFeaturesTable}) {
    if (!options_.features && (table == &kFeaturesTable || table == &kWorkFeaturesTable)) {
      continue;
    }
    SUBJREC_ASSIGN([[maybe_unused]] const bool there,
                   check_import_table(db_, kName, schema, *table));
  }
  return {};
}

Status Import::step() {
  if (!all_read_) return snapshot_error(kName, read_some());
  SUBJREC_TRY(write());
  done_ = true;
  monitor_.finish();
  return {};
}

Status Import::read_some() {
  const uint64_t enough = read_.bytes + kStepBytes;
  while (read_.bytes < enough) {
    SUBJREC_ASSIGN(const bool more, reader_->next(&batch_, monitor_));
    read_ = batch_.counts;
    monitor_.set_steps(static_cast<double>(read_.works_read), 0);
    if (!more) {
      all_read_ = true;
      break;
    }
    if (monitor_.stop()) return Status::interrupted();
    if (first_skipped_.empty() && !batch_.skipped.empty()) {
      first_skipped_ = batch_.skipped[0].reason;
    }
    SUBJREC_TRY(catalogue_->add(batch_));
  }
  if (!all_read_) return {};
  if (read_.works_read > 0) return catalogue_->finish();
  return {Code::kInvalid, "'" + path_ + "' holds no works: " +
                              (first_skipped_.empty() ? "it is empty" : first_skipped_)};
}

/// Reading takes no lock; only the writing is a transaction.
Status Import::write() {
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db_, kName, options_.schema));
  SUBJREC_TRY(write_catalogue(db_, kName, options_, &*catalogue_, monitor_, &written_));
  return savepoint.release(kName);
}

std::string Import::summary() const {
  const SnapshotCounts& read = read_;
  const ImportCounts& written = written_;
  std::string json = "{\"path\":" + option_detail::json_string(path_) +
                     ",\"level\":" + option_detail::json_string(options_.level);
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
      {"odd_parts", read.malformed_fields},
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
  json +=
      ",\"first_skipped\":" +
      (first_skipped_.empty() ? std::string("null") : option_detail::json_string(first_skipped_));
  char text[32];
  sqlite3_snprintf(sizeof text, text, "%.3f", seconds());
  return json + ",\"seconds\":" + text + "}";
}

Status import_snapshot(Connection& connection, sqlite3_context* context, Arguments arguments) {
  if (arguments.empty() || arguments.size() > 2) {
    return {Code::kInvalid, std::string(kName) + ": wanted 1 or 2 arguments (path, options), got " +
                                std::to_string(arguments.size())};
  }
  SUBJREC_ASSIGN(const auto import, Import::begin(connection, arguments));
  while (!import->done()) SUBJREC_TRY(import->step());
  result_text(context, import->summary());
  return {};
}

/// A row every few MB while the snapshot is read, and one with the summary when the tables are
/// written; a reader who stops before that one leaves the tables as they were.
class ImportCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns = "stage TEXT, works_read INTEGER, seconds REAL, summary TEXT",
      .arguments = {"path", "options"},
      .required = 1,
      .flags = SQLITE_VTAB_DIRECTONLY};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) {
    import_.reset();
    std::array<sqlite3_value*, 2> values{arguments[0], arguments[1]};
    const size_t count = arguments.given(1) ? 2 : 1;
    SUBJREC_ASSIGN(import_, Import::begin(connection(), Arguments(values).first(count)));
    return import_->step();
  }

  bool eof() const { return import_ == nullptr; }

  Status next() {
    if (!import_->done()) return import_->step();
    import_.reset();
    return {};
  }

  Status column(sqlite3_context* context, int column) const {
    switch (column) {
      case 0:
        result_text(context, import_->stage());
        break;
      case 1:
        sqlite3_result_int64(context, static_cast<int64_t>(import_->works_read()));
        break;
      case 2:
        sqlite3_result_double(context, import_->seconds());
        break;
      default:
        if (import_->done()) result_text(context, import_->summary());
    }
    return {};
  }

 private:
  std::unique_ptr<Import> import_;
};

}  // namespace

int register_import(const std::shared_ptr<Connection>& connection) {
  const int code = register_function(connection, kName, -1, SQLITE_DIRECTONLY, import_snapshot);
  if (code != SQLITE_OK) return code;
  return TableFunction<ImportCursor>::register_in(connection);
}

}  // namespace subjrec
