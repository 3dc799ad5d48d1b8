#include "core/ingest/page_finder.h"

#include <algorithm>
#include <iterator>

#include "core/ingest/json_scanner.h"

namespace subjrec {
namespace {

constexpr std::string_view kIds[] = {"id",  "_id",        "@id",     "work_id",     "key",
                                     "uri", "identifier", "leader",  "document_id", "doi",
                                     "DOI", "fields",     "subjects"};
constexpr std::string_view kArrays[] = {"results", "docs",   "records", "works",       "data",
                                        "hits",    "@graph", "member",  "hydra:member"};
constexpr std::string_view kWeakArrays[] = {"items", "list", "entries"};
constexpr std::string_view kContainers[] = {"hits", "response", "message",
                                            "data", "result",   "_embedded"};

template <size_t N>
bool is_one_of(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

struct FindWatcher {
  static constexpr bool kWantsKeys = true;
  static constexpr size_t kLevels = 2;  // of objects that are looked into

  struct Array {
    RecordsPath path;
    bool of_objects = false;
    bool empty = true;
  };

  void key(size_t depth, std::string_view name) {
    if (depth > kLevels) return;
    names.resize(depth);
    names[depth - 1] = name;
    has_id |= depth == 1 && is_one_of(kIds, name);
  }
  void value(size_t depth, char first) {
    if (open && depth == open_depth + 1 && arrays.back().empty) {
      arrays.back().empty = false;
      arrays.back().of_objects = first == '{';
      open = false;
    }
    const bool looked_into = depth == 1 || (depth == 2 && is_one_of(kContainers, names[0]));
    if (first == '[' && looked_into && names.size() == depth) {
      arrays.push_back({names, false, true});
      open = true;
      open_depth = depth;
    }
  }
  bool stops(size_t, char) { return false; }

  RecordsPath names;  // of the members that lead to where the scan is
  std::vector<Array> arrays;
  bool open = false;  // the last of them has shown no element yet
  size_t open_depth = 0;
  bool has_id = false;
};

}  // namespace

std::optional<RecordsPath> find_records(std::string_view object) {
  FindWatcher found;
  JsonScanner scanner;
  scanner.feed(object, found);
  if (found.has_id) return std::nullopt;
  for (const bool empty : {false, true}) {
    for (const FindWatcher::Array& array : found.arrays) {
      if (array.of_objects == empty || array.empty != empty) continue;
      const bool alone = found.arrays.size() == 1;
      if (is_one_of(kArrays, array.path.back()) ||
          (is_one_of(kWeakArrays, array.path.back()) && (alone || array.path.size() > 1))) {
        return array.path;
      }
    }
  }
  return std::nullopt;
}

Result<RecordsPath> read_records_pointer(std::string_view pointer) {
  RecordsPath path;
  if (pointer.empty()) return path;
  if (pointer.front() != '/') {
    return Status(Code::kInvalid,
                  "option \"records\" must be a JSON pointer to the array that holds the records, "
                  "like \"/hits/hits\", or \"\" where each document is one, got \"" +
                      std::string(pointer) + "\"");
  }
  for (size_t at = 0; at < pointer.size();) {
    const size_t end = std::min(pointer.find('/', at + 1), pointer.size());
    std::string name;
    for (size_t i = at + 1; i < end; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < end;
      if (escape) ++i;
      name += !escape ? pointer[i] : pointer[i] == '1' ? '/' : '~';
    }
    path.push_back(std::move(name));
    at = end;
  }
  return path;
}

std::string records_pointer(const RecordsPath& path) {
  std::string pointer;
  for (const std::string& name : path) {
    pointer += '/';
    for (const char c : name) pointer += c == '/' ? "~1" : c == '~' ? "~0" : std::string(1, c);
  }
  return pointer;
}

}  // namespace subjrec
