#include "sqlite/store/import_writer.h"

#include <optional>

#include "sqlite/bindings/statement.h"
#include "sqlite/store/sorted_tables.h"

namespace subjrec {
namespace {

class CatalogueWriter {
 public:
  CatalogueWriter(sqlite3* db, std::string_view who, const ImportOptions& options,
                  Catalogue* catalogue, Monitor& monitor, ImportCounts* counts)
      : db_(db),
        who_(who),
        options_(options),
        in_(*catalogue),
        monitor_(monitor),
        counts_(*counts) {}

  Status write() {
    constexpr const char* kLabelAndType[] = {"label", "type"};
    constexpr const char* kLabel[] = {"label"};
    if (options_.missing == "delete") {
      SUBJREC_ASSIGN(const bool vocabulary, has_vocabulary());
      if (vocabulary) kept_ = &kSubjectsTable;
    }
    SUBJREC_TRY(write_entries(kSubjectsTable, update_clause(kSubjectsTable, kLabelAndType, true),
                              &Catalogue::next_subject, &counts_.subjects));
    if (options_.features) {
      SUBJREC_TRY(write_entries(kFeaturesTable, update_clause(kFeaturesTable, kLabel, true),
                                &Catalogue::next_feature, &counts_.features));
    }
    return write_works();
  }

 private:
  Status write_entries(const ImportTable& table, const std::string& conflict,
                       Result<bool> (Catalogue::*next)(CatalogueEntry*), uint64_t* count) {
    SUBJREC_TRY(need_import_table(db_, who_, options_.schema, table));
    const bool missing = options_.missing == "delete" && &table != kept_;
    SUBJREC_ASSIGN(TableWriter rows,
                   TableWriter::open(db_, who_, options_.schema, missing, table, conflict));
    CatalogueEntry entry;
    for (;;) {
      SUBJREC_ASSIGN(const bool more, (in_.*next)(&entry));
      if (!more) return rows.finish();
      if (++*count % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      SUBJREC_TRY(rows.reached(entry.id));
      const std::string_view row[] = {entry.id, entry.label, entry.type};
      SUBJREC_TRY(rows.add(row));
    }
  }

  Result<bool> has_vocabulary() const {
    SUBJREC_ASSIGN(
        Statement query,
        Statement::prepare(db_, who_, "SELECT 1 FROM pragma_table_list(?1) WHERE schema = ?2"));
    return query.bind(1, kSubjectBroaderTable.name).bind(2, options_.schema).step(who_);
  }

  Status write_works() {
    constexpr const char* kData[] = {"title", "work_type", "production_date", "alternative_titles"};
    const std::string& schema = options_.schema;
    SUBJREC_TRY(need_import_table(db_, who_, schema, kWorksTable));
    const ImportTable& pairs = in_.weighted() ? kWeightedWorkSubjectsTable : kWorkSubjectsTable;
    SUBJREC_TRY(need_import_table(db_, who_, schema, pairs));
    const bool missing = options_.missing == "delete";
    if (missing) {
      SUBJREC_ASSIGN(counts_.works_before, count_rows(db_, who_, schema, kWorksTable));
    }
    SUBJREC_ASSIGN(TableWriter works, TableWriter::open(db_, who_, schema, missing, kWorksTable,
                                                        update_clause(kWorksTable, kData, false)));
    SUBJREC_ASSIGN(PairWriter subjects, PairWriter::open(db_, who_, schema, missing, pairs));
    std::optional<PairWriter> features;
    if (options_.features) {
      SUBJREC_TRY(need_import_table(db_, who_, schema, kWorkFeaturesTable));
      SUBJREC_ASSIGN(features, PairWriter::open(db_, who_, schema, missing, kWorkFeaturesTable));
    }
    CatalogueWork work;
    for (;;) {
      SUBJREC_ASSIGN(const bool more, in_.next_work(&work));
      if (!more) break;
      if (++counts_.works % kPollEvery == 0 && monitor_.stop()) return Status::interrupted();
      counts_.interactions += work.subjects.size();
      counts_.work_features += work.features.size();
      if (work.subjects.empty()) ++counts_.works_without_subjects;
      SUBJREC_TRY(works.reached(work.id));
      const std::string_view row[] = {work.id, work.title, work.work_type, work.production_date,
                                      work.alternative_titles};
      SUBJREC_TRY(works.add(row));
      SUBJREC_TRY(subjects.add(work.id, work.subjects, work.weights));
      if (features) SUBJREC_TRY(features->add(work.id, work.features));
    }
    SUBJREC_TRY(works.finish());
    SUBJREC_TRY(subjects.finish());
    if (features) SUBJREC_TRY(features->finish());
    counts_.works_changed = works.changed();
    counts_.works_deleted = works.deleted();
    counts_.interactions_added = subjects.added();
    counts_.interactions_deleted = subjects.deleted();
    counts_.pairs_before = subjects.before();
    counts_.pairs_replaced = subjects.replaced();
    return {};
  }

  static constexpr uint64_t kPollEvery = 256;

  sqlite3* db_;
  std::string_view who_;
  const ImportOptions& options_;
  const ImportTable* kept_ = nullptr;  // a vocabulary's, of which no work says what is missing
  Catalogue& in_;
  Monitor& monitor_;
  ImportCounts& counts_;
};

}  // namespace

Status write_catalogue(sqlite3* db, std::string_view who, const ImportOptions& options,
                       Catalogue* catalogue, Monitor& monitor, ImportCounts* counts) {
  return CatalogueWriter(db, who, options, catalogue, monitor, counts).write();
}

}  // namespace subjrec
