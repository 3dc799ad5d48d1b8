#include "core/ingest/byte_source.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/base/files.h"
#include "core/ingest/foreign_format.h"

namespace subjrec {
namespace {

using namespace std::string_view_literals;

constexpr size_t kBlock = 256 * 1024;
constexpr size_t kPackingBytes = 512;  // a tar archive says so at byte 257
constexpr size_t kShownBytes = 24;
constexpr int kPollMilliseconds = 20;

std::string in_quotes(const std::string& path) { return "'" + path + "'"; }

Status system_error(const std::string& path, const char* doing) {
  const int error = errno;
  return {error == ENOENT || error == ENOTDIR ? Code::kNotFound : Code::kIo,
          std::string("cannot ") + doing + " " + in_quotes(path) + ": " + std::strerror(error)};
}

/// The file as it is.
class FileSource : public ByteSource {
 public:
  FileSource(int fd, bool regular, std::string path)
      : fd_(fd), regular_(regular), path_(std::move(path)) {}
  ~FileSource() override { close_file(fd_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<size_t> read(char* to, size_t room, Monitor& monitor) override {
    size_t got = std::min(room, ahead_.size() - ahead_used_);
    std::memcpy(to, ahead_.data() + ahead_used_, got);
    ahead_used_ += got;
    while (got < room) {
      if (monitor.stop()) return Status::interrupted();
      if (!regular_ && !wait_to_read(fd_, kPollMilliseconds)) continue;
      const int64_t n = read_some(fd_, to + got, room - got);
      if (n == 0) break;
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (n < 0) return system_error(path_, "read");
      got += static_cast<size_t>(n);
    }
    offset_ += got;
    return got;
  }

  /// The first bytes, which read() gives again.
  Result<std::string_view> peek(size_t room, Monitor& monitor) {
    ahead_.resize(room);
    ahead_used_ = room;
    SUBJREC_ASSIGN(const size_t got, read(ahead_.data(), room, monitor));
    ahead_.resize(got);
    ahead_used_ = 0;
    offset_ = 0;
    return std::string_view(ahead_.data(), got);
  }

  size_t offset() const { return offset_; }
  const std::string& path() const { return path_; }

 private:
  int fd_;
  bool regular_;
  std::string path_;
  std::vector<char> ahead_;
  size_t ahead_used_ = 0;
  size_t offset_ = 0;
};

class GzipSource : public ByteSource {
 public:
  static Result<std::unique_ptr<ByteSource>> open(std::unique_ptr<FileSource> file) {
    auto source = std::make_unique<GzipSource>(std::move(file));
    constexpr int kGzipOnly = 15 + 16;
    if (inflateInit2(&source->z_, kGzipOnly) != Z_OK) {
      return Status(Code::kNoMemory, "out of memory");
    }
    return std::unique_ptr<ByteSource>(std::move(source));
  }
  explicit GzipSource(std::unique_ptr<FileSource> file) : file_(std::move(file)), packed_(kBlock) {}
  ~GzipSource() override { inflateEnd(&z_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<size_t> read(char* to, size_t room, Monitor& monitor) override {
    z_.next_out = reinterpret_cast<Bytef*>(to);
    z_.avail_out = static_cast<uInt>(std::min<size_t>(room, 1u << 30));
    const size_t wanted = z_.avail_out;
    while (z_.avail_out > 0) {
      if (z_.avail_in == 0) {
        SUBJREC_TRY(refill(monitor));
        if (z_.avail_in == 0 && !inside_member_) break;
      }
      if (inside_member_) {
        SUBJREC_TRY(inflate_some());
      } else {
        SUBJREC_TRY(between_members());
      }
    }
    return wanted - z_.avail_out;
  }

 private:
  Status refill(Monitor& monitor) {
    SUBJREC_ASSIGN(const size_t got, file_->read(packed_.data(), packed_.size(), monitor));
    z_.next_in = reinterpret_cast<Bytef*>(packed_.data());
    z_.avail_in = static_cast<uInt>(got);
    return {};
  }

  /// Also at the end of the file, because zlib keeps some of the bits that it was given.
  Status inflate_some() {
    const bool ended = z_.avail_in == 0;
    const int code = inflate(&z_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      inside_member_ = false;
      ++members_;
      return {};
    }
    if (code == Z_MEM_ERROR) return {Code::kNoMemory, "out of memory"};
    if (code == Z_BUF_ERROR && ended) return corrupt("ends in the middle of its gzip data");
    if (code == Z_OK || code == Z_BUF_ERROR) return {};
    return corrupt("is damaged: its gzip data is wrong (" +
                   std::string(z_.msg != nullptr ? z_.msg : "unknown error") + ")");
  }

  /// At a byte that belongs to no member: the next member, or padding.
  Status between_members() {
    constexpr Bytef kFirstOfGzip = 0x1f;
    if (!padding_ && *z_.next_in == kFirstOfGzip) {
      inside_member_ = true;
      if (inflateReset(&z_) != Z_OK) return corrupt("cannot be read on");
      return {};
    }
    padding_ = true;
    while (z_.avail_in > 0 && *z_.next_in == 0) {
      ++z_.next_in;
      --z_.avail_in;
    }
    if (z_.avail_in == 0) return {};
    return corrupt("has " + shown_rest() +
                   " after its gzip data, which is not gzip; gzip -dc unpacks what is before it");
  }

  /// The next bytes, as a message can show them.
  std::string shown_rest() const {
    std::string shown = "\"";
    for (size_t i = 0; i < std::min<size_t>(z_.avail_in, kShownBytes); ++i) {
      const Bytef c = z_.next_in[i];
      shown += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '?';
    }
    return shown + (z_.avail_in > kShownBytes ? "...\"" : "\"");
  }

  Status corrupt(const std::string& what) const {
    return {Code::kCorrupt, in_quotes(file_->path()) + " " + what + ", at byte " +
                                std::to_string(file_->offset() - z_.avail_in) +
                                " of the file, in gzip member " + std::to_string(members_ + 1)};
  }

  std::unique_ptr<FileSource> file_;
  std::vector<char> packed_;
  z_stream z_{};
  bool inside_member_ = true;
  bool padding_ = false;
  size_t members_ = 0;  // that ended
};

}  // namespace

Result<std::unique_ptr<ByteSource>> ByteSource::open(const std::string& path, Monitor& monitor) {
  if (path.empty()) return Status(Code::kInvalid, "the path is empty");
  const int fd = open_to_read(path);
  if (fd < 0) return system_error(path, "open");
  const FileKind kind = file_kind(fd);
  auto file = std::make_unique<FileSource>(fd, kind == FileKind::kRegular, path);
  if (kind == FileKind::kDirectory) {
    return Status(Code::kIo, in_quotes(path) + " is a directory; name the snapshot file in it");
  }
  SUBJREC_ASSIGN(const std::string_view head, file->peek(kPackingBytes, monitor));
  SUBJREC_TRY(check_packing(path, head));
  if (head.substr(0, 2) == "\x1f\x8b"sv) return GzipSource::open(std::move(file));
  return std::unique_ptr<ByteSource>(std::move(file));
}

}  // namespace subjrec
