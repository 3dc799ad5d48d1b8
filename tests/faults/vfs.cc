#include "faults/vfs.h"

#include <sqlite3.h>

#include <new>

namespace subjrec::faults {
namespace {

int write_error = SQLITE_IOERR_WRITE;

sqlite3_vfs* under() {
  static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
  return vfs;
}

/// The file of the VFS below lies behind this in the same memory.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }
const sqlite3_io_methods& io(sqlite3_file* file) { return *real(file)->pMethods; }

int close(sqlite3_file* f) { return io(f).xClose(real(f)); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  if (file_calls(FileCall::kRead).hit()) return SQLITE_IOERR_READ;
  return io(f).xRead(real(f), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (file_calls(FileCall::kWrite).hit()) {
    // Half of it may have arrived.
    io(f).xWrite(real(f), from, size / 2, at);
    return write_error;
  }
  return io(f).xWrite(real(f), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (file_calls(FileCall::kTruncate).hit()) return SQLITE_IOERR_TRUNCATE;
  return io(f).xTruncate(real(f), size);
}
int sync(sqlite3_file*, int) {
  return file_calls(FileCall::kSync).hit() ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return io(f).xFileSize(real(f), size); }
int lock(sqlite3_file* f, int level) { return io(f).xLock(real(f), level); }
int unlock(sqlite3_file* f, int level) { return io(f).xUnlock(real(f), level); }
int reserved(sqlite3_file* f, int* out) { return io(f).xCheckReservedLock(real(f), out); }
int control(sqlite3_file* f, int op, void* arg) { return io(f).xFileControl(real(f), op, arg); }
int sector_size(sqlite3_file* f) { return io(f).xSectorSize(real(f)); }
int characteristics(sqlite3_file* f) { return io(f).xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return io(f).xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int at, int n, int flags) {
  return io(f).xShmLock(real(f), at, n, flags);
}
void shm_barrier(sqlite3_file* f) { io(f).xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return io(f).xShmUnmap(real(f), remove); }

/// Version 2: no memory mapping, so that every access is a call.
const sqlite3_io_methods kMethods = {
    2,         close,    read,    write,       truncate,        sync,    file_size, lock,
    unlock,    reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,  nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  f->pMethods = nullptr;
  if (file_calls(FileCall::kOpen).hit()) return SQLITE_CANTOPEN;
  File* file = new (f) File;
  file->real = reinterpret_cast<sqlite3_file*>(file + 1);
  file->base.pMethods = nullptr;
  const int code = under()->xOpen(under(), name, file->real, flags, out);
  if (file->real->pMethods != nullptr) file->base.pMethods = &kMethods;
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder) {
  if (file_calls(FileCall::kDelete).hit()) return SQLITE_IOERR_DELETE;
  return under()->xDelete(under(), name, sync_folder);
}

}  // namespace

Injector& file_calls(FileCall call) {
  static std::array<Injector, kFileCallNames.size()> injectors;
  return injectors[static_cast<size_t>(call)];
}

void set_write_error(int code) { write_error = code; }

const char* faulty_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *under();  // what is not replaced does not look at the sqlite3_vfs
    made.zName = "subjrec_faulty";
    made.szOsFile = static_cast<int>(sizeof(File)) + under()->szOsFile;
    made.xOpen = open;
    made.xDelete = remove;
    made.pNext = nullptr;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  (void)registered;
  return vfs.zName;
}

}  // namespace subjrec::faults
