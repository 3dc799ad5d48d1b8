#include "core/base/files.h"

#if defined(_WIN32)

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <windows.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace subjrec {
namespace {

constexpr size_t kMostAtOnce = size_t{1} << 30;  // the calls count in int

std::wstring wide(const std::string& text) {
  const int size = static_cast<int>(text.size());
  std::wstring result(text.size(), L'\0');
  const int n = MultiByteToWideChar(CP_UTF8, 0, text.data(), size, result.data(), size);
  result.resize(static_cast<size_t>(std::max(n, 0)));
  return result;
}

std::string narrow(const wchar_t* text) {
  const int n = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string result(static_cast<size_t>(std::max(n, 1)), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, result.data(), n, nullptr, nullptr);
  result.pop_back();  // the zero
  return result;
}

unsigned at_once(size_t size) { return static_cast<unsigned>(std::min(size, kMostAtOnce)); }

bool is_directory(const std::string& path) {
  const DWORD attributes = GetFileAttributesW(wide(path).c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace

int open_to_read(const std::string& path) {
  if (is_directory(path)) {
    errno = EISDIR;
    return -1;
  }
  return ::_wopen(wide(path).c_str(), _O_RDONLY | _O_BINARY | _O_NOINHERIT);
}

FileKind file_kind(int fd) {
  struct _stat64 info {};
  if (::_fstat64(fd, &info) != 0) return FileKind::kUnknown;
  if ((info.st_mode & _S_IFREG) != 0) return FileKind::kRegular;
  return (info.st_mode & _S_IFDIR) != 0 ? FileKind::kDirectory : FileKind::kOther;
}

bool wait_to_read(int /*fd*/, int /*milliseconds*/) { return true; }

int64_t read_some(int fd, char* bytes, size_t size) { return ::_read(fd, bytes, at_once(size)); }

int64_t read_at(int fd, char* bytes, size_t size, uint64_t at) {
  if (::_lseeki64(fd, static_cast<int64_t>(at), SEEK_SET) < 0) return -1;
  return ::_read(fd, bytes, at_once(size));
}

int64_t write_some(int fd, const char* bytes, size_t size) {
  return ::_write(fd, bytes, at_once(size));
}

void close_file(int fd) { ::_close(fd); }

int open_temporary(const std::string& folder) {
  static std::atomic<unsigned> count{0};
  const std::string name = folder + "\\subjrec_" + std::to_string(GetCurrentProcessId()) + "_" +
                           std::to_string(GetTickCount64()) + "_" + std::to_string(count++);
  return ::_wopen(wide(name).c_str(),
                  _O_RDWR | _O_CREAT | _O_EXCL | _O_BINARY | _O_TEMPORARY | _O_NOINHERIT,
                  _S_IREAD | _S_IWRITE);
}

std::vector<std::string> temporary_folders() {
  std::vector<std::string> folders;
  for (const wchar_t* name : {L"SQLITE_TMPDIR", L"TMP", L"TEMP"}) {
    if (const wchar_t* folder = ::_wgetenv(name)) folders.push_back(narrow(folder));
  }
  folders.emplace_back(".");
  return folders;
}

bool file_exists(const std::string& path) {
  return GetFileAttributesW(wide(path).c_str()) != INVALID_FILE_ATTRIBUTES;
}

std::optional<std::vector<std::string>> matching_files(const std::string& pattern) {
  const size_t folder = pattern.find_last_of("/\\") + 1;  // 0 where there is none
  WIN32_FIND_DATAW found{};
  const HANDLE search = FindFirstFileW(wide(pattern).c_str(), &found);
  std::vector<std::string> files;
  if (search == INVALID_HANDLE_VALUE) return files;
  do {
    const std::string name = narrow(found.cFileName);
    if (name != "." && name != "..") files.push_back(pattern.substr(0, folder) + name);
  } while (FindNextFileW(search, &found) != 0);
  FindClose(search);
  return files;
}

std::optional<uint64_t> free_disk_bytes(const std::string& folder) {
  ULARGE_INTEGER left{};
  if (GetDiskFreeSpaceExW(wide(folder).c_str(), &left, nullptr, nullptr) == 0) return std::nullopt;
  return left.QuadPart;
}

bool stderr_is_terminal() { return ::_isatty(2) != 0; }

}  // namespace subjrec

#endif
