#include "core/map/map.h"

#include "face/function.h"
#include "face/model_handle.h"
#include "face/registry.h"
#include "face/similar.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_map";

/// What a map is made of: ids and vectors of works or of subjects.
struct Points {
  const char* kind;
  const IdTable& ids;
  const std::vector<float>& embeddings;
};

Status store_map(sqlite3* db, const ModelName& name, const Points& points, const Map2d& map,
                 const MapOptions& options, Monitor& monitor) {
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db, kName));
  SUBJREC_ASSIGN(
      Statement clear,
      Statement::prepare(db, kName, "DELETE FROM " + shadow(name, "map") + " WHERE kind = ?1"));
  SUBJREC_TRY(clear.bind(1, points.kind).run(kName));
  SUBJREC_ASSIGN(Statement insert,
                 Statement::prepare(db, kName,
                                    "INSERT INTO " + shadow(name, "map") +
                                        "(kind, id, x, y) VALUES (?1, ?2, ?3, ?4)"));
  for (size_t i = 0; i < map.n(); ++i) {
    if (i % 256 == 0 && monitor.stop()) return Status::interrupted();
    insert.bind(1, points.kind).bind(2, points.ids[i]);
    insert.bind(3, double{map.xy[2 * i]}).bind(4, double{map.xy[2 * i + 1]});
    SUBJREC_TRY(insert.run(kName));
  }
  MapOptions stored = options;
  stored.threads = 0;  // says nothing about the map
  SUBJREC_TRY(write_config(
      db, kName, name,
      {{std::string("map_options_") + points.kind, map_option_table().to_json(stored)}}));
  return savepoint.release(kName);
}

/// subjrec_map(model, kind [, options])
Status make(Connection& connection, sqlite3_context* context, Arguments arguments) {
  if (arguments.size() < 2 || arguments.size() > 3) {
    return {Code::kInvalid, std::string(kName) +
                                ": wanted 2 or 3 arguments (model, kind, options), got " +
                                std::to_string(arguments.size())};
  }
  SUBJREC_ASSIGN(const std::string text, text_argument(kName, arguments, 0, "model", "'rec'"));
  SUBJREC_ASSIGN(const Kind kind, read_kind(kName, 1, arguments[1]));
  MapOptions options;
  if (arguments.size() > 2) {
    SUBJREC_TRY(map_option_table().read_json(kName, text_of(arguments[2]), &options));
  }
  SUBJREC_TRY(check_map_options(options));
  const auto keep = connection.keep_statements();
  SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection, kName, text));
  SUBJREC_TRY(check_writable(connection.db(), kName, model->name(), "making a map"));
  if (kind == Kind::kWork) SUBJREC_TRY(model->need_works(kName));
  const auto loaded = model->loaded();
  const StoredModel& stored = loaded->stored;
  const Points points = kind == Kind::kWork
                            ? Points{"work", loaded->works->ids, stored.model.works}
                            : Points{"subject", stored.subjects, stored.model.subjects};
  SqliteMonitor monitor(connection.db());
  SUBJREC_ASSIGN(const Map2d map, make_map(points.embeddings, stored.model.dim, options, monitor));
  SUBJREC_TRY(store_map(connection.db(), model->name(), points, map, options, monitor));
  result_text(context, "{\"model\":" + option_detail::json_string(model->name().shown()) +
                           ",\"kind\":\"" + points.kind +
                           "\",\"points\":" + std::to_string(map.n()) +
                           ",\"epochs\":" + std::to_string(map_epochs(options, map.n())) + "}");
  return {};
}

}  // namespace

int register_map(const std::shared_ptr<Connection>& connection) {
  return register_function(connection, kName, -1, SQLITE_DIRECTONLY, make);
}

}  // namespace subjrec
