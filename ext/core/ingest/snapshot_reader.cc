#include "core/ingest/snapshot_reader.h"

#include <vector>

#include "core/ingest/host_simdjson.h"
#include "core/ingest/read_ahead.h"
#include "core/ingest/record_stream.h"

namespace subjrec {
namespace {

constexpr size_t kBatchesAhead = 3;
constexpr uint64_t kCheckedRecords = 1000;

RecordStream::Settings stream_settings(const SnapshotReader::Settings& how) {
  RecordStream::Settings settings;
  settings.threads = how.threads;
  settings.block = how.block;
  settings.splitter.longest = how.longest_line;
  settings.splitter.records = how.records;
  settings.splitter.every_line = how.parser.shape.text_lines;
  return settings;
}

}  // namespace

struct SnapshotReader::State {
  State(std::unique_ptr<RecordStream> from, const std::string& file, const Settings& how)
      : path(file),
        settings(how),
        parser(how.parser),
        records(std::move(from)),
        batches(how.threads ? kBatchesAhead : 0,
                [this](RecordBatch* batch, Monitor& monitor) { return parse(batch, monitor); }) {}

  Result<bool> parse(RecordBatch* batch, Monitor& monitor) {
    batch->clear();
    Record record;
    bool more = true;
    while (batch->size() < settings.batch && batch->skipped.size() < kSkippedInABatch) {
      SUBJREC_ASSIGN(more, records->next(&record, monitor));
      if (!more) break;
      SUBJREC_ASSIGN(const bool parsed, parser.parse(record, batch, &counts));
      if (!parsed) {
        SUBJREC_TRY(records->again(&record, monitor));
        SUBJREC_ASSIGN([[maybe_unused]] const bool again, parser.parse(record, batch, &counts));
      }
      if (counts.records == kCheckedRecords) SUBJREC_TRY(check());
    }
    const RecordSplitter& splitter = records->splitter();
    counts.bytes = splitter.bytes();
    counts.lines = splitter.lines();
    counts.blank_lines = splitter.blank_lines();
    batch->counts = counts;
    const bool some = !batch->works.empty() || !batch->skipped.empty();
    if (!more) SUBJREC_TRY(check());
    if (!some) last = counts;
    return some;
  }

  Status check() const {
    if (!settings.check_shape) return {};
    const RecordSplitter& splitter = records->splitter();
    if (splitter.documents_without_records() > 0) {
      return {Code::kInvalid,
              "'" + path + "': " + std::to_string(splitter.documents_without_records()) +
                  " of its documents have no array at \"" + records_pointer(*splitter.records()) +
                  "\"; say where the records are with the option \"records\", a JSON pointer"};
    }
    const Status status = parser.check_shape();
    return status.ok() ? status : Status(status.code(), "'" + path + "': " + status.message());
  }

  static constexpr size_t kSkippedInABatch = 1000;

  std::string path;
  Settings settings;
  SnapshotCounts counts;  // the parsing thread's
  SnapshotCounts last;    // of the whole file, once it has ended
  RecordParser parser;
  // In the order in which they feed each other, so that they end the other way round.
  std::unique_ptr<RecordStream> records;
  ReadAhead<RecordBatch> batches;
};

SnapshotReader::SnapshotReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SnapshotReader::~SnapshotReader() = default;

Result<std::unique_ptr<SnapshotReader>> SnapshotReader::open(const std::string& path,
                                                             Monitor& monitor,
                                                             const Settings& settings) {
  SUBJREC_TRY(check_simdjson_is_ours());
  SUBJREC_ASSIGN(auto records, RecordStream::open(path, monitor, stream_settings(settings)));
  return std::unique_ptr<SnapshotReader>(
      new SnapshotReader(std::make_unique<State>(std::move(records), path, settings)));
}

Result<bool> SnapshotReader::next(RecordBatch* batch, Monitor& monitor) {
  SUBJREC_ASSIGN(const bool more, state_->batches.next(batch, monitor));
  if (!more) {
    batch->clear();
    batch->counts = state_->last;
  }
  return more;
}

}  // namespace subjrec
