#include "core/base/available_memory.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace subjrec {
namespace {

/// The lines of a file, none where there is no such file. By C's own streams: those of C++ would
/// make a module that carries its library half a megabyte larger.
std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"),
                                                             std::fclose);
  char text[4096];
  while (file && std::fgets(text, sizeof text, file.get()) != nullptr) {
    lines.emplace_back(text, std::strcspn(text, "\n"));
  }
  return lines;
}

/// The number that `text` begins with, after blanks; kUnknownMemory where it does not, as "max".
uint64_t number_of(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? number : kUnknownMemory;
}

uint64_t number_in(const std::string& path) {
  const std::vector<std::string> lines = lines_of(path);
  return lines.empty() ? kUnknownMemory : number_of(lines[0]);
}

uint64_t available_to_all() {
  constexpr std::string_view kKey = "MemAvailable:";
  for (const std::string_view line : lines_of("/proc/meminfo")) {
    if (!line.starts_with(kKey)) continue;
    const uint64_t kilobytes = number_of(line.substr(kKey.size()));
    return kilobytes == kUnknownMemory ? kUnknownMemory : kilobytes * 1024;
  }
  return kUnknownMemory;
}

uint64_t left_of(uint64_t limit, uint64_t used) {
  if (limit == kUnknownMemory || used == kUnknownMemory) return kUnknownMemory;
  return limit - std::min(limit, used);
}

/// Of this process's group and those above it, in the second version of control groups or the
/// first.
uint64_t left_of_group() {
  uint64_t least = kUnknownMemory;
  for (const std::string& line : lines_of("/proc/self/cgroup")) {
    const size_t path_at = line.find(':', line.find(':') + 1);
    if (path_at == std::string::npos) continue;
    const bool second = line.rfind("0::", 0) == 0;
    if (!second && line.find(":memory:") == std::string::npos) continue;
    const std::string root = second ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    for (std::string path = line.substr(path_at + 1);; path.erase(path.rfind('/'))) {
      const std::string group = root + (path == "/" ? "" : path);
      least = std::min(least, second ? left_of(number_in(group + "/memory.max"),
                                               number_in(group + "/memory.current"))
                                     : left_of(number_in(group + "/memory.limit_in_bytes"),
                                               number_in(group + "/memory.usage_in_bytes")));
      if (path.find('/') == std::string::npos) break;
    }
  }
  return least;
}

uint64_t left_of_address_space() {
#if defined(__unix__) || defined(__APPLE__)
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnknownMemory;
  const uint64_t pages = number_in("/proc/self/statm");
  if (pages == kUnknownMemory) return limit.rlim_cur;
  return left_of(limit.rlim_cur, pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
#else
  return kUnknownMemory;
#endif
}

}  // namespace

uint64_t available_memory() {
  return std::min({available_to_all(), left_of_group(), left_of_address_space()});
}

}  // namespace subjrec
