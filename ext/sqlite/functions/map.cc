#include <chrono>
#include <memory>
#include <optional>

#include "core/base/json_writer.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/umap/umap.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/progress_monitor.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/store/map_table.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_map";

/// One map from a model's embeddings to rec_map, in steps that the scalar function and the table
/// share.
class UmapJob {
 public:
  /// Reads the arguments and the model, finds neighbours and starting places.
  static Result<std::unique_ptr<UmapJob>> begin(Connection& connection, const Arguments& arguments);

  int epoch() const { return maker_ ? maker_->epoch() : 1; }
  int epochs() const { return maker_ ? maker_->epochs() : 1; }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  bool done() const { return done_; }
  /// One epoch; the last one also writes the map.
  Status step();
  std::string summary() const;

 private:
  explicit UmapJob(Connection& connection) : connection_(connection), monitor_(connection.db()) {}

  const IdTable& ids() const {
    return kind_ == Kind::kWork ? loaded_->works->ids : loaded_->stored.subjects;
  }
  std::span<const float> embeddings() const {
    const Model& model = loaded_->stored.model;
    return kind_ == Kind::kWork ? model.works : model.subjects;
  }
  Status read(std::string_view model_text);
  Status transform_new_points();
  Status store();

  Connection& connection_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  ProgressMonitor monitor_;
  Kind kind_ = Kind::kSubject;
  ModelName name_;
  std::shared_ptr<ServedModel> loaded_;
  MapOptions options_;
  StoredMap map_;
  size_t placed_ = 0;              // points that get a new place
  std::optional<MapMaker> maker_;  // none with only_new
  bool done_ = false;
};

Result<std::unique_ptr<UmapJob>> UmapJob::begin(Connection& connection,
                                                const Arguments& arguments) {
  std::unique_ptr<UmapJob> mapping(new UmapJob(connection));
  UmapJob& m = *mapping;
  SUBJREC_TRY(check_may_write(connection.db(), kName));
  SUBJREC_ASSIGN(const std::string text, arguments.model(0));
  SUBJREC_ASSIGN(m.kind_, read_kind(arguments, 1));
  SUBJREC_ASSIGN(const std::string_view given, arguments.options(2));
  SUBJREC_TRY(map_option_table().read_json(kName, given, &m.options_));
  SUBJREC_TRY(check_map_options(m.options_));
  SUBJREC_TRY(m.read(text));
  if (m.options_.progress) {
    m.monitor_.show("mapping " + m.name_.shown(), m.options_.only_new ? "steps" : "epochs");
  }
  if (m.options_.only_new) return mapping;
  SUBJREC_ASSIGN(m.maker_, MapMaker::begin(m.embeddings(), m.loaded_->stored.model.dim, m.options_,
                                           m.monitor_));
  m.placed_ = m.ids().size();
  return mapping;
}

/// Reads in one state what the map is made of, and then lets go of the database.
Status UmapJob::read(std::string_view model_text) {
  SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection_, kName, model_text));
  SUBJREC_TRY(model->need_embeddings(kName));
  name_ = model->name();
  SUBJREC_TRY(check_writable(connection_.db(), kName, name_, "making a map"));
  SUBJREC_TRY(check_shadow_owner(connection_.db(), kName, name_));
  if (kind_ == Kind::kWork) SUBJREC_TRY(model->need_works(kName));
  loaded_ = model->loaded();
  if (!options_.only_new) return {};
  SUBJREC_ASSIGN(map_, read_map(connection_.db(), kName, name_, kind_, ids()));
  return {};
}

Status UmapJob::step() {
  if (maker_) {
    SUBJREC_TRY(maker_->run_epoch(monitor_));
    monitor_.set_steps(maker_->epoch(), maker_->epochs());
    if (!maker_->finished()) return {};
    const Embedding2d map = maker_->map();
    map_.xy.assign(map.xy.begin(), map.xy.end());
    map_.options = options_;
  } else {
    SUBJREC_TRY(transform_new_points());
    monitor_.set_steps(1, 1);
  }
  SUBJREC_TRY(store());
  monitor_.finish();
  done_ = true;
  return {};
}

/// Gives a place to every id that the stored map lacks.
Status UmapJob::transform_new_points() {
  if (map_.placed == 0) return need_whole_map(kName, name_, kind_, map_);
  const size_t dim = loaded_->stored.model.dim;
  std::vector<float> known, added;
  Embedding2d map;
  for (size_t i = 0; i < ids().size(); ++i) {
    const auto row = embeddings().subspan(i * dim, dim);
    std::vector<float>& rows = map_.has(i) ? known : added;
    rows.insert(rows.end(), row.begin(), row.end());
    if (!map_.has(i)) continue;
    map.xy.push_back(static_cast<float>(map_.xy[2 * i]));
    map.xy.push_back(static_cast<float>(map_.xy[2 * i + 1]));
  }
  MapOptions options = map_.options;
  options.threads = options_.threads;
  SUBJREC_ASSIGN(const Embedding2d places, transform(known, dim, map, added, options, monitor_));
  for (size_t i = 0; i < ids().size(); ++i) {
    if (map_.has(i)) continue;
    map_.xy[2 * i] = double{places.xy[2 * placed_]};
    map_.xy[2 * i + 1] = double{places.xy[2 * placed_ + 1]};
    ++placed_;
  }
  return {};
}

Status UmapJob::store() {
  sqlite3* db = connection_.db();
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db, kName, name_.schema));
  // Nobody can train from here on.
  SUBJREC_TRY(write_map(db, kName, name_, kind_, ids(), map_, monitor_));
  SUBJREC_TRY(check_unchanged(db, kName, name_, loaded_->stored.config, "its map was made"));
  return savepoint.release(kName);
}

std::string UmapJob::summary() const {
  JsonWriter json;
  json.add("model", name_.shown()).add("kind", kind_name(kind_)).add("points", ids().size());
  json.add("placed", placed_).add("epochs", maker_ ? maker_->epochs() : 0);
  return json.object();
}

/// subjrec_map(model, kind [, options])
Status make(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const auto mapping, UmapJob::begin(connection, arguments));
  while (!mapping->done()) SUBJREC_TRY(mapping->step());
  result_text(context, mapping->summary());
  return {};
}

/// The same as rows: one an epoch, as it is done. The map is stored before the last row is
/// delivered; a reader who stops earlier leaves the old one.
class MapCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns = "epoch INTEGER, epochs INTEGER, seconds REAL, summary TEXT",
      .arguments = {"model", "kind", "options"},
      .required = 2,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 200};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) override {
    mapping_.reset();
    SUBJREC_ASSIGN(mapping_, UmapJob::begin(connection(), arguments));
    return mapping_->step();
  }

  bool eof() const override { return mapping_ == nullptr; }

  Status next() override {
    if (!mapping_->done()) return mapping_->step();
    mapping_.reset();
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    switch (column) {
      case 0:
        sqlite3_result_int(context, mapping_->epoch());
        break;
      case 1:
        sqlite3_result_int(context, mapping_->epochs());
        break;
      case 2:
        sqlite3_result_double(context, mapping_->seconds());
        break;
      default:
        if (mapping_->done()) result_text(context, mapping_->summary());
    }
    return {};
  }

 private:
  std::unique_ptr<UmapJob> mapping_;
};

}  // namespace

int register_map(const std::shared_ptr<Connection>& connection) {
  const int code = register_function(
      connection, {kName, MapCursor::kSpec.arguments, 2, SQLITE_DIRECTONLY}, make);
  if (code != SQLITE_OK) return code;
  return register_table_function<MapCursor>(connection);
}

}  // namespace subjrec
