#include "core/train/distributed/byte_stream.h"

#include <bit>

namespace subjrec {

// Numbers are copied as they lie in memory.
static_assert(std::endian::native == std::endian::little);

void ByteWriter::ids(const IdTable& table) {
  number<uint64_t>(table.size());
  for (size_t i = 0; i < table.size(); ++i) {
    const IdView id = table[i];
    number(static_cast<uint8_t>(id.kind));
    if (id.kind == IdKind::kInteger) {
      number(id.integer);
    } else {
      text(id.bytes);
    }
  }
}

void ByteWriter::sparse_rows(const SparseRows& rows) {
  number<uint64_t>(rows.n_rows);
  number<uint64_t>(rows.n_columns);
  array(rows.offsets);
  array(rows.columns);
  array(rows.weights);
}

std::string_view ByteReader::take(uint64_t n) {
  if (n > left_.size()) {
    fail();
    return {};
  }
  const std::string_view taken = left_.substr(0, n);
  left_.remove_prefix(n);
  return taken;
}

IdTable ByteReader::ids() {
  IdTable table;
  const auto n = number<uint64_t>();
  for (uint64_t i = 0; i < n && good_; ++i) {
    const auto kind = static_cast<IdKind>(number<uint8_t>());
    IdView id{kind, 0, {}};
    if (kind == IdKind::kInteger) {
      id.integer = number<int64_t>();
    } else if (kind == IdKind::kText || kind == IdKind::kBlob) {
      id.bytes = text();
    } else {
      fail();
    }
    if (!good_ || (i > 0 && !(table[i - 1] < id))) {
      fail();
      break;
    }
    table.intern(id);
  }
  return table;
}

SparseRows ByteReader::sparse_rows() {
  SparseRows rows;
  rows.n_rows = number<uint64_t>();
  rows.n_columns = number<uint64_t>();
  rows.offsets = array<uint64_t>();
  rows.columns = array<uint32_t>();
  rows.weights = array<float>();
  const size_t entries = rows.columns.size();
  bool sound = rows.weights.size() == entries;
  if (rows.offsets.empty()) {
    sound = sound && rows.n_rows == 0 && entries == 0;
  } else {
    sound = sound && rows.offsets.size() == rows.n_rows + 1 && rows.offsets.front() == 0 &&
            rows.offsets.back() == entries;
    for (size_t r = 0; sound && r < rows.n_rows; ++r) {
      sound = rows.offsets[r] <= rows.offsets[r + 1];
    }
  }
  for (size_t e = 0; sound && e < entries; ++e) sound = rows.columns[e] < rows.n_columns;
  if (!sound) {
    fail();
    return {};
  }
  return rows;
}

}  // namespace subjrec
