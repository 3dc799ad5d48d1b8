// Where an API's page keeps its records: {"totalResults": 2, "results": [{...}, {...}]}.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace subjrec {

/// The names of the members that lead from a document to the array of its records: {"hits", "hits"}
/// is the JSON pointer (RFC 6901) "/hits/hits". None: the documents are the records.
using RecordsPath = std::vector<std::string>;

/// Reads a JSON pointer; `who` is for the error.
Result<RecordsPath> read_records_pointer(std::string_view pointer);
std::string records_pointer(const RecordsPath& path);

/// Looks at the first object of a file, or at its beginning where it is long, and says whether it
/// is a page. It is one if it has no id of its own and an array of objects under a name that APIs
/// use for it (results, docs, data, hits.hits, message.items, @graph ...); "items" counts only if
/// it is the object's one array, as works have items, too.
std::optional<RecordsPath> find_records(std::string_view object);

/// Follows a path while a JsonScanner walks through a document, and stops it in the array there.
class PathWatcher {
 public:
  static constexpr bool kWantsKeys = true;
  explicit PathWatcher(const RecordsPath* path) : path_(*path) {}

  void key(size_t depth, std::string_view name) {
    if (depth <= path_.size() && matched_ + 1 >= depth) {
      matched_ = name == path_[depth - 1] ? depth : depth - 1;
    }
  }
  void value(size_t /*depth*/, char /*first*/) {}
  bool stops(size_t depth, char opening) {
    return opening == '[' && depth == path_.size() && matched_ == depth;
  }
  void start() { matched_ = 0; }

 private:
  const RecordsPath& path_;
  size_t matched_ = 0;  // names of the path that lead to where the scan is
};

}  // namespace subjrec
