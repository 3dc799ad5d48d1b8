#include "core/base/files.h"

#if !defined(_WIN32)

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace subjrec {

int open_to_read(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

FileKind file_kind(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return FileKind::kUnknown;
  if (S_ISREG(info.st_mode)) return FileKind::kRegular;
  return S_ISDIR(info.st_mode) ? FileKind::kDirectory : FileKind::kOther;
}

bool wait_to_read(int fd, int milliseconds) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) != 0;
}

int64_t read_some(int fd, char* bytes, size_t size) { return ::read(fd, bytes, size); }

int64_t read_at(int fd, char* bytes, size_t size, uint64_t at) {
  return ::pread(fd, bytes, size, static_cast<off_t>(at));
}

int64_t write_some(int fd, const char* bytes, size_t size) { return ::write(fd, bytes, size); }

void close_file(int fd) { ::close(fd); }

int open_temporary(const std::string& folder) {
  std::string name = folder + "/subjrec_XXXXXX";
  const int fd = ::mkstemp(name.data());
  if (fd < 0) return fd;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::unlink(name.c_str());
  return fd;
}

std::vector<std::string> temporary_folders() {
  std::vector<std::string> folders;
  for (const char* name : {"SQLITE_TMPDIR", "TMPDIR"}) {
    if (const char* folder = std::getenv(name)) folders.emplace_back(folder);
  }
  for (const char* folder : {"/var/tmp", "/tmp", "."}) folders.emplace_back(folder);
  return folders;
}

bool file_exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

std::optional<std::vector<std::string>> matching_files(const std::string& pattern) {
  glob_t found{};
  const std::unique_ptr<glob_t, decltype(&globfree)> owner(&found, globfree);
  const int code = ::glob(pattern.c_str(), 0, nullptr, &found);
  if (code == GLOB_NOSPACE) return std::nullopt;
  if (code != 0) return std::vector<std::string>();
  return std::vector<std::string>(found.gl_pathv, found.gl_pathv + found.gl_pathc);
}

std::optional<uint64_t> free_disk_bytes(const std::string& folder) {
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return std::nullopt;
  return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

bool stderr_is_terminal() { return ::isatty(2) == 1; }

}  // namespace subjrec

#endif
