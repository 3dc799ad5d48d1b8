#include "core/base/available_memory.h"

#include <algorithm>
#include <fstream>
#include <string>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace subjrec {
namespace {

/// The first number of a file of one; kUnknownMemory for "max", or no such file.
uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  uint64_t number = 0;
  return file >> number ? number : kUnknownMemory;
}

uint64_t available_to_all() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  uint64_t kilobytes = 0;
  std::string unit;
  while (file >> key >> kilobytes) {
    if (key == "MemAvailable:") return kilobytes * 1024;
    std::getline(file, unit);
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
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
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
