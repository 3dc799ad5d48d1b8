#include "sqlite/store/label_hint.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

constexpr int kMatches = 100;  // subjects with one label that are looked at
constexpr size_t kShownIds = 3;

/// An ordinary table: a view or a virtual table can do anything when it is read.
Result<bool> has_table(sqlite3* db, std::string_view who, const ModelName& table) {
  SUBJREC_ASSIGN(Statement query, Statement::prepare(db, who,
                                                     "SELECT 1 FROM pragma_table_list(?2) "
                                                     "WHERE schema = ?1 AND type = 'table'"));
  query.bind(1, table.schema).bind(2, table.table);
  return query.step(who);
}

/// The ids of subjects that have this label and that the model knows, at most one more than are
/// shown.
Result<std::vector<std::string>> ids_with_label(sqlite3* db, std::string_view who,
                                                const ModelName& table, const IdTable& known,
                                                std::string_view label) {
  SUBJREC_ASSIGN(
      Statement query,
      Statement::prepare(db, who,
                         "SELECT id FROM (SELECT s.subject_id AS id, s.label AS label FROM " +
                             table.quoted() + " AS s LIMIT " + std::to_string(kLabelRows) +
                             ") WHERE label = ?1 LIMIT " + std::to_string(kMatches)));
  query.bind(1, label);
  std::vector<std::string> ids;
  while (ids.size() <= kShownIds) {
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    const std::optional<IdView> id = id_of(query.value(0));
    if (id && known.find(*id)) ids.push_back(id_text(*id));
  }
  return ids;
}

std::string worded(const std::vector<std::string>& ids) {
  if (ids.empty()) return "";
  const size_t shown = std::min(ids.size(), kShownIds);
  std::string text = "; an id is wanted, and ";
  if (ids.size() == 1) {
    text += "one subject has that label: ";
  } else if (ids.size() == shown) {
    text += std::to_string(shown) + " subjects have that label: ";
  } else {
    text += "more than " + std::to_string(shown) + " subjects have that label, such as ";
  }
  for (size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + ids[i];
  return text;
}

}  // namespace

Result<std::string> label_hint(sqlite3* db, std::string_view who, const ModelName& model,
                               const IdTable& known, const IdView& id) {
  if (id.kind != IdKind::kText) return std::string();
  const ModelName table{model.schema, "subjects"};
  const auto none_unless_interrupted = [](const Status& status) -> Result<std::string> {
    if (status.code() == Code::kInterrupted) return status;
    return std::string();
  };
  const Result<bool> there = has_table(db, who, table);
  if (!there.ok()) return none_unless_interrupted(there.status());
  if (!*there) return std::string();
  const auto ids = ids_with_label(db, who, table, known, id.bytes);
  if (!ids.ok()) return none_unless_interrupted(ids.status());
  return worded(*ids);
}

}  // namespace subjrec
