#include "sqlite/store/model_name.h"

#include <algorithm>

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"

namespace subjrec {
namespace {

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string name;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    name += text[i];
    if (text[i] == '"' && text[i + 1] == '"') ++i;
  }
  return name;
}

/// The place of the dot that ends a leading schema, outside quotes.
size_t schema_dot(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '.' && !quoted) return i;
  }
  return std::string_view::npos;
}

/// SQL texts end at a NUL: what follows it would be lost, and another table meant.
Status check_no_nul(std::string_view who, std::string_view text, std::string_view what) {
  if (text.find('\0') == std::string_view::npos) return {};
  return {Code::kInvalid, std::string(who) + ": the name of the " + std::string(what) +
                              " has a NUL character in it"};
}

struct Found {
  bool exists = false;
  bool is_model = false;
  std::string name;  // as the schema spells it
};

/// `create` is sqlite_schema.sql: CREATE VIRTUAL TABLE <name> USING <module>...
bool uses_subjrec(std::string_view create) {
  std::string lower(create);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower.rfind("create virtual table", 0) != 0) return false;
  for (size_t at = lower.find("using"); at != std::string::npos; at = lower.find("using", at + 1)) {
    const size_t module = lower.find_first_not_of(" \t\r\n\"", at + 5);
    if (module == std::string::npos || lower.compare(module, 7, "subjrec") != 0) continue;
    const size_t after = lower.find_first_not_of(" \t\r\n\"", module + 7);
    if (after == std::string::npos || lower[after] == '(' || lower[after] == ';') return true;
  }
  return false;
}

Result<Found> look_up(sqlite3* db, std::string_view who, const std::string& schema,
                      std::string_view table) {
  SUBJREC_ASSIGN(
      Statement query,
      Statement::prepare(db, who,
                         sql("SELECT name, sql FROM \"%w\".sqlite_schema WHERE name = ?1 "
                             "COLLATE NOCASE AND type IN ('table', 'view')",
                             schema.c_str())));
  query.bind(1, table);
  SUBJREC_ASSIGN(const bool row, query.step(who));
  Found found;
  if (!row) return found;
  found.exists = true;
  found.name = std::string(query.text(0));
  found.is_model = uses_subjrec(query.text(1));
  return found;
}

Result<std::vector<std::string>> model_names(sqlite3* db, std::string_view who) {
  std::vector<std::string> names;
  SUBJREC_ASSIGN(const auto all, schemas(db, who));
  for (const std::string& schema : all) {
    SUBJREC_ASSIGN(
        Statement query,
        Statement::prepare(db, who,
                           sql("SELECT name, sql FROM \"%w\".sqlite_schema WHERE type = "
                               "'table' AND sql LIKE 'create virtual table%%' ORDER BY 1",
                               schema.c_str())));
    for (;;) {
      SUBJREC_ASSIGN(const bool row, query.step(who));
      if (!row) break;
      if (uses_subjrec(query.text(1))) {
        names.push_back(ModelName{schema, std::string(query.text(0))}.shown());
      }
    }
  }
  return names;
}

Status no_model(sqlite3* db, std::string_view who, std::string_view text) {
  std::string message = std::string(who) + ": there is no model \"" + std::string(text) + "\"; ";
  SUBJREC_ASSIGN(const auto names, model_names(db, who));
  if (names.empty()) {
    message += "train one with SELECT subjrec_train('" + std::string(text) + "', 'work_subjects')";
  } else {
    message += names.size() == 1 ? "the only model here is " : "the models here are ";
    for (size_t i = 0; i < names.size(); ++i) message += (i > 0 ? ", \"" : "\"") + names[i] + "\"";
  }
  return {Code::kNotFound, message};
}

/// What `text` means as schema.table, where `dot` ends the schema; `what` a message calls it.
Result<ModelName> in_schema(sqlite3* db, std::string_view who, std::string_view text, size_t dot,
                            const std::vector<std::string>& all, std::string_view what,
                            Found* found) {
  const std::string wanted = unquoted(text.substr(0, dot));
  const std::string table = unquoted(text.substr(dot + 1));
  for (const std::string& schema : all) {
    if (sqlite3_stricmp(schema.c_str(), wanted.c_str()) != 0) continue;
    SUBJREC_ASSIGN(*found, look_up(db, who, schema, table));
    return ModelName{schema, found->exists ? found->name : table};
  }
  return Status(Code::kNotFound, std::string(who) + ": no database \"" + wanted +
                                     "\" is attached for the " + std::string(what) + " \"" +
                                     std::string(text) + "\"");
}

Status not_a_model(std::string_view who, const ModelName& name) {
  return {Code::kInvalid, std::string(who) + ": \"" + name.shown() +
                              "\" is a table or view but not a model; choose another name"};
}

}  // namespace

std::string ModelName::quoted(std::string_view suffix) const {
  const std::string full = table + std::string(suffix);
  return sql("\"%w\".\"%w\"", schema.c_str(), full.c_str());
}

std::string ModelName::shown() const { return schema == "main" ? table : schema + "." + table; }

Status check_writable(sqlite3* db, std::string_view who, const ModelName& name,
                      std::string_view doing, std::string_view what) {
  if (sqlite3_db_readonly(db, name.schema.c_str()) != 1) return {};
  return {Code::kReadOnly,
          std::string(who) + ": database \"" + name.schema + "\" is read-only, and " +
              std::string(doing) + " writes the " + std::string(what) +
              " into it; open it for writing, or use a " + std::string(what) +
              " of a database that can be written, like 'temp." + name.table + "'"};
}

/// SQLite lists "temp" only once it has held something; it is always there.
Result<std::vector<std::string>> schemas(sqlite3* db, std::string_view who) {
  SUBJREC_ASSIGN(
      Statement query,
      Statement::prepare(
          db, who, "SELECT name FROM pragma_database_list WHERE name <> 'temp' ORDER BY seq"));
  std::vector<std::string> names = {"temp"};
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    names.emplace_back(query.text(0));
  }
  return names;
}

Result<ModelName> find_or_name_model(sqlite3* db, std::string_view who, std::string_view text,
                                     bool* exists, std::vector<ModelName>* before) {
  *exists = true;
  SUBJREC_ASSIGN(const auto all, schemas(db, who));
  const std::string whole = unquoted(text);
  if (whole.empty()) {
    return Status(Code::kInvalid, std::string(who) + ": the model's name is empty");
  }
  SUBJREC_TRY(check_no_nul(who, text, "model"));
  std::optional<ModelName> other;
  for (const std::string& schema : all) {
    SUBJREC_ASSIGN(const Found found, look_up(db, who, schema, whole));
    if (found.is_model) return ModelName{schema, found.name};
    if (found.exists && !other) other = ModelName{schema, found.name};
    if (before != nullptr) before->push_back({schema, whole});
  }
  if (other) return not_a_model(who, *other);

  const size_t dot = schema_dot(text);
  if (dot == std::string_view::npos) {
    *exists = false;
    return ModelName{"main", whole};
  }
  Found found;
  SUBJREC_ASSIGN(ModelName name, in_schema(db, who, text, dot, all, "model", &found));
  if (found.exists && !found.is_model) return not_a_model(who, name);
  *exists = found.exists;
  return name;
}

Result<ModelName> find_or_name_table(sqlite3* db, std::string_view who, std::string_view text,
                                     bool* exists) {
  SUBJREC_TRY(check_no_nul(who, text, "table"));
  SUBJREC_ASSIGN(const auto all, schemas(db, who));
  const std::string whole = unquoted(text);
  for (const std::string& schema : all) {
    SUBJREC_ASSIGN(const Found found, look_up(db, who, schema, whole));
    *exists = found.exists;
    if (found.exists) return ModelName{schema, found.name};
  }
  const size_t dot = schema_dot(text);
  if (dot == std::string_view::npos) return ModelName{"main", whole};
  Found found;
  SUBJREC_ASSIGN(ModelName name, in_schema(db, who, text, dot, all, "table", &found));
  *exists = found.exists;
  return name;
}

Result<ModelName> find_model(sqlite3* db, std::string_view who, std::string_view text,
                             std::vector<ModelName>* before) {
  bool exists = false;
  SUBJREC_ASSIGN(ModelName name, find_or_name_model(db, who, text, &exists, before));
  if (!exists) return no_model(db, who, text);
  return name;
}

}  // namespace subjrec
