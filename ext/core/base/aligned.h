// Vectors for hot loops: elements begin on a cache line, and large ones lie on huge pages where the
// system has them, so that rows read in random order cost few page-table walks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace subjrec {

constexpr size_t kHugePage = size_t{2} << 20;

/// Asks for huge pages in memory that nobody has written to yet: filling it then costs a fault for
/// 2 MB and not for 4 KB. Advice alone: where it is refused, ordinary pages do.
inline void advise_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] size_t bytes) {
#if defined(__linux__)
  const size_t past = reinterpret_cast<uintptr_t>(begin) % kHugePage;
  const size_t skipped = past == 0 ? 0 : kHugePage - past;
  if (bytes < skipped + kHugePage) return;
  madvise(static_cast<char*>(begin) + skipped, (bytes - skipped) / kHugePage * kHugePage,
          MADV_HUGEPAGE);
#endif
}

template <class T>
struct AlignedAllocator {
  using value_type = T;

  static constexpr size_t kLine = 128;  // a pair of cache lines

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
