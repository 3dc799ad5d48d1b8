#include "core/base/status.h"
#include "core/ingest/snapshot_reader.h"
#include "core/options/option_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/snapshot_error.h"

namespace subjrec {

namespace {

void result(sqlite3_context* context, Text text) {
  if (text.data() != nullptr) result_text(context, text);
}

/// The snapshot's works, a row for each of their subjects' concepts. A work without subjects, a
/// subject without concepts and a line that is no work give one row, with NULLs.
class SnapshotCursor : public TableFunctionCursor {
 public:
  static constexpr const char* kName = "subjrec_snapshot";
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns =
          "work_id TEXT, title TEXT, work_type TEXT, subject_id TEXT, subject_label TEXT, "
          "concept_id TEXT, concept_label TEXT, concept_type TEXT, production_date TEXT, "
          "line INTEGER, error TEXT",
      .arguments = {"path"},
      .required = 1,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 1e6};
  enum Column {
    kWorkId,
    kTitle,
    kWorkType,
    kSubjectId,
    kSubjectLabel,
    kConceptId,
    kConceptLabel,
    kConceptType,
    kProductionDate,
    kLine,
    kError,
  };

  explicit SnapshotCursor(Connection& connection)
      : TableFunctionCursor(connection), monitor_(connection.db()) {}

  Status filter(const TableArguments& arguments) override {
    reader_.reset();
    batch_.clear();
    work_ = subject_ = concept_ = skipped_ = 0;
    end_ = false;
    SUBJREC_ASSIGN(const std::string path, arguments.text(0, "a text, like 'works.json.gz'"));
    auto opened = SnapshotReader::open(path, monitor_);
    if (!opened.ok()) return snapshot_error(kName, opened.status());
    reader_ = std::move(*opened);
    return settle();
  }

  bool eof() const override { return end_; }

  Status next() override {
    if (work_ == batch_.works.size()) {
      ++skipped_;
      return settle();
    }
    const auto& subjects = batch_.works[work_].subjects;
    if (subject_ < subjects.size() && ++concept_ < subjects[subject_].concepts.size()) return {};
    concept_ = 0;
    if (++subject_ < subjects.size()) return {};
    subject_ = 0;
    ++work_;
    return settle();
  }

  Status column(sqlite3_context* context, int column) override {
    if (work_ == batch_.works.size()) {
      const SkippedLine& line = batch_.skipped[skipped_];
      if (column == kLine) sqlite3_result_int64(context, static_cast<sqlite3_int64>(line.line));
      if (column == kError) result_text(context, line.reason);
      return {};
    }
    const WorkRecord& work = batch_.works[work_];
    const Subject subject = subject_ < work.subjects.size() ? work.subjects[subject_] : Subject();
    const Concept part =
        concept_ < subject.concepts.size() ? subject.concepts[concept_] : Concept();
    switch (column) {
      case kWorkId:
        result(context, work.id);
        break;
      case kTitle:
        result(context, work.title);
        break;
      case kWorkType:
        result(context,
               work.work_type.label.data() != nullptr ? work.work_type.label : work.work_type.id);
        break;
      case kSubjectId:
        result(context, subject.heading.id);
        break;
      case kSubjectLabel:
        result(context, subject.heading.label);
        break;
      case kConceptId:
        result(context, part.id);
        break;
      case kConceptLabel:
        result(context, part.label);
        break;
      case kConceptType:
        result(context, part.type);
        break;
      case kProductionDate:
        result(context, work.production_date);
        break;
      case kLine:
        sqlite3_result_int64(context, static_cast<sqlite3_int64>(work.line));
        break;
      default:
        break;
    }
    return {};
  }

 private:
  /// Goes on to the next batch where this one is used up.
  Status settle() {
    if (work_ < batch_.works.size() || skipped_ < batch_.skipped.size()) return {};
    work_ = skipped_ = 0;
    const auto more = reader_->next(&batch_, monitor_);
    if (!more.ok()) return snapshot_error(kName, more.status());
    end_ = !*more;
    return {};
  }

  SqliteMonitor monitor_;
  std::unique_ptr<SnapshotReader> reader_;
  RecordBatch batch_;
  // The row at hand: first the batch's works, then the lines it skipped.
  size_t work_ = 0, subject_ = 0, concept_ = 0, skipped_ = 0;
  bool end_ = false;
};

}  // namespace

int register_snapshot(const std::shared_ptr<Connection>& connection) {
  return register_table_function<SnapshotCursor>(connection);
}

}  // namespace subjrec
