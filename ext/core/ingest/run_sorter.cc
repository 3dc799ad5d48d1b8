#include "core/ingest/run_sorter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/base/files.h"
#include "core/base/release.h"

namespace subjrec {
namespace {

constexpr size_t kHead = 2 * sizeof(uint32_t);

struct RowView {
  std::string_view key;
  std::string_view value;
  size_t size;  // of the whole row
};

RowView view_row(const char* row) {
  uint32_t lengths[2];
  std::memcpy(lengths, row, kHead);
  const char* key = row + kHead;
  return {{key, lengths[0]}, {key + lengths[0], lengths[1]}, kHead + lengths[0] + lengths[1]};
}

uint64_t prefix_of(std::string_view key) {
  unsigned char first[8] = {};
  std::memcpy(first, key.data(), std::min<size_t>(key.size(), 8));
  uint64_t prefix = 0;
  for (const unsigned char byte : first) prefix = prefix << 8 | byte;
  return prefix;
}

Status system_error(const char* doing) {
  return {Code::kIo, std::string("cannot ") + doing + " a temporary file for sorting: " +
                         std::strerror(errno) + " (SQLITE_TMPDIR names another folder for it)"};
}

}  // namespace

/// Without a name, in the folder where SQLite would put its own.
struct RunSorter::TemporaryFile {
  int fd = -1;

  ~TemporaryFile() {
    if (fd >= 0) close_file(fd);
  }

  Status open() {
    for (const std::string& folder : temporary_folders()) {
      fd = open_temporary(folder);
      if (fd >= 0) return {};
    }
    return system_error("make");
  }

  Status write(const char* bytes, size_t size) const {
    while (size > 0) {
      const int64_t n = write_some(fd, bytes, size);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("write");
      bytes += n;
      size -= static_cast<size_t>(n);
    }
    return {};
  }

  Status read(char* bytes, size_t size, uint64_t at) const {
    while (size > 0) {
      const int64_t n = read_at(fd, bytes, size, at);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return system_error("read");
      bytes += n;
      at += static_cast<uint64_t>(n);
      size -= static_cast<size_t>(n);
    }
    return {};
  }
};

/// One sorted run, read through a buffer.
struct RunSorter::Run {
  const TemporaryFile& file;
  size_t number;
  uint64_t at;  // in the file, of what is not in the buffer yet
  uint64_t end;
  std::vector<char> buffer{};
  size_t used = 0;
  RowView row{};

  /// Reads the next row into `row`; false at the run's end.
  Result<bool> next() {
    used += row.size;
    row = {};
    if (used == buffer.size() && at == end) return false;
    SUBJREC_TRY(have(kHead));
    SUBJREC_TRY(have(view_row(buffer.data() + used).size));
    row = view_row(buffer.data() + used);
    return true;
  }

 private:
  /// At least `size` bytes from `used` on are in the buffer.
  Status have(size_t size) {
    const size_t there = buffer.size() - used;
    if (there >= size) return {};
    buffer.erase(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(used));
    used = 0;
    const size_t more = std::min<uint64_t>(std::max(size - there, kMergeBuffer), end - at);
    buffer.resize(there + more);
    SUBJREC_TRY(file.read(buffer.data() + there, more, at));
    at += more;
    return {};
  }
};

RunSorter::RunSorter(size_t memory) : memory_(memory) {}
RunSorter::~RunSorter() = default;

Status RunSorter::add(std::string_view key, std::string_view value) {
  const size_t size = kHead + key.size() + value.size();
  if (!rows_.empty() && buffer_.size() + size > memory_) SUBJREC_TRY(spill());
  if (rows_.empty()) buffer_.reserve(memory_);  // touched, and so paid for, only where used
  const uint32_t lengths[2] = {static_cast<uint32_t>(key.size()),
                               static_cast<uint32_t>(value.size())};
  const auto* head = reinterpret_cast<const char*>(lengths);
  rows_.push_back({prefix_of(key), buffer_.size()});
  buffer_.insert(buffer_.end(), head, head + kHead);
  buffer_.insert(buffer_.end(), key.begin(), key.end());
  buffer_.insert(buffer_.end(), value.begin(), value.end());
  return {};
}

void RunSorter::sort_rows() {
  const char* base = buffer_.data();
  std::sort(rows_.begin(), rows_.end(), [base](const Row& a, const Row& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = view_row(base + a.offset).key.compare(view_row(base + b.offset).key);
    return order != 0 ? order < 0 : a.offset < b.offset;
  });
}

Status RunSorter::spill() {
  if (file_ == nullptr) {
    file_ = std::make_unique<TemporaryFile>();
    SUBJREC_TRY(file_->open());
  }
  sort_rows();
  std::vector<char> block;
  block.reserve(kMergeBuffer);
  for (const Row& row : rows_) {
    const char* bytes = buffer_.data() + row.offset;
    block.insert(block.end(), bytes, bytes + view_row(bytes).size);
    if (block.size() < kMergeBuffer && &row != &rows_.back()) continue;
    SUBJREC_TRY(file_->write(block.data(), block.size()));
    block.clear();
  }
  const uint64_t start = run_ends_.empty() ? 0 : run_ends_.back();
  run_ends_.push_back(start + buffer_.size());
  buffer_.clear();
  rows_.clear();
  return {};
}

namespace {
/// For the heap functions of the library, which keep the greatest in front.
constexpr auto kLater = [](const auto& a, const auto& b) {
  const int order = a->row.key.compare(b->row.key);
  return order != 0 ? order > 0 : a->number > b->number;
};
}  // namespace

Status RunSorter::open_runs() {
  uint64_t start = 0;
  for (const uint64_t end : run_ends_) {
    auto run = std::make_unique<Run>(Run{*file_, runs_.size(), start, end});
    SUBJREC_ASSIGN([[maybe_unused]] const bool some, run->next());
    runs_.push_back(std::move(run));
    start = end;
  }
  std::make_heap(runs_.begin(), runs_.end(), kLater);
  return {};
}

Status RunSorter::finish() {
  if (file_ == nullptr) {
    sort_rows();
    return {};
  }
  if (!rows_.empty()) SUBJREC_TRY(spill());
  release(&buffer_);
  release(&rows_);
  return open_runs();
}

Result<bool> RunSorter::next(std::string_view* key, std::string_view* value) {
  RowView row{};
  if (file_ == nullptr) {
    if (next_row_ == rows_.size()) return false;
    row = view_row(buffer_.data() + rows_[next_row_++].offset);
  } else {
    if (advance_) {
      std::pop_heap(runs_.begin(), runs_.end(), kLater);
      SUBJREC_ASSIGN(const bool more, runs_.back()->next());
      if (more) {
        std::push_heap(runs_.begin(), runs_.end(), kLater);
      } else {
        runs_.pop_back();
      }
    }
    advance_ = !runs_.empty();
    if (!advance_) return false;
    row = runs_.front()->row;
  }
  *key = row.key;
  *value = row.value;
  return true;
}

}  // namespace subjrec
