#include "core/ingest/snapshot_reader.h"

#include <vector>

#include "core/ingest/byte_source.h"
#include "core/ingest/host_simdjson.h"
#include "core/ingest/line_splitter.h"
#include "core/ingest/read_ahead.h"
#include "core/ingest/record_parser.h"

namespace subjrec {
namespace {
constexpr size_t kBlocksAhead = 4;
constexpr size_t kBatchesAhead = 3;
}  // namespace

struct SnapshotReader::State {
  State(std::unique_ptr<ByteSource> from, const std::string& file, const Settings& how)
      : source(std::move(from)),
        path(file),
        settings(how),
        blocks(
            how.threads ? kBlocksAhead : 0,
            [this](std::vector<char>* block, Monitor& monitor) { return unpack(block, monitor); }),
        lines([this](std::vector<char>* buffer) { return refill(buffer); }, how.longest_line),
        batches(how.threads ? kBatchesAhead : 0,
                [this](RecordBatch* batch, Monitor& monitor) { return parse(batch, monitor); }) {}

  Result<bool> unpack(std::vector<char>* block, Monitor& monitor) {
    block->resize(settings.block);
    SUBJREC_ASSIGN(const size_t got, source->read(block->data(), block->size(), monitor));
    block->resize(got);
    return got > 0;
  }

  Result<bool> refill(std::vector<char>* buffer) {
    if (parsing->stop()) return Status::interrupted();
    SUBJREC_ASSIGN(const bool more, blocks.next(&unpacked, *parsing));
    if (more) buffer->insert(buffer->end(), unpacked.begin(), unpacked.end());
    return more;
  }

  Result<bool> parse(RecordBatch* batch, Monitor& monitor) {
    parsing = &monitor;
    batch->clear();
    Line line;
    while (batch->size() < settings.batch && batch->skipped.size() < kSkippedInABatch) {
      Result<bool> more = lines.next(&line);
      if (!more.ok()) return named(more.status());
      if (!*more) break;
      SUBJREC_TRY(parser.parse(line, batch, &counts));
    }
    counts.bytes = lines.bytes();
    batch->counts = counts;
    const bool some = !batch->works.empty() || !batch->skipped.empty();
    if (!some) last = counts;
    return some;
  }

  /// The line splitter knows no path.
  Status named(const Status& status) const {
    if (status.code() != Code::kCorrupt || status.message().rfind("line ", 0) != 0) return status;
    return {status.code(), "'" + path + "': " + status.message()};
  }

  static constexpr size_t kSkippedInABatch = 1000;

  std::unique_ptr<ByteSource> source;
  std::string path;
  Settings settings;
  SnapshotCounts counts;  // the parsing thread's
  SnapshotCounts last;    // of the whole file, once it has ended
  std::vector<char> unpacked;
  Monitor* parsing = nullptr;  // of the call of parse() that runs
  RecordParser parser;
  // In the order in which they feed each other, so that they end the other way round.
  ReadAhead<std::vector<char>> blocks;
  LineSplitter lines;
  ReadAhead<RecordBatch> batches;
};

SnapshotReader::SnapshotReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SnapshotReader::~SnapshotReader() = default;

Result<std::unique_ptr<SnapshotReader>> SnapshotReader::open(const std::string& path,
                                                             Monitor& monitor,
                                                             const Settings& settings) {
  SUBJREC_TRY(check_simdjson_is_ours());
  SUBJREC_ASSIGN(auto source, ByteSource::open(path, monitor));
  return std::unique_ptr<SnapshotReader>(
      new SnapshotReader(std::make_unique<State>(std::move(source), path, settings)));
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
