// subjrec_dot(a, b): the inner product of two embeddings.
#include "sqlite/bindings/function.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/vectors.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_dot";

/// Summed in float32 from the first dimension to the last, as scores are (core/model/model.h).
Status dot(Connection&, sqlite3_context* context, const Arguments& arguments) {
  if (!arguments.given(0) || !arguments.given(1)) return {};
  SUBJREC_ASSIGN(const std::vector<float> a, vector_argument(arguments, 0));
  SUBJREC_ASSIGN(const std::vector<float> b, vector_argument(arguments, 1));
  if (a.size() != b.size()) {
    return {Code::kInvalid, std::string(kName) + ": the vectors have " + std::to_string(a.size()) +
                                " and " + std::to_string(b.size()) +
                                " dimensions; they must have the same"};
  }
  float sum = 0;
  for (size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  sqlite3_result_double(context, double{sum});
  return {};
}

}  // namespace

int register_dot(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {kName, {"vector", "vector"}, 2, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, dot);
}

}  // namespace subjrec
