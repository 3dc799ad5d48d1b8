#include "sqlite/store/shadow_schema.h"

#include <algorithm>
#include <array>
#include <optional>

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {
namespace {

/// Columns of each shadow table, in the order of kShadowSuffixes. Ids come first, so that SELECT *
/// reads well; n is the position that other rows refer to.
constexpr std::array<const char*, 8> kShadowColumns = {
    // works
    "work_id UNIQUE NOT NULL, embedding BLOB NOT NULL, subjects BLOB NOT NULL, "
    "features BLOB, feature_weights BLOB, n INTEGER PRIMARY KEY",
    // subjects
    "subject_id UNIQUE NOT NULL, embedding BLOB NOT NULL, bias REAL NOT NULL, works INTEGER NOT "
    "NULL, input BLOB, n INTEGER PRIMARY KEY",
    // features
    "feature_id UNIQUE NOT NULL, input BLOB, n INTEGER PRIMARY KEY",
    // weights
    "subjects BLOB NOT NULL, weights BLOB NOT NULL, n INTEGER PRIMARY KEY",
    // history
    "step INTEGER NOT NULL, epoch INTEGER NOT NULL, metric TEXT NOT NULL, value REAL NOT NULL",
    // config
    "key TEXT PRIMARY KEY NOT NULL, value",
    // map
    "kind TEXT NOT NULL, id NOT NULL, x REAL NOT NULL, y REAL NOT NULL, PRIMARY KEY (kind, id)",
    // packed
    "n INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, data BLOB NOT NULL"};

bool keeps_rowid(std::string_view suffix) { return suffix != "config" && suffix != "map"; }

/// What matters of a CREATE TABLE text: without spaces and quotes, in small letters.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == ' ' || (c >= '\t' && c <= '\r')) continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

enum class Owner { kNobody, kModel, kOther };
struct Place {
  Owner owner = Owner::kNobody;
  std::string type;  // table, view or index
};

/// What in the schema has the name of the i-th shadow table.
Result<Place> look_up(sqlite3* db, std::string_view who, const ModelName& name, size_t i) {
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(db, who,
                                    sql("SELECT type, sql FROM \"%w\".sqlite_schema WHERE name = "
                                        "?1 COLLATE NOCASE AND type <> 'trigger'",
                                        name.schema.c_str())));
  const std::string table = name.table + "_" + std::string(kShadowSuffixes[i]);
  SUBJREC_ASSIGN(const bool row, query.bind(1, table).step(who));
  if (!row) return Place{};
  const std::string ours = squeezed("CREATE TABLE " + table + "(" + kShadowColumns[i]);
  const bool model = query.text(0) == "table" && squeezed(query.text(1)).rfind(ours, 0) == 0;
  return Place{model ? Owner::kModel : Owner::kOther, std::string(query.text(0))};
}

Status create(sqlite3* db, std::string_view who, const ModelName& name, size_t i) {
  return execute(db, who,
                 "CREATE TABLE " + shadow(name, kShadowSuffixes[i]) + "(" + kShadowColumns[i] +
                     ")" + (keeps_rowid(kShadowSuffixes[i]) ? "" : " WITHOUT ROWID"));
}

std::string shown_shadow(const ModelName& name, size_t i) {
  return name.shown() + "_" + std::string(kShadowSuffixes[i]);
}

}  // namespace

std::string shadow(const ModelName& name, std::string_view suffix) {
  return name.quoted("_" + std::string(suffix));
}

bool is_model_column(std::string_view table) {
  const std::string name(table);
  for (const char* column : {"work_id", "subject_id", "score", "probability", "tagged"}) {
    if (sqlite3_stricmp(name.c_str(), column) == 0) return true;
  }
  return false;
}

Status check_new_model(sqlite3* db, std::string_view who, const ModelName& name) {
  if (is_model_column(name.table)) {
    return {Code::kInvalid, std::string(who) + ": a model cannot be called \"" + name.table +
                                "\", which is a column of every model; choose another name"};
  }
  for (size_t i = 0; i < kShadowSuffixes.size(); ++i) {
    SUBJREC_ASSIGN(const Place place, look_up(db, who, name, i));
    if (place.owner == Owner::kNobody) continue;
    return {
        Code::kInvalid,
        std::string(who) + ": model \"" + name.shown() + "\" would need the name \"" +
            shown_shadow(name, i) + "\" for a table of its own, and a " + place.type +
            " of that name is there already; choose another name for the model, or rename that " +
            place.type};
  }
  return {};
}

Status check_shadow_owner(sqlite3* db, std::string_view who, const ModelName& name) {
  for (size_t i = 0; i < kShadowSuffixes.size(); ++i) {
    SUBJREC_ASSIGN(const Place place, look_up(db, who, name, i));
    if (place.owner != Owner::kOther) continue;
    return {Code::kInvalid, std::string(who) + ": the " + place.type + " \"" +
                                shown_shadow(name, i) + "\" has the name of a table of model \"" +
                                name.shown() +
                                "\" and is not that table; nothing was changed; rename or drop it, "
                                "and train the model again"};
  }
  return {};
}

Status create_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name) {
  SUBJREC_TRY(check_new_model(db, who, name));
  for (size_t i = 0; i < kShadowSuffixes.size(); ++i) {
    const Status status = create(db, who, name, i);
    if (status.ok()) continue;
    while (i-- > 0) {
      const Status undone = execute(db, who, "DROP TABLE " + shadow(name, kShadowSuffixes[i]));
      if (!undone.ok()) break;  // SQLite rolls back the statement
    }
    return status;
  }
  return {};
}

Status restore_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name) {
  SUBJREC_TRY(check_shadow_owner(db, who, name));
  for (size_t i = 0; i < kShadowSuffixes.size(); ++i) {
    SUBJREC_ASSIGN(const Place place, look_up(db, who, name, i));
    if (place.owner == Owner::kNobody) SUBJREC_TRY(create(db, who, name, i));
  }
  return {};
}

Status drop_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name) {
  for (size_t i = 0; i < kShadowSuffixes.size(); ++i) {
    SUBJREC_ASSIGN(const Place place, look_up(db, who, name, i));
    if (place.owner != Owner::kModel) continue;
    SUBJREC_TRY(execute(db, who, "DROP TABLE " + shadow(name, kShadowSuffixes[i])));
  }
  return {};
}

Status rename_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name,
                            std::string_view new_table) {
  SUBJREC_TRY(check_new_model(db, who, {name.schema, std::string(new_table)}));
  for (size_t i = 0; i < kShadowSuffixes.size(); ++i) {
    SUBJREC_ASSIGN(const Place place, look_up(db, who, name, i));
    if (place.owner != Owner::kModel) continue;
    const std::string suffix(kShadowSuffixes[i]);
    const std::string renamed = std::string(new_table) + "_" + suffix;
    SUBJREC_TRY(
        execute(db, who,
                "ALTER TABLE " + shadow(name, suffix) + sql(" RENAME TO \"%w\"", renamed.c_str())));
  }
  return {};
}

Status need_model_table(sqlite3* db, std::string_view who, const ModelName& name) {
  bool exists = false;
  SUBJREC_ASSIGN([[maybe_unused]] const ModelName found,
                 find_or_name_model(db, who, name.quoted(), &exists));
  if (exists) return {};
  return execute(db, who, "CREATE VIRTUAL TABLE " + name.quoted() + " USING subjrec");
}

}  // namespace subjrec
