#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/id_arguments.h"
#include "sqlite/source/vectors.h"
#include "sqlite/store/map_table.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

/// Where on the stored map a work or subject lies that is not on it: one row (x, y).
class PlaceCursor : public TableFunctionCursor {
 public:
  static constexpr const char* kName = "subjrec_place";
  static constexpr TableFunctionSpec kSpec = {.name = kName,
                                              .columns = "x REAL, y REAL",
                                              .arguments = {"model", "kind", "point", "features"},
                                              .required = 3,
                                              .rows = 1};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) {
    done_ = true;
    SUBJREC_ASSIGN(const std::string name, model_argument(kName, arguments, 0));
    SUBJREC_ASSIGN(const Kind kind, read_kind(kName, 1, arguments[1]));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    SUBJREC_TRY(model->need_embeddings(kName));
    if (kind == Kind::kWork) SUBJREC_TRY(model->need_works(kName));
    const auto loaded = model->loaded();
    SqliteMonitor monitor(connection().db());
    SUBJREC_ASSIGN(const std::vector<float> vector, point(arguments, kind, *model, monitor));
    const IdTable& ids = kind == Kind::kWork ? loaded->works->ids : loaded->stored.subjects;
    SUBJREC_ASSIGN(const StoredMap stored,
                   read_map(connection().db(), kName, model->name(), kind, ids));
    SUBJREC_TRY(need_whole_map(kName, model->name(), kind, stored));
    const Model& m = loaded->stored.model;
    const Embedding2d map{std::vector<float>(stored.xy.begin(), stored.xy.end())};
    SUBJREC_ASSIGN(place_, transform(kind == Kind::kWork ? m.works : m.subjects, m.dim, map, vector,
                                     stored.options, monitor));
    done_ = false;
    return {};
  }

  bool eof() const { return done_; }

  Status next() {
    done_ = true;
    return {};
  }

  Status column(sqlite3_context* context, int column) const {
    sqlite3_result_double(context, double{place_.xy[static_cast<size_t>(column)]});
    return {};
  }

 private:
  /// The embedding: as it is given, or folded in from the subjects and features of a work.
  static Result<std::vector<float>> point(const TableArguments& arguments, Kind kind,
                                          ModelHandle& handle, Monitor& monitor) {
    sqlite3_value* value = arguments[2];
    const auto loaded = handle.loaded();
    const StoredModel& stored = loaded->stored;
    if (value != nullptr && sqlite3_value_type(value) == SQLITE_BLOB)
      return embedding(value, stored.model);
    if (kind == Kind::kSubject) {
      return Status(Code::kInvalid,
                    std::string(kName) +
                        ": argument 3 (point) must be an embedding, a BLOB of float32, got " +
                        (value == nullptr ? "nothing" : shown(value)));
    }
    std::vector<uint32_t> subjects;
    SUBJREC_TRY(handle.known_subjects(kName, "point", 2, value, &subjects));
    std::vector<WeightedFeature> features;
    if (arguments.given(3)) {
      SUBJREC_TRY(known_features(kName, 3, arguments[3], stored.features, &features));
    }
    SUBJREC_TRY(handle.need_fold_in());
    return loaded->fold_in->vector(subjects, features, monitor);
  }

  static Result<std::vector<float>> embedding(sqlite3_value* value, const Model& model) {
    if (id_of(value)->bytes.size() != model.dim * sizeof(float)) {
      return Status(Code::kInvalid, std::string(kName) + ": argument 3 (point) must be a BLOB of " +
                                        std::to_string(model.dim) + " float32, which are " +
                                        std::to_string(model.dim * sizeof(float)) + " bytes, got " +
                                        shown(value));
    }
    std::vector<float> vector;
    if (read_vector(value, &vector).ok()) return vector;
    return Status(Code::kInvalid, std::string(kName) +
                                      ": argument 3 (point) has a value that is not a finite "
                                      "number");
  }

  Embedding2d place_;
  bool done_ = true;
};

}  // namespace

int register_place(const std::shared_ptr<Connection>& connection) {
  return TableFunction<PlaceCursor>::register_in(connection);
}

}  // namespace subjrec
