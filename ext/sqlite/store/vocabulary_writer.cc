#include "sqlite/store/vocabulary_writer.h"

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/store/sorted_tables.h"

namespace subjrec {
namespace {

constexpr uint64_t kPollEvery = 256;

/// How many pairs lead to a subject that is not in the table.
Result<uint64_t> count_unknown(sqlite3* db, std::string_view who, const std::string& schema) {
  SUBJREC_ASSIGN(
      Statement count,
      Statement::prepare(db, who,
                         "SELECT count(*) FROM " + quoted_table(schema, kSubjectBroaderTable) +
                             " WHERE broader_id NOT IN (SELECT subject_id FROM " +
                             quoted_table(schema, kSubjectsTable) + ")"));
  SUBJREC_ASSIGN([[maybe_unused]] const bool row, count.step(who));
  return static_cast<uint64_t>(count.integer(0));
}

struct VocabularyTables {
  TableWriter subjects;
  PairWriter labels;
  PairWriter broader;
};

Result<VocabularyTables> open_tables(sqlite3* db, std::string_view who,
                                     const ImportOptions& options) {
  constexpr const char* kData[] = {"label", "type"};
  const std::string& schema = options.schema;
  const bool missing = options.missing == "delete";
  for (const ImportTable* table : kVocabularyTables) {
    SUBJREC_TRY(need_import_table(db, who, schema, *table));
  }
  SUBJREC_ASSIGN(TableWriter subjects,
                 TableWriter::open(db, who, schema, missing, kSubjectsTable,
                                   update_clause(kSubjectsTable, kData, true)));
  SUBJREC_ASSIGN(PairWriter labels,
                 PairWriter::open(db, who, schema, missing, kSubjectLabelsTable));
  SUBJREC_ASSIGN(PairWriter broader,
                 PairWriter::open(db, who, schema, missing, kSubjectBroaderTable));
  return VocabularyTables{std::move(subjects), std::move(labels), std::move(broader)};
}

void count(const VocabularyTables& tables, VocabularyCounts* counts) {
  counts->subjects_changed = tables.subjects.changed();
  counts->subjects_deleted = tables.subjects.deleted();
  counts->labels_added = tables.labels.added();
  counts->labels_deleted = tables.labels.deleted();
  counts->broader_added = tables.broader.added();
  counts->broader_deleted = tables.broader.deleted();
  counts->pairs_before = tables.broader.before();
  counts->pairs_replaced = tables.broader.replaced();
}

}  // namespace

Status write_vocabulary(sqlite3* db, std::string_view who, const ImportOptions& options,
                        Vocabulary* vocabulary, Monitor& monitor, VocabularyCounts* counts) {
  SUBJREC_ASSIGN(VocabularyTables tables, open_tables(db, who, options));
  if (options.missing == "delete") {
    SUBJREC_ASSIGN(counts->subjects_before, count_rows(db, who, options.schema, kSubjectsTable));
  }
  VocabularySubject subject;
  for (uint64_t n = 1;; ++n) {
    SUBJREC_ASSIGN(const bool more, vocabulary->next(&subject));
    if (!more) break;
    if (n % kPollEvery == 0 && monitor.stop()) return Status::interrupted();
    counts->broader += subject.broader.size();
    SUBJREC_TRY(tables.broader.add(subject.id, subject.broader));
    if (!subject.described) continue;
    ++counts->subjects;
    if (subject.label.data() == nullptr) ++counts->subjects_without_label;
    counts->labels += subject.labels.size();
    SUBJREC_TRY(tables.subjects.reached(subject.id));
    const std::string_view row[] = {subject.id, subject.label, subject.type};
    SUBJREC_TRY(tables.subjects.add(row));
    SUBJREC_TRY(tables.labels.add(subject.id, subject.labels));
  }
  SUBJREC_TRY(tables.subjects.finish());
  SUBJREC_TRY(tables.labels.finish());
  SUBJREC_TRY(tables.broader.finish());
  count(tables, counts);
  SUBJREC_ASSIGN(counts->broader_unknown, count_unknown(db, who, options.schema));
  return {};
}

}  // namespace subjrec
