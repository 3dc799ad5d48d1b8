// Vectors for hot loops: elements begin on a cache line, and large ones lie on huge pages where the
// system has them, so that rows read in random order cost few page-table walks.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace subjrec {

template <class T>
struct AlignedAllocator {
  using value_type = T;

  static constexpr size_t kLine = 128;  // a pair of cache lines
  static constexpr size_t kHugePage = size_t{2} << 20;

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>& /*other*/) {}  // NOLINT(google-explicit-constructor)

  static std::align_val_t alignment(size_t n) {
    return std::align_val_t(n * sizeof(T) < 2 * kHugePage ? kLine : kHugePage);
  }
  T* allocate(size_t n) {
    void* p = ::operator new(n * sizeof(T), alignment(n));
#if defined(__linux__)
    // Advice alone: where it is refused, ordinary pages do.
    if (alignment(n) == std::align_val_t(kHugePage)) madvise(p, n * sizeof(T), MADV_HUGEPAGE);
#endif
    return static_cast<T*>(p);
  }
  void deallocate(T* p, size_t n) { ::operator delete(p, alignment(n)); }

  template <class U>
  bool operator==(const AlignedAllocator<U>& /*other*/) const {
    return true;
  }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace subjrec
