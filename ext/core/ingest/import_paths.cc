#include "core/ingest/import_paths.h"

#include <simdjson.h>

#include <algorithm>
#include <memory>

#include "core/base/files.h"

namespace subjrec {
namespace {

Status expand(const std::string& path, std::vector<std::string>* paths) {
  const bool pattern = path.find_first_of("*?[") != std::string::npos;
  if (!pattern || file_exists(path)) {
    paths->push_back(path);
    return {};
  }
  auto names = matching_files(path);
  if (!names) return {Code::kNoMemory, "out of memory"};
  if (names->empty()) return {Code::kNotFound, "no file matches '" + path + "'"};
  std::sort(names->begin(), names->end());  // by bytes, whatever the locale
  paths->insert(paths->end(), names->begin(), names->end());
  return {};
}

}  // namespace

Result<std::vector<std::string>> expand_paths(std::string_view text) {
  std::vector<std::string> paths;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::dom::array array;
  const bool list =
      !text.empty() && text.front() == '[' && parser.parse(padded).get(array) == simdjson::SUCCESS;
  if (!list) {
    SUBJREC_TRY(expand(std::string(text), &paths));
    return paths;
  }
  for (const simdjson::dom::element item : array) {
    std::string_view path;
    if (item.get(path) != simdjson::SUCCESS) {
      return Status(Code::kInvalid,
                    "argument 1 (path) must be a path or a JSON array of paths, got " +
                        simdjson::minify(item) + " in the array");
    }
    SUBJREC_TRY(expand(std::string(path), &paths));
  }
  if (paths.empty()) return Status(Code::kInvalid, "argument 1 (path) is an empty array of paths");
  std::vector<std::string> sorted = paths;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    return Status(Code::kInvalid, "argument 1 (path) names '" + *twice + "' twice");
  }
  return paths;
}

}  // namespace subjrec
