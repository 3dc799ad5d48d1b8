#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/import_paths.h"
#include "core/ingest/snapshot_reader.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/progress_monitor.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/snapshot_error.h"
#include "sqlite/store/import_report.h"
#include "sqlite/store/import_space.h"
#include "sqlite/store/import_writer.h"
#include "sqlite/store/model_name.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_import";

/// One import, in steps that the scalar function and the table share.
class Import {
 public:
  static Result<std::unique_ptr<Import>> begin(Connection& connection, const Arguments& arguments);

  /// Reads a few MB more, or, when all is read, writes the tables and is done.
  Status step();

  bool done() const { return done_; }
  const char* stage() const { return done_ ? "written" : "reading"; }
  uint64_t works_read() const { return report_.read.works_read; }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  /// What happened, as JSON.
  std::string summary() const {
    return vocabulary_ ? vocabulary_summary(report_) : import_summary(report_, options_);
  }

 private:
  static constexpr uint64_t kStepBytes = 16 << 20;  // unpacked

  explicit Import(sqlite3* db) : db_(db), monitor_(db) {}

  bool is_vocabulary() const { return options_.kind == "vocabulary"; }
  Status check_database() const;
  Status prepare_reading();
  Status open_next_file();
  Status read_some();
  Status write();

  sqlite3* db_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  ProgressMonitor monitor_;
  ImportOptions options_;
  std::vector<std::string> files_;
  size_t next_file_ = 0;
  SnapshotReader::Settings settings_;
  std::unique_ptr<SnapshotReader> reader_;
  SnapshotCounts file_;                 // of the file that is read
  SnapshotCounts before_;               // of those before it
  std::optional<Catalogue> catalogue_;  // one of these two
  std::optional<Vocabulary> vocabulary_;
  RecordBatch batch_;
  bool all_read_ = false;
  bool done_ = false;
  ImportReport report_;
};

Result<std::unique_ptr<Import>> Import::begin(Connection& connection, const Arguments& arguments) {
  std::unique_ptr<Import> import(new Import(connection.db()));
  Import& self = *import;
  SUBJREC_TRY(check_may_write(connection.db(), kName));
  SUBJREC_ASSIGN(self.report_.path, arguments.text(0, "a text, like 'works.json.gz'"));
  SUBJREC_ASSIGN(const std::string_view given, arguments.options(1));
  SUBJREC_TRY(read_import_options(kName, given, &self.options_));
  SUBJREC_TRY(self.check_database());
  SUBJREC_TRY(snapshot_error(kName, self.prepare_reading()));
  if (self.options_.progress) {
    self.monitor_.show("importing", self.is_vocabulary() ? "subjects" : "works");
  }
  if (self.is_vocabulary()) {
    self.vocabulary_.emplace();
    return import;
  }
  self.catalogue_.emplace(
      Catalogue::Settings{.level = self.options_.level == "heading" ? SubjectLevel::kHeading
                                   : self.options_.level == "both"  ? SubjectLevel::kBoth
                                                                    : SubjectLevel::kConcept,
                          .features = self.options_.features,
                          .shard = static_cast<uint32_t>(self.options_.shard),
                          .shards = static_cast<uint32_t>(self.options_.shards)});
  return import;
}

/// The files, and how their records are read; opens the first.
Status Import::prepare_reading() {
  if (is_vocabulary()) {
    const bool given = options_.given.count("shape") != 0;
    SUBJREC_ASSIGN(settings_.parser.shape, read_vocabulary_shape(given ? options_.shape : ""));
  } else {
    SUBJREC_ASSIGN(settings_.parser.shape, read_shape(options_.shape));
  }
  if (options_.without_id != "auto") {
    settings_.parser.shape.label_as_id = options_.without_id == "label";
  }
  if (options_.given.count("records") != 0) {
    SUBJREC_ASSIGN(settings_.records, read_records_pointer(options_.records));
  }
  settings_.check_shape = true;
  SUBJREC_ASSIGN(files_, expand_paths(report_.path));
  report_.files = files_.size();
  return open_next_file();
}

Status Import::open_next_file() {
  add_counts(file_, &before_);
  file_ = {};
  SUBJREC_ASSIGN(reader_, SnapshotReader::open(files_[next_file_++], monitor_, settings_));
  return {};
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
  const auto tables = is_vocabulary() ? std::span<const ImportTable* const>(kVocabularyTables)
                                      : std::span<const ImportTable* const>(kCatalogueTables);
  for (const ImportTable* table : tables) {
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
  const uint64_t enough = report_.read.bytes + kStepBytes;
  while (!all_read_ && report_.read.bytes < enough) {
    SUBJREC_ASSIGN(const bool more, reader_->next(&batch_, monitor_));
    file_ = batch_.counts;
    report_.read = before_;
    add_counts(file_, &report_.read);
    monitor_.set_steps(static_cast<double>(report_.read.works_read), 0);
    if (monitor_.stop()) return Status::interrupted();
    if (!more) {
      all_read_ = next_file_ == files_.size();
      if (!all_read_) SUBJREC_TRY(open_next_file());
      continue;
    }
    const std::string in_file = files_.size() > 1 ? files_[next_file_ - 1] + ", " : "";
    if (report_.first_skipped.empty() && !batch_.skipped.empty()) {
      report_.first_skipped = in_file + batch_.skipped[0].reason;
    }
    if (report_.first_odd.empty() && !batch_.first_odd.empty()) {
      report_.first_odd = in_file + batch_.first_odd;
    }
    SUBJREC_TRY(vocabulary_ ? vocabulary_->add(batch_) : catalogue_->add(batch_));
  }
  if (!all_read_) return {};
  SUBJREC_TRY(check_read(report_, options_));
  return vocabulary_ ? vocabulary_->finish() : catalogue_->finish();
}

/// Reading takes no lock; only the writing is a transaction.
Status Import::write() {
  const ImportTable& first = vocabulary_ ? kSubjectsTable : kWorksTable;
  const uint64_t bytes = vocabulary_ ? vocabulary_->bytes() : catalogue_->bytes();
  SUBJREC_TRY(check_import_space(db_, kName, options_.schema, first, bytes));
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db_, kName, options_.schema));
  if (vocabulary_) {
    SUBJREC_TRY(
        write_vocabulary(db_, kName, options_, &*vocabulary_, monitor_, &report_.vocabulary));
  } else {
    report_.of_other_shards = catalogue_->of_other_shards();
    SUBJREC_TRY(write_catalogue(db_, kName, options_, &*catalogue_, monitor_, &report_.written));
  }
  SUBJREC_TRY(snapshot_error(kName, check_written(report_, options_)));
  report_.seconds = seconds();
  return savepoint.release(kName);
}

Status import_snapshot(Connection& connection, sqlite3_context* context,
                       const Arguments& arguments) {
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

  Status filter(const TableArguments& arguments) override {
    import_.reset();
    SUBJREC_ASSIGN(import_, Import::begin(connection(), arguments));
    return import_->step();
  }

  bool eof() const override { return import_ == nullptr; }

  Status next() override {
    if (!import_->done()) return import_->step();
    import_.reset();
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
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
  const int code = register_function(
      connection, {kName, ImportCursor::kSpec.arguments, 1, SQLITE_DIRECTONLY}, import_snapshot);
  if (code != SQLITE_OK) return code;
  return register_table_function<ImportCursor>(connection);
}

}  // namespace subjrec
