// subjrec_vector_to_json(blob): an embedding as a JSON array of numbers.
#include <cmath>
#include <string>

#include "core/base/number_text.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/vectors.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_vector_to_json";
constexpr unsigned kJsonSubtype = 'J';  // what SQLite's JSON functions look for
#ifdef SQLITE_RESULT_SUBTYPE
constexpr int kSetsSubtype = SQLITE_RESULT_SUBTYPE;
#else
constexpr int kSetsSubtype = 0;
#endif

/// Each number is the shortest text that reads back as the same float32.
Status to_json(Connection&, sqlite3_context* context, const Arguments& arguments) {
  if (!arguments.given(0)) return {};
  SUBJREC_ASSIGN(const std::vector<float> vector, vector_argument(arguments, 0));
  std::string json = "[";
  for (const float x : vector) {
    if (json.size() > 1) json += ',';
    json += shortest_text(x);
    if (x == 0 && std::signbit(x)) json += ".0";  // -0 is the integer 0 to JSON parsers
  }
  result_text(context, json + "]");
  sqlite3_result_subtype(context, kJsonSubtype);
  return {};
}

}  // namespace

int register_vector_to_json(const std::shared_ptr<Connection>& connection) {
  return register_function(
      connection, {kName, {"vector"}, 1, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS | kSetsSubtype},
      to_json);
}

}  // namespace subjrec
