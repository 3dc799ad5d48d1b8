#include <cmath>
#include <cstring>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/retrieval/cosine.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/kind_argument.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_similarity";

Result<std::vector<float>> embedding_argument(const Arguments& arguments, size_t at) {
  if (!arguments.is(at, SQLITE_BLOB)) {
    return arguments.wrong(at, "an embedding, a BLOB of float32");
  }
  const std::string where = arguments.named(at) + " must be ";
  const auto blob = id_of(arguments[at])->bytes;
  if (blob.empty() || blob.size() % sizeof(float) != 0) {
    return Status(Code::kInvalid, where + "a BLOB of float32, a multiple of 4 bytes, got " +
                                      std::to_string(blob.size()) + " bytes");
  }
  std::vector<float> embedding(blob.size() / sizeof(float));
  std::memcpy(embedding.data(), blob.data(), blob.size());
  for (const float x : embedding) {
    if (!std::isfinite(x)) {
      return Status(Code::kInvalid, where + "finite float32 values, got one that is not");
    }
  }
  return embedding;
}

/// subjrec_similarity(blob, blob)
Status of_blobs(Connection&, sqlite3_context* context, const Arguments& arguments) {
  if (!arguments.given(0) || !arguments.given(1)) return {};
  SUBJREC_ASSIGN(const std::vector<float> a, embedding_argument(arguments, 0));
  SUBJREC_ASSIGN(const std::vector<float> b, embedding_argument(arguments, 1));
  if (a.size() != b.size()) {
    return {Code::kInvalid, std::string(kName) + ": the embeddings have " +
                                std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                                " dimensions; they must have the same"};
  }
  sqlite3_result_double(context, double{cosine_similarity(a, b)});
  return {};
}

Result<std::vector<float>> embedding_of(ModelHandle& model, Kind kind, const IdView& id) {
  const auto loaded = model.loaded();
  if (kind == Kind::kWork) {
    SUBJREC_ASSIGN(auto work, model.find_work(kName, id));
    if (!work) return model.unknown_id(kName, Kind::kWork, id);
    return std::move(work->embedding);
  }
  const auto subject = model.find_subject(id);
  if (!subject) return model.unknown_id(kName, Kind::kSubject, id);
  const auto row = loaded->subject(*subject);
  return std::vector<float>(row.begin(), row.end());
}

/// subjrec_similarity(model, kind, a, b)
Status of_ids(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  SUBJREC_ASSIGN(const std::string name, arguments.model(0));
  SUBJREC_ASSIGN(const Kind kind, read_kind(arguments, 1));
  const auto a = id_of(arguments[2]);
  const auto b = id_of(arguments[3]);
  if (!a || !b) return {};
  SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection, kName, name));
  SUBJREC_TRY(model->need_embeddings(kName));
  SUBJREC_ASSIGN(const std::vector<float> of_a, embedding_of(*model, kind, *a));
  SUBJREC_ASSIGN(const std::vector<float> of_b, embedding_of(*model, kind, *b));
  sqlite3_result_double(context, double{cosine_similarity(of_a, of_b)});
  return {};
}

}  // namespace

int register_similarity(const std::shared_ptr<Connection>& connection) {
  const int code = register_function(
      connection, {kName, {"", ""}, 2, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, of_blobs);
  if (code != SQLITE_OK) return code;
  return register_function(connection, {kName, {"model", "kind", "a", "b"}, 4, 0}, of_ids);
}

}  // namespace subjrec
