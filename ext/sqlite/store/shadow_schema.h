// Shadow tables in the schema: CREATE, DROP and ALTER TABLE for those of a model, and for no
// others.
//
// A name like rec_config may be a table of the user's. A table is the model's if its CREATE TABLE
// text in sqlite_schema begins as the one that subjrec writes: the names, types and constraints of
// the columns, in their order. Columns that somebody added later leave it the model's. What is not
// the model's is never emptied, renamed or dropped.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"
#include "sqlite/store/model_name.h"

namespace subjrec {

/// For SQL: "main"."rec_works".
std::string shadow(const ModelName& name, std::string_view suffix);

/// Refuses a model that is new where it could not be asked or would need a name that is taken: it
/// is called like one of its columns, or a table, view or index is called like one of its shadow
/// tables. The error names the table and says what to do.
Status check_new_model(sqlite3* db, std::string_view who, const ModelName& name);

/// Refuses to train a model of which another table has taken the place of a shadow table.
Status check_shadow_owner(sqlite3* db, std::string_view who, const ModelName& name);

/// Makes all of them, or, where one cannot be made, none.
Status create_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name);
/// Makes those that were lost. An error where another table has taken the place of one.
Status restore_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name);
/// Drops those that are the model's.
Status drop_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name);
/// Renames those that are the model's; an error, before anything is renamed, where
/// check_new_model() refuses the new name.
Status rename_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name,
                            std::string_view new_table);

/// CREATE VIRTUAL TABLE, unless the model is there already.
Status need_model_table(sqlite3* db, std::string_view who, const ModelName& name);

/// Whether a table of this name would have two columns of one name: the last column of a model's
/// table, which takes commands, is called like the table.
bool is_model_column(std::string_view table);

}  // namespace subjrec
