// The names that ld --wrap makes are reserved ones, and SQLite's methods are filled in by SQLite.
// NOLINTBEGIN(bugprone-reserved-identifier,clang-analyzer-core.CallAndMessage)
#include "faults/memory.h"

#include <sqlite3.h>

#include <cstdlib>
#include <new>

extern "C" {
void* __real_malloc(size_t);
void* __real_calloc(size_t, size_t);
void* __real_realloc(void*, size_t);
int __real_posix_memalign(void**, size_t, size_t);
void* __real_aligned_alloc(size_t, size_t);
void __real_free(void*);
}

namespace subjrec::faults {
namespace {

std::atomic<int64_t> live{0};

void* counted(void* block) noexcept {
  if (block != nullptr) ++live;
  return block;
}

void release(void* block) noexcept {
  if (block != nullptr) --live;
  __real_free(block);
}

void* allocate(size_t size) noexcept {
  return cpp_memory().hit() ? nullptr : counted(__real_malloc(size == 0 ? 1 : size));
}

void* allocate(size_t size, std::align_val_t alignment) noexcept {
  if (cpp_memory().hit()) return nullptr;
  void* block = nullptr;
  const int code = __real_posix_memalign(&block, static_cast<size_t>(alignment), size);
  return code == 0 ? counted(block) : nullptr;
}

template <class... Alignment>
void* allocate_or_throw(size_t size, Alignment... alignment) {
  void* block = allocate(size, alignment...);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

sqlite3_mem_methods& usual() {
  static sqlite3_mem_methods methods{};
  return methods;
}

void* sqlite_malloc(int size) {
  return sqlite_memory().hit() ? nullptr : counted(usual().xMalloc(size));
}
void sqlite_free(void* block) {
  if (block != nullptr) --live;
  usual().xFree(block);
}
void* sqlite_realloc(void* block, int size) {
  return sqlite_memory().hit() ? nullptr : usual().xRealloc(block, size);
}

}  // namespace

Injector& sqlite_memory() {
  static Injector injector;
  return injector;
}

Injector& cpp_memory() {
  static Injector injector;
  return injector;
}

int64_t live_blocks() { return live; }

void install_sqlite_memory() {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual());
  sqlite3_mem_methods failing = usual();
  failing.xMalloc = sqlite_malloc;
  failing.xFree = sqlite_free;
  failing.xRealloc = sqlite_realloc;
  sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
}

}  // namespace subjrec::faults

using subjrec::faults::allocate;
using subjrec::faults::allocate_or_throw;
using subjrec::faults::counted;
using subjrec::faults::cpp_memory;
using subjrec::faults::release;

extern "C" {
void* __wrap_malloc(size_t size) { return allocate(size); }
void* __wrap_calloc(size_t n, size_t size) {
  return cpp_memory().hit() ? nullptr : counted(__real_calloc(n, size));
}
void* __wrap_realloc(void* block, size_t size) {
  if (cpp_memory().hit()) return nullptr;
  void* moved = __real_realloc(block, size);
  return block == nullptr ? counted(moved) : moved;
}
int __wrap_posix_memalign(void** block, size_t alignment, size_t size) {
  *block = allocate(size, std::align_val_t(alignment));
  return *block == nullptr ? 12 : 0;
}
void* __wrap_aligned_alloc(size_t alignment, size_t size) {
  return allocate(size, std::align_val_t(alignment));
}
void __wrap_free(void* block) { release(block); }
}

// Every replaceable form, so that none escapes the count.
using Align = std::align_val_t;
using Quiet = std::nothrow_t;
void* operator new(size_t n) { return allocate_or_throw(n); }
void* operator new[](size_t n) { return allocate_or_throw(n); }
void* operator new(size_t n, Align a) { return allocate_or_throw(n, a); }
void* operator new[](size_t n, Align a) { return allocate_or_throw(n, a); }
void* operator new(size_t n, const Quiet&) noexcept { return allocate(n); }
void* operator new[](size_t n, const Quiet&) noexcept { return allocate(n); }
void* operator new(size_t n, Align a, const Quiet&) noexcept { return allocate(n, a); }
void* operator new[](size_t n, Align a, const Quiet&) noexcept { return allocate(n, a); }
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, size_t) noexcept { release(p); }
void operator delete[](void* p, size_t) noexcept { release(p); }
void operator delete(void* p, Align) noexcept { release(p); }
void operator delete[](void* p, Align) noexcept { release(p); }
void operator delete(void* p, size_t, Align) noexcept { release(p); }
void operator delete[](void* p, size_t, Align) noexcept { release(p); }
void operator delete(void* p, const Quiet&) noexcept { release(p); }
void operator delete[](void* p, const Quiet&) noexcept { release(p); }
void operator delete(void* p, Align, const Quiet&) noexcept { release(p); }
void operator delete[](void* p, Align, const Quiet&) noexcept { release(p); }
// NOLINTEND(bugprone-reserved-identifier,clang-analyzer-core.CallAndMessage)
