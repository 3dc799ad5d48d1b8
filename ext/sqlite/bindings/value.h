// sqlite3_value: ids, texts, how a message shows one, and results.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// The value as an id: INTEGER, TEXT, BLOB, or a REAL that is a whole number. Anything else, and
/// NULL, is nullopt. The view is valid as long as the value.
std::optional<IdView> id_of(sqlite3_value* value);
std::string_view text_of(sqlite3_value* value);
/// What an error message says was got: NULL, 3, 1.5, 'text', a BLOB of 8 bytes.
std::string shown(sqlite3_value* value);
void result_id(sqlite3_context* context, const IdView& id);
/// A BLOB, copied.
void result_blob(sqlite3_context* context, std::string_view bytes);
void result_text(sqlite3_context* context, std::string_view text);

}  // namespace subjrec
