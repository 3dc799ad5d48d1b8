#include "core/ingest/record_stream.h"

#include <string_view>

#include "core/ingest/foreign_format.h"

namespace subjrec {

RecordStream::RecordStream(std::unique_ptr<ByteSource> source, std::string path,
                           const Settings& settings)
    : source_(std::move(source)),
      path_(std::move(path)),
      block_(settings.block),
      splitter_([this](std::vector<char>* buffer) { return refill(buffer); }, settings.splitter) {}

Result<std::unique_ptr<RecordStream>> RecordStream::open(const std::string& path, Monitor& monitor,
                                                         const Settings& settings) {
  SUBJREC_ASSIGN(auto source, ByteSource::open(path, monitor));
  std::unique_ptr<RecordStream> stream(new RecordStream(std::move(source), path, settings));
  RecordStream& self = *stream;
  self.head_.resize(kHeadBytes);
  SUBJREC_ASSIGN(const size_t got, self.source_->read(self.head_.data(), kHeadBytes, monitor));
  self.head_.resize(got);
  SUBJREC_TRY(check_text(path, {self.head_.data(), got}, settings.splitter.every_line));
  self.blocks_ = std::make_unique<ReadAhead<std::vector<char>>>(
      settings.threads ? kBlocksAhead : 0, [&self](std::vector<char>* block, Monitor& producer) {
        return self.unpack(block, producer);
      });
  return stream;
}

Result<bool> RecordStream::unpack(std::vector<char>* block, Monitor& monitor) {
  block->resize(block_);
  SUBJREC_ASSIGN(const size_t got, source_->read(block->data(), block->size(), monitor));
  block->resize(got);
  return got > 0;
}

Result<bool> RecordStream::refill(std::vector<char>* buffer) {
  if (reading_->stop()) return Status::interrupted();
  if (head_pending_) {
    head_pending_ = false;
    buffer->insert(buffer->end(), head_.begin(), head_.end());
    if (!head_.empty()) return true;
  }
  SUBJREC_ASSIGN(const bool more, blocks_->next(&unpacked_, *reading_));
  if (more) buffer->insert(buffer->end(), unpacked_.begin(), unpacked_.end());
  return more;
}

Result<bool> RecordStream::next(Record* record, Monitor& monitor) {
  reading_ = &monitor;
  Result<bool> more = splitter_.next(record);
  if (!more.ok()) return named(more.status());
  return more;
}

Status RecordStream::again(Record* record, Monitor& monitor) {
  reading_ = &monitor;
  return named(splitter_.again(record));
}

/// The splitter knows no path.
Status RecordStream::named(const Status& status) const {
  if (status.code() != Code::kCorrupt || status.message().rfind("the record ", 0) != 0) {
    return status;
  }
  return {status.code(), "'" + path_ + "': " + status.message()};
}

}  // namespace subjrec
