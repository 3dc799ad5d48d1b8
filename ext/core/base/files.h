// Files as the operating system has them, for POSIX (files_posix.cc) and Windows
// (files_windows.cc). Paths are UTF-8 on both, and bytes are bytes: nothing is translated.
//
// What fails returns -1, or nothing, and leaves the reason in errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace subjrec {

enum class FileKind { kRegular, kDirectory, kOther, kUnknown };

/// A descriptor. Opening a pipe to which nobody writes does not wait for a writer.
int open_to_read(const std::string& path);
FileKind file_kind(int fd);
/// Whether a read would not block, which is waited for at most so long. Windows: always true.
bool wait_to_read(int fd, int milliseconds);
int64_t read_some(int fd, char* bytes, size_t size);
/// At that byte of the file, wherever it was read before.
int64_t read_at(int fd, char* bytes, size_t size, uint64_t at);
int64_t write_some(int fd, const char* bytes, size_t size);
void close_file(int fd);

/// A new file to write and read, which is gone when it is closed or the process ends.
int open_temporary(const std::string& folder);
/// Where temporary files may lie, the best first: what $SQLITE_TMPDIR names, and so on.
std::vector<std::string> temporary_folders();

bool file_exists(const std::string& path);
/// The files that a pattern with * ? [] matches, in no order; none where no file does. Nothing
/// where memory is short. On Windows * and ? alone, and in the last part of the path alone.
std::optional<std::vector<std::string>> matching_files(const std::string& pattern);
/// Bytes that are left to this user on the disk of a folder.
std::optional<uint64_t> free_disk_bytes(const std::string& folder);

bool stderr_is_terminal();

}  // namespace subjrec
