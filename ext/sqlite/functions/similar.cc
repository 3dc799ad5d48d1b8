#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/kind_argument.h"
#include "sqlite/store/ranked_list_cursor.h"

namespace subjrec {

namespace {

/// The k works or subjects nearest to one by cosine, itself left out.
class SimilarCursor : public RankedListCursor {
 public:
  static constexpr const char* kName = "subjrec_similar";
  static constexpr TableFunctionSpec kSpec = {.name = kName,
                                              .columns = "rank INTEGER, id, similarity REAL",
                                              .arguments = {"model", "kind", "id", "k"},
                                              .required = 4,
                                              .ascending = 0,
                                              .descending = 2,
                                              .candidates = 1,
                                              .limit = 3};

  using RankedListCursor::RankedListCursor;

  Status filter(const TableArguments& arguments) override {
    clear();
    SUBJREC_ASSIGN(const std::string name, arguments.model(0));
    SUBJREC_ASSIGN(kind_, read_kind(arguments, 1));
    SUBJREC_ASSIGN(const int64_t k, arguments.whole(3, 1));
    SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection(), kName, name));
    SUBJREC_TRY(model->need_embeddings(kName));
    loaded_ = model->loaded();
    const auto id = id_of(arguments[2]);
    if (!id) {
      if (arguments.joined()) return {};
      return arguments.wrong(2, "an id");
    }
    return kind_ == Kind::kWork ? search_works(*model, *id, k, arguments)
                                : search_subjects(*model, *id, k, arguments);
  }

  Status column(sqlite3_context* context, int column) override {
    switch (column) {
      case 0:
        sqlite3_result_int64(context, rank());
        break;
      case 1:
        result_id(context, kind_ == Kind::kWork ? loaded_->works->ids[hit().item]
                                                : loaded_->stored.subjects[hit().item]);
        break;
      default:
        sqlite3_result_double(context, double{hit().score});
    }
    return {};
  }

 private:
  /// In a join an id that the model does not know has no rows; alone it is an error.
  Status unknown(const ModelHandle& model, const IdView& id,
                 const TableArguments& arguments) const {
    return arguments.joined() ? Status() : model.unknown_id(kName, kind_, id);
  }

  Status search_works(ModelHandle& model, const IdView& id, int64_t k,
                      const TableArguments& arguments) {
    SUBJREC_TRY(model.need_work_cosines(kName));
    const IdTable& ids = loaded_->works->ids;
    const auto of = ids.find(id);
    if (!of) return unknown(model, id, arguments);
    return search(*loaded_->work_cosines, loaded_->stored.model.works, ids, *of, k, arguments);
  }

  Status search_subjects(ModelHandle& model, const IdView& id, int64_t k,
                         const TableArguments& arguments) {
    SUBJREC_TRY(model.need_subject_cosines());
    const IdTable& ids = loaded_->stored.subjects;
    const auto of = ids.find(id);
    if (!of) return unknown(model, id, arguments);
    return search(*loaded_->subject_cosines, loaded_->stored.model.subjects, ids, *of, k,
                  arguments);
  }

  Status search(const CosineIndex& index, const std::vector<float>& vectors, const IdTable& ids,
                uint32_t of, int64_t k, const TableArguments& arguments) {
    const size_t dim = loaded_->stored.model.dim;
    const std::span<const float> query(vectors.data() + of * dim, dim);
    auto candidates = arguments.candidates(ids);
    if (candidates) std::erase(*candidates, of);
    return start(arguments, k,
                 [this, &index, query, of, candidates = std::move(candidates)](
                     size_t most, RecommendationList* list) {
                   SqliteMonitor monitor(connection().db(), SqliteMonitor::First::kLater);
                   if (candidates) {
                     return index.nearest_among(query, most, *candidates, monitor, &scratch_,
                                                &list->hits);
                   }
                   const uint32_t self[] = {of};
                   return index.nearest(query, most, self, monitor, &scratch_, &list->hits);
                 });
  }

  Kind kind_ = Kind::kWork;
  TopKScratch scratch_;
};

}  // namespace

int register_similar(const std::shared_ptr<Connection>& connection) {
  return register_table_function<SimilarCursor>(connection);
}

}  // namespace subjrec
