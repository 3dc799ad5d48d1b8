// subjrec_vector_from_json(text): an embedding from a JSON array of numbers.
#include "sqlite/bindings/function.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/vectors.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_vector_from_json";

Status from_json(Connection&, sqlite3_context* context, const Arguments& arguments) {
  if (!arguments.given(0)) return {};
  SUBJREC_ASSIGN(const std::vector<float> vector, vector_argument(arguments, 0));
  if (vector.empty()) {
    return {Code::kInvalid, arguments.named(0) + ": an empty array is no vector"};
  }
  const auto bytes = std::span(vector).size_bytes();
  sqlite3_result_blob64(context, vector.data(), bytes, SQLITE_TRANSIENT);
  return {};
}

}  // namespace

int register_vector_from_json(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {kName, {"vector"}, 1, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, from_json);
}

}  // namespace subjrec
