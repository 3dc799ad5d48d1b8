// The tables that an import fills.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// Keys are stored in order of id and are the tables themselves (WITHOUT ROWID): a sorted import
/// appends to them, and a work's subjects lie side by side.
struct ImportTable {
  const char* name;
  const char* columns;  // as they are bound, the key's first
  int column_count;
  int key_count;
  const char* types;  // of the columns, for CREATE TABLE
};

inline constexpr ImportTable kWorksTable = {
    "works", "work_id, title, work_type, production_date, alternative_titles", 5, 1,
    "work_id TEXT NOT NULL, title TEXT, work_type TEXT, production_date TEXT, "
    "alternative_titles TEXT"};
inline constexpr ImportTable kSubjectsTable = {"subjects", "subject_id, label, type", 3, 1,
                                               "subject_id TEXT NOT NULL, label TEXT, type TEXT"};
inline constexpr ImportTable kWorkSubjectsTable = {
    "work_subjects", "work_id, subject_id", 2, 2,
    "work_id TEXT NOT NULL, subject_id TEXT NOT NULL"};
/// The same, where a shape gives weights. An import without them leaves a weight of 1.
inline constexpr ImportTable kWeightedWorkSubjectsTable = {
    "work_subjects", "work_id, subject_id, weight", 3, 2,
    "work_id TEXT NOT NULL, subject_id TEXT NOT NULL, weight REAL NOT NULL DEFAULT 1"};
inline constexpr ImportTable kFeaturesTable = {
    "features", "feature_id, label, kind", 3, 1,
    "feature_id TEXT NOT NULL, kind TEXT NOT NULL, label TEXT"};
inline constexpr ImportTable kWorkFeaturesTable = {
    "work_features", "work_id, feature_id", 2, 2,
    "work_id TEXT NOT NULL, feature_id TEXT NOT NULL"};
// Of a vocabulary.
inline constexpr ImportTable kSubjectLabelsTable = {
    "subject_labels", "subject_id, label", 2, 2, "subject_id TEXT NOT NULL, label TEXT NOT NULL"};
inline constexpr ImportTable kSubjectBroaderTable = {
    "subject_broader", "subject_id, broader_id", 2, 2,
    "subject_id TEXT NOT NULL, broader_id TEXT NOT NULL"};

inline constexpr std::array<const ImportTable*, 5> kCatalogueTables = {
    &kWorksTable, &kSubjectsTable, &kWorkSubjectsTable, &kFeaturesTable, &kWorkFeaturesTable};
inline constexpr std::array<const ImportTable*, 3> kVocabularyTables = {
    &kSubjectsTable, &kSubjectLabelsTable, &kSubjectBroaderTable};

/// The first `key_count` of the columns.
std::string key_columns(const ImportTable& table);
/// "main"."works"
std::string quoted_table(const std::string& schema, const ImportTable& table);

/// Whether the table is there; an error where something else has its name. A table may have more
/// columns than import fills.
Result<bool> check_import_table(sqlite3* db, std::string_view who, const std::string& schema,
                                const ImportTable& table);
/// Makes the table unless it is there.
Status need_import_table(sqlite3* db, std::string_view who, const std::string& schema,
                         const ImportTable& table);

}  // namespace subjrec
