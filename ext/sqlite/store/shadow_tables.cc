#include "sqlite/store/shadow_tables.h"

#include <cmath>
#include <cstring>

#include "core/base/one_line.h"
#include "core/base/status.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/version.h"

namespace subjrec {
Status corrupt(std::string_view who, const ModelName& name, std::string_view table,
               const std::string& what) {
  const std::string full = name.shown() + "_" + std::string(table);
  // What the model remembers is in rec_config.
  const std::string rest = table == "config" ? "', source, options)" : "')";
  return {Code::kCorrupt, std::string(who) + ": table \"" + full + "\" of model \"" + name.shown() +
                              "\" is damaged: " + what + "; train it again with SELECT " +
                              "subjrec_train('" + name.shown() + rest};
}

Status check_shadow_table(sqlite3* db, std::string_view who, const ModelName& name,
                          std::string_view suffix) {
  const std::string table = name.table + "_" + std::string(suffix);
  if (sqlite3_table_column_metadata(db, name.schema.c_str(), table.c_str(), nullptr, nullptr,
                                    nullptr, nullptr, nullptr, nullptr) == SQLITE_OK) {
    return {};
  }
  return corrupt(who, name, suffix, "it is missing");
}

Status check_shadow_tables(sqlite3* db, std::string_view who, const ModelName& name) {
  for (const std::string_view suffix : kShadowSuffixes) {
    if (suffix == "packed") continue;  // older models have none
    SUBJREC_TRY(check_shadow_table(db, who, name, suffix));
  }
  return {};
}

std::optional<WorksFormat> read_works_format(std::string_view version) {
  if (version.size() != 1 || version[0] < '1' || version[0] - '0' > kLastFormatVersion) {
    return std::nullopt;
  }
  const int bits = version[0] - '1';
  return WorksFormat{(bits & 1) != 0, (bits & 2) != 0};
}

std::string printable(std::string_view text) { return one_line(text, 40); }

Result<Config> read_config(sqlite3* db, std::string_view who, const ModelName& name) {
  SUBJREC_TRY(check_shadow_table(db, who, name, "config"));
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(db, who, "SELECT key, value FROM " + shadow(name, "config")));
  Config config;
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    if (!config.emplace(query.text(0), query.text(1)).second) {
      return corrupt(who, name, "config",
                     "the key \"" + printable(query.text(0)) + "\" is doubled");
    }
  }
  const auto version = config.find("format_version");
  if (version == config.end()) return corrupt(who, name, "config", "it has no format_version");
  if (!read_works_format(version->second)) {
    return Status(Code::kCorrupt,
                  std::string(who) + ": model \"" + name.shown() + "\" has format version " +
                      printable(version->second) +
                      ", and this subjrec " SUBJREC_VERSION " reads versions 1 to " +
                      std::to_string(kLastFormatVersion) +
                      "; load the subjrec that made it, or train it again with SELECT "
                      "subjrec_train('" +
                      name.shown() + "', source, options)");
  }
  return config;
}

Status write_config(sqlite3* db, std::string_view who, const ModelName& name,
                    const Config& config) {
  SUBJREC_ASSIGN(Statement insert, Statement::prepare(db, who,
                                                      "REPLACE INTO " + shadow(name, "config") +
                                                          "(key, value) VALUES (?1, ?2)"));
  for (const auto& [key, value] : config) {
    SUBJREC_TRY(insert.bind(1, key).bind(2, value).run(who));
  }
  return {};
}

Status check_unchanged(sqlite3* db, std::string_view who, const ModelName& name,
                       const Config& config, std::string_view meanwhile) {
  SUBJREC_ASSIGN(Statement query, Statement::prepare(db, who,
                                                     "SELECT 1 FROM " + shadow(name, "config") +
                                                         " WHERE key = 'digest' AND value = ?1"));
  SUBJREC_ASSIGN(const bool same, query.bind(1, config.find("digest")->second).step(who));
  if (same) return {};
  return {Code::kBusy, std::string(who) + ": model \"" + name.shown() +
                           "\" was trained again while " + std::string(meanwhile) +
                           "; nothing was changed; try again"};
}

Status read_floats(std::string_view who, const ModelName& name, std::string_view table,
                   const std::string& row, std::string_view blob, std::span<float> out) {
  if (blob.size() != out.size_bytes()) {
    return corrupt(who, name, table,
                   "the embedding of " + row + " has " + std::to_string(blob.size()) +
                       " bytes, not " + std::to_string(out.size_bytes()) + " (" +
                       std::to_string(out.size()) + " float32)");
  }
  if (!out.empty()) std::memcpy(out.data(), blob.data(), blob.size());
  for (const float x : out) {
    if (!std::isfinite(x)) {
      return corrupt(who, name, table,
                     "the embedding of " + row + " has a value that is not finite");
    }
  }
  return {};
}

Status read_positions(std::string_view who, const ModelName& name, std::string_view table,
                      const std::string& row, std::string_view blob, size_t below,
                      std::vector<uint32_t>* out) {
  out->resize(blob.size() / sizeof(uint32_t));
  if (!out->empty()) std::memcpy(out->data(), blob.data(), out->size() * sizeof(uint32_t));
  bool good = blob.size() % sizeof(uint32_t) == 0;
  for (size_t i = 0; i < out->size(); ++i) {
    good = good && (*out)[i] < below && (i == 0 || (*out)[i - 1] < (*out)[i]);
  }
  if (!good) {
    return corrupt(
        who, name, table,
        "the list of subjects or features of " + row + " is not one of ascending positions");
  }
  return {};
}

}  // namespace subjrec
