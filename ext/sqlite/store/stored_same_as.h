// The twins of a model's subjects in rec_config: same_as_0, same_as_1, ...
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

/// The key of the i-th list (core/options/alias_list.h); a value is never long.
std::string same_as_key(size_t i);

/// Gives the subjects, which were read before, the aliases that the config has.
Status read_stored_same_as(std::string_view who, const ModelName& name, StoredModel* stored);

}  // namespace subjrec
