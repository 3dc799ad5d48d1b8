#include "sqlite/jobs/importing.h"

#include <span>

#include "core/ingest/import_paths.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/source/snapshot_error.h"
#include "sqlite/store/import_space.h"
#include "sqlite/store/model_name.h"

namespace subjrec {

Result<std::unique_ptr<Importing>> Importing::begin(Connection& connection, std::string_view who,
                                                    const Request& request) {
  std::unique_ptr<Importing> import(new Importing(connection, who));
  Importing& self = *import;
  self.report_.path = request.path;
  SUBJREC_TRY(read_import_options(who, request.options, &self.options_));
  SUBJREC_TRY(self.check_database());
  SUBJREC_TRY(snapshot_error(who, self.prepare_reading()));
  if (self.options_.progress) {
    self.monitor_.show("importing", self.is_vocabulary() ? "subjects" : "works");
  }
  if (self.is_vocabulary()) {
    self.vocabulary_.emplace();
    return import;
  }
  const bool weighted = self.settings_.parser.shape.weighted;
  if (weighted) {
    SUBJREC_ASSIGN(
        [[maybe_unused]] const bool there,
        check_import_table(self.db(), who, self.options_.schema, kWeightedWorkSubjectsTable));
  }
  self.catalogue_.emplace(
      Catalogue::Settings{.level = self.options_.level == "heading" ? SubjectLevel::kHeading
                                   : self.options_.level == "both"  ? SubjectLevel::kBoth
                                                                    : SubjectLevel::kConcept,
                          .features = self.options_.features,
                          .weights = weighted,
                          .shard = static_cast<uint32_t>(self.options_.shard),
                          .shards = static_cast<uint32_t>(self.options_.shards)});
  return import;
}

/// The files, and how their records are read; opens the first.
Status Importing::prepare_reading() {
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

Status Importing::open_next_file() {
  add_counts(file_, &before_);
  file_ = {};
  SUBJREC_ASSIGN(reader_, SnapshotReader::open(files_[next_file_++], monitor_, settings_));
  return {};
}

/// What can be said before the file is opened: database, write access, tables in the way.
Status Importing::check_database() const {
  const std::string& schema = options_.schema;
  SUBJREC_ASSIGN(const auto known, schemas(db(), who_));
  std::string list;
  bool found = false;
  for (const std::string& name : known) {
    found |= sqlite3_stricmp(name.c_str(), schema.c_str()) == 0;
    list += (list.empty() ? "" : ", ") + name;
  }
  if (!found) {
    return {Code::kNotFound,
            who_ + ": option \"schema\" must be one of " + list + ", got \"" + schema + "\""};
  }
  if (sqlite3_db_readonly(db(), schema.c_str()) == 1) {
    return {Code::kReadOnly,
            who_ + ": the database " + schema + " is read-only; nothing can be imported into it"};
  }
  const auto tables = is_vocabulary() ? std::span<const ImportTable* const>(kVocabularyTables)
                                      : std::span<const ImportTable* const>(kCatalogueTables);
  for (const ImportTable* table : tables) {
    if (!options_.features && (table == &kFeaturesTable || table == &kWorkFeaturesTable)) {
      continue;
    }
    SUBJREC_ASSIGN([[maybe_unused]] const bool there,
                   check_import_table(db(), who_, schema, *table));
  }
  return {};
}

Status Importing::step() {
  if (!all_read_) return snapshot_error(who_, read_some());
  SUBJREC_TRY(write());
  done_ = true;
  monitor_.finish();
  return {};
}

Status Importing::read_some() {
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
Status Importing::write() {
  const ImportTable& first = vocabulary_ ? kSubjectsTable : kWorksTable;
  const uint64_t bytes = vocabulary_ ? vocabulary_->bytes() : catalogue_->bytes();
  SUBJREC_TRY(check_import_space(db(), who_, options_.schema, first, bytes));
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db(), who_, options_.schema));
  if (vocabulary_) {
    SUBJREC_TRY(
        write_vocabulary(db(), who_, options_, &*vocabulary_, monitor_, &report_.vocabulary));
  } else {
    report_.of_other_shards = catalogue_->of_other_shards();
    SUBJREC_TRY(write_catalogue(db(), who_, options_, &*catalogue_, monitor_, &report_.written));
  }
  SUBJREC_TRY(snapshot_error(who_, check_written(report_, options_)));
  report_.seconds = seconds();
  return savepoint.release(who_);
}

std::string Importing::summary() const {
  return vocabulary_ ? vocabulary_summary(report_) : import_summary(report_, options_);
}

}  // namespace subjrec
