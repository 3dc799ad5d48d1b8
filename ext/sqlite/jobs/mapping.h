// The job of subjrec_map: one map (UMAP) from a model's embeddings to rec_map, an epoch at a time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/umap/umap.h"
#include "sqlite/bindings/job.h"
#include "sqlite/store/map_table.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

class Mapping : public Job {
 public:
  struct Request {
    std::string model;  // as the user wrote it
    Kind kind = Kind::kSubject;
    std::string_view options;  // JSON; core/umap/umap_options.h
  };
  /// Reads the model, finds neighbours and starting places.
  static Result<std::unique_ptr<Mapping>> begin(Connection& connection, std::string_view who,
                                                const Request& request);

  bool done() const override { return done_; }
  /// One epoch; the last one also writes the map.
  Status step() override;
  std::string summary() const override;

  int epoch() const { return maker_ ? maker_->epoch() : 1; }
  int epochs() const { return maker_ ? maker_->epochs() : 1; }

 private:
  using Job::Job;

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

  Kind kind_ = Kind::kSubject;
  ModelName name_;
  std::shared_ptr<ServedModel> loaded_;
  MapOptions options_;
  StoredMap map_;
  size_t placed_ = 0;              // points that get a new place
  std::optional<MapMaker> maker_;  // none with only_new
  bool done_ = false;
};

}  // namespace subjrec
