#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/status.h"
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

  Status filter(const TableArguments& arguments) override {
    done_ = true;
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(const Kind kind, read_kind(arguments, 1));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    SUBJREC_TRY(model->need_embeddings(kName));
    if (kind == Kind::kWork) SUBJREC_TRY(model->need_work_embeddings(kName));
    const auto loaded = model->loaded();
    SqliteMonitor monitor(connection().db());
    SUBJREC_ASSIGN(const std::vector<float> vector, point(arguments, kind, *model, monitor));
    const IdTable& ids = kind == Kind::kWork ? loaded->works->ids : loaded->stored.subjects;
    SUBJREC_ASSIGN(const StoredMap stored,
                   read_map(connection().db(), kName, model->name(), kind, ids));
    SUBJREC_TRY(need_whole_map(kName, model->name(), kind, stored));
    const Model& m = loaded->stored.model;
    const Embedding2d map{std::vector<float>(stored.xy.begin(), stored.xy.end())};
    SUBJREC_ASSIGN(place_, said_by(kName, transform(kind == Kind::kWork ? m.works : m.subjects,
                                                    m.dim, map, vector, stored.options, monitor)));
    done_ = false;
    return {};
  }

  bool eof() const override { return done_; }

  Status next() override {
    done_ = true;
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    sqlite3_result_double(context, double{place_.xy[static_cast<size_t>(column)]});
    return {};
  }

 private:
  /// The embedding: as it is given, or folded in from the subjects and features of a work.
  static Result<std::vector<float>> point(const TableArguments& arguments, Kind kind,
                                          ModelHandle& handle, Monitor& monitor) {
    const auto loaded = handle.loaded();
    const StoredModel& stored = loaded->stored;
    if (arguments.is(2, SQLITE_BLOB)) return embedding(arguments, stored.model);
    if (kind == Kind::kSubject) {
      return arguments.wrong(2, "an embedding, a BLOB of float32");
    }
    GivenSubjects subjects;
    SUBJREC_TRY(handle.known_subjects(arguments, 2, &subjects));
    std::vector<WeightedFeature> features;
    if (arguments.given(3)) {
      SUBJREC_TRY(known_features(arguments, 3, stored.features, &features));
    }
    SUBJREC_TRY(handle.need_fold_in());
    return loaded->fold_in->vector(subjects.row(), features, monitor);
  }

  static Result<std::vector<float>> embedding(const Arguments& arguments, const Model& model) {
    const size_t bytes = model.dim * sizeof(float);
    if (id_of(arguments[2])->bytes.size() != bytes) {
      return arguments.wrong(2, "a BLOB of " + std::to_string(model.dim) + " float32, which are " +
                                    std::to_string(bytes) + " bytes");
    }
    std::vector<float> vector;
    if (read_vector(arguments[2], &vector).ok()) return vector;
    return Status(Code::kInvalid, arguments.named(2) + " has a value that is not a finite number");
  }

  Embedding2d place_;
  bool done_ = true;
};

}  // namespace

int register_place(const std::shared_ptr<Connection>& connection) {
  return register_table_function<PlaceCursor>(connection);
}

}  // namespace subjrec
