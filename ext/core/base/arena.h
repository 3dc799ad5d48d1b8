// A monotonic arena, as std::pmr::monotonic_buffer_resource is one: memory that is given out piece
// by piece and taken back all at once. For strings of which nothing but their bytes is kept.
// (libc++ of Emscripten and of older macOS has no <memory_resource>.)
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace subjrec {

class Arena {
 public:
  /// `first`: bytes of the first block; each later one is twice as large as the one before.
  explicit Arena(size_t first = 1024) : first_(first), next_(first) {}

  /// Never null, as long as memory lasts (std::bad_alloc).
  void* allocate(size_t bytes, size_t alignment) {
    if (at_ == nullptr || std::align(alignment, bytes, at_, left_) == nullptr) {
      add_block(bytes + alignment);
      std::align(alignment, bytes, at_, left_);
    }
    void* given = at_;
    at_ = static_cast<std::byte*>(at_) + bytes;
    left_ -= bytes;
    return given;
  }

  /// Everything that was given out is gone.
  void release() {
    blocks_.clear();
    at_ = nullptr;
    left_ = 0;
    next_ = first_;
  }

 private:
  void add_block(size_t least) {
    const size_t size = std::max(least, next_);
    std::unique_ptr<std::byte[]> block(
        new std::byte[size]);  // not set to zero, as make_unique does
    blocks_.push_back(std::move(block));
    at_ = blocks_.back().get();
    left_ = size;
    next_ = 2 * size;
  }

  size_t first_;
  size_t next_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  void* at_ = nullptr;
  size_t left_ = 0;
};

}  // namespace subjrec
