#include "sqlite/source/vectors.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/options/json_list.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"

namespace subjrec {

Status read_vector(sqlite3_value* value, std::vector<float>* out) {
  if (sqlite3_value_type(value) == SQLITE_BLOB) {
    const std::string_view blob = id_of(value)->bytes;
    if (blob.empty() || blob.size() % sizeof(float) != 0) {
      return {Code::kInvalid, "a BLOB of float32 has a multiple of 4 bytes, got " + shown(value)};
    }
    out->resize(blob.size() / sizeof(float));
    std::memcpy(out->data(), blob.data(), blob.size());
  } else if (sqlite3_value_type(value) == SQLITE_TEXT) {
    SUBJREC_TRY(read_number_list(text_of(value), out));
  } else {
    return {Code::kInvalid,
            "an embedding is a BLOB of float32 or a JSON array of numbers, got " + shown(value)};
  }
  for (const float x : *out) {
    if (!std::isfinite(x)) return {Code::kInvalid, "it has a value that is not finite"};
  }
  return {};
}

Result<std::vector<float>> vector_argument(const Arguments& arguments, size_t at) {
  std::vector<float> vector;
  SUBJREC_TRY(said_by(arguments.named(at), read_vector(arguments[at], &vector)));
  return vector;
}

Result<VectorRows> read_pretrained_vectors(sqlite3* db, std::string_view who,
                                           const SourceText& source, const char* what,
                                           const IdTable& ids, Monitor& monitor) {
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, who, source));
  VectorRows out;
  std::vector<bool> seen(ids.size(), false);
  std::vector<float> row;
  size_t dim = 0;
  for (;;) {
    SUBJREC_ASSIGN(const bool more, reader.next(monitor));
    if (!more) break;
    if (reader.is_null(0) || reader.is_null(1)) continue;
    SUBJREC_ASSIGN(const IdView id, reader.id(0, what));
    const auto wrong = [&](const std::string& why) {
      return Status(Code::kInvalid, std::string(who) + ": " + source.argument + ", row " +
                                        std::to_string(reader.rows()) + ", " + what + " " +
                                        id_text(id) + ": " + why);
    };
    if (const Status status = read_vector(reader.value(1), &row); !status.ok()) {
      return wrong(status.message());
    }
    if (dim == 0) dim = row.size();
    if (row.size() != dim || row.empty()) {
      return wrong("the vector has " + std::to_string(row.size()) +
                   " dimensions, and those before it " + std::to_string(dim));
    }
    const auto at = ids.find(id);
    if (!at || !(ids[*at] == id)) {  // a twin's vector is not its canonical subject's
      ++out.unknown;
      continue;
    }
    if (seen[*at]) return wrong("it came before");
    seen[*at] = true;
    ++out.known;
    out.vectors.dim = dim;
    out.vectors.values.resize(ids.size() * dim, 0.0f);
    std::copy(row.begin(), row.end(),
              out.vectors.values.begin() + static_cast<ptrdiff_t>(*at * dim));
  }
  return out;
}

}  // namespace subjrec
