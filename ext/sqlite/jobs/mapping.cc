#include "sqlite/jobs/mapping.h"

#include "core/base/json_writer.h"
#include "sqlite/bindings/savepoint.h"
#include "sqlite/bindings/status.h"

namespace subjrec {

Result<std::unique_ptr<Mapping>> Mapping::begin(Connection& connection, std::string_view who,
                                                const Request& request) {
  std::unique_ptr<Mapping> mapping(new Mapping(connection, who));
  Mapping& m = *mapping;
  m.kind_ = request.kind;
  SUBJREC_TRY(map_option_table().read_json(who, request.options, &m.options_));
  SUBJREC_TRY(said_by(who, check_map_options(m.options_)));
  SUBJREC_TRY(m.read(request.model));
  if (m.options_.progress) {
    m.monitor_.show("mapping " + m.name_.shown(), m.options_.only_new ? "steps" : "epochs");
  }
  if (m.options_.only_new) return mapping;
  SUBJREC_ASSIGN(m.maker_, said_by(who, MapMaker::begin(m.embeddings(), m.loaded_->stored.model.dim,
                                                        m.options_, m.monitor_)));
  m.placed_ = m.ids().size();
  return mapping;
}

/// Reads in one state what the map is made of, and then lets go of the database.
Status Mapping::read(std::string_view model_text) {
  SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection_, who_, model_text));
  SUBJREC_TRY(model->need_embeddings(who_));
  name_ = model->name();
  SUBJREC_TRY(check_writable(db(), who_, name_, "making a map"));
  SUBJREC_TRY(check_shadow_owner(db(), who_, name_));
  if (kind_ == Kind::kWork) SUBJREC_TRY(model->need_work_embeddings(who_));
  loaded_ = model->loaded();
  if (!options_.only_new) return {};
  SUBJREC_ASSIGN(map_, read_map(db(), who_, name_, kind_, ids()));
  return {};
}

Status Mapping::step() {
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
Status Mapping::transform_new_points() {
  if (map_.placed == 0) return need_whole_map(who_, name_, kind_, map_);
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
  SUBJREC_ASSIGN(const Embedding2d places,
                 said_by(who_, transform(known, dim, map, added, options, monitor_)));
  for (size_t i = 0; i < ids().size(); ++i) {
    if (map_.has(i)) continue;
    map_.xy[2 * i] = double{places.xy[2 * placed_]};
    map_.xy[2 * i + 1] = double{places.xy[2 * placed_ + 1]};
    ++placed_;
  }
  return {};
}

Status Mapping::store() {
  SUBJREC_ASSIGN(Savepoint savepoint, Savepoint::begin(db(), who_, name_.schema));
  // Nobody can train from here on.
  SUBJREC_TRY(write_map(db(), who_, name_, kind_, ids(), map_, monitor_));
  SUBJREC_TRY(check_unchanged(db(), who_, name_, loaded_->stored.config, "its map was made"));
  return savepoint.release(who_);
}

std::string Mapping::summary() const {
  JsonWriter json;
  json.add("model", name_.shown()).add("kind", kind_name(kind_)).add("points", ids().size());
  json.add("placed", placed_).add("epochs", maker_ ? maker_->epochs() : 0);
  return json.object();
}

}  // namespace subjrec
