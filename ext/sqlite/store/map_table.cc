#include "sqlite/store/map_table.h"

#include <cmath>
#include <limits>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

std::string options_key(Kind kind) { return std::string("map_options_") + kind_name(kind); }

/// Up to where options go.
std::string map_call(const ModelName& name, Kind kind) {
  return "SELECT subjrec_map('" + name.shown() + "', '" + kind_name(kind) + "'";
}

bool is_number(sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  return type == SQLITE_FLOAT || type == SQLITE_INTEGER;
}

}  // namespace

const char* kind_name(Kind kind) { return kind == Kind::kWork ? "work" : "subject"; }

Result<StoredMap> read_map(sqlite3* db, std::string_view who, const ModelName& name, Kind kind,
                           const IdTable& ids) {
  StoredMap map;
  map.xy.assign(2 * ids.size(), std::numeric_limits<double>::quiet_NaN());
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(
                     db, who, "SELECT id, x, y FROM " + shadow(name, "map") + " WHERE kind = ?1"));
  query.bind(1, kind_name(kind));
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who));
    if (!row) break;
    const auto id = id_of(query.value(0));
    const double x = query.real(1);
    const double y = query.real(2);
    if (!is_number(query.value(1)) || !is_number(query.value(2)) || !std::isfinite(x) ||
        !std::isfinite(y)) {
      return Status(Code::kCorrupt,
                    std::string(who) + ": table \"" + name.shown() + "_map\" of model \"" +
                        name.shown() + "\" is damaged: the position of " + kind_name(kind) + " " +
                        (id ? id_text(*id) : "NULL") +
                        " is not a pair of finite numbers; make the map again with " +
                        map_call(name, kind) + ")");
    }
    if (!id) continue;
    const auto at = ids.find(*id);
    if (!at) continue;  // of a work that is gone
    map.placed += map.has(*at) ? 0 : 1;
    map.xy[2 * *at] = x;
    map.xy[2 * *at + 1] = y;
  }
  SUBJREC_ASSIGN(const Config config, read_config(db, who, name));
  const auto options = config.find(options_key(kind));
  if (options != config.end()) {
    const Status status = options->second.empty()
                              ? Status(Code::kInvalid, "")
                              : map_option_table().read_json(who, options->second, &map.options);
    if (!status.ok()) {
      return Status(Code::kCorrupt,
                    std::string(who) + ": table \"" + name.shown() + "_config\" of model \"" +
                        name.shown() + "\" is damaged: \"" + options_key(kind) + "\" is '" +
                        printable(options->second) + "', not the options of a map; make the map " +
                        "again with " + map_call(name, kind) + ")");
    }
  }
  return map;
}

Status need_whole_map(std::string_view who, const ModelName& name, Kind kind,
                      const StoredMap& map) {
  if (map.placed > 0 && 2 * map.placed == map.xy.size()) return {};
  const std::string word = kind_name(kind);
  const std::string call = map_call(name, kind);
  if (map.placed == 0) {
    return {Code::kNotFound, std::string(who) + ": model \"" + name.shown() +
                                 "\" has no map of its " + word + "s; make one with " + call + ")"};
  }
  return {Code::kNotFound, std::string(who) + ": the map of model \"" + name.shown() + "\" lacks " +
                               std::to_string(map.xy.size() / 2 - map.placed) + " of its " + word +
                               "s; place them with " + call + ", '{\"only_new\": true}')"};
}

Status write_map(sqlite3* db, std::string_view who, const ModelName& name, Kind kind,
                 const IdTable& ids, const StoredMap& map, Monitor& monitor) {
  SUBJREC_TRY(check_shadow_owner(db, who, name));
  const std::string table = shadow(name, "map");
  SUBJREC_ASSIGN(Statement clear,
                 Statement::prepare(db, who, "DELETE FROM " + table + " WHERE kind = ?1"));
  SUBJREC_TRY(clear.bind(1, kind_name(kind)).run(who));
  SUBJREC_ASSIGN(Statement insert,
                 Statement::prepare(
                     db, who, "INSERT INTO " + table + "(kind, id, x, y) VALUES (?1, ?2, ?3, ?4)"));
  for (size_t i = 0; i < ids.size(); ++i) {
    if (i % 256 == 0 && monitor.stop()) return Status::interrupted();
    insert.bind(1, kind_name(kind)).bind(2, ids[i]);
    insert.bind(3, map.xy[2 * i]).bind(4, map.xy[2 * i + 1]);
    SUBJREC_TRY(insert.run(who));
  }
  MapOptions stored = map.options;
  stored.threads = 0;  // these say nothing about the map
  stored.only_new = false;
  stored.progress = false;
  return write_config(db, who, name, {{options_key(kind), map_option_table().to_json(stored)}});
}

}  // namespace subjrec
