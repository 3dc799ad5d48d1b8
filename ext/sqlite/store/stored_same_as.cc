#include "sqlite/store/stored_same_as.h"

#include <memory>

#include "core/options/alias_list.h"

namespace subjrec {

std::string same_as_key(size_t i) { return "same_as_" + std::to_string(i); }

Status read_stored_same_as(std::string_view who, const ModelName& name, StoredModel* stored) {
  auto aliases = std::make_shared<IdAliases>();
  for (size_t i = 0;; ++i) {
    const auto at = stored->config.find(same_as_key(i));
    if (at == stored->config.end()) break;
    const Status status = read_alias_list(at->second, stored->subjects.size(), &*aliases);
    if (!status.ok()) {
      return corrupt(who, name, "config",
                     "the value of \"" + at->first + "\" is '" + printable(at->second) +
                         "': " + status.message());
    }
  }
  if (aliases->ids.size() > 0) stored->subjects.set_aliases(std::move(aliases));
  return {};
}

}  // namespace subjrec
