#include "core/train/distributed/ials_run.h"

#include <algorithm>

#include "core/train/calibration_set.h"

namespace subjrec {

std::vector<float> packed(const Factors& rows) {
  std::vector<float> values;
  values.reserve(rows.size() * rows.dim);
  for (size_t i = 0; i < rows.size(); ++i) {
    values.insert(values.end(), rows.row(i), rows.row(i) + rows.dim);
  }
  return values;
}

Factors unpacked(const std::vector<float>& values, size_t dim) {
  Factors rows(values.size() / dim, dim);
  for (size_t i = 0; i < rows.size(); ++i) std::copy_n(values.data() + i * dim, dim, rows.row(i));
  return rows;
}

void write_run(const IalsRun& run, ByteWriter* out) {
  out->text(run.hidden.empty() ? std::string() : encode_rows(run.kept));
  out->array(run.hidden);
  out->number<uint8_t>(run.brought_in ? 1 : 0);
  out->text(run.exchange);
  out->array(packed(run.columns));
  out->array(run.diagonal);
  out->array(run.column_weights);
  out->array(run.works_turn.basis);
  out->array(run.works_turn.diagonal);
}

void read_run(size_t dim, size_t n_subjects, size_t n_features, ByteReader* in, IalsRun* run) {
  const std::string_view kept = in->text();
  run->hidden = in->array<uint32_t>();
  run->brought_in = in->number<uint8_t>() != 0;
  run->exchange = in->text();
  const auto columns = in->array<float>();
  run->diagonal = in->array<double>();
  run->column_weights = in->array<double>();
  run->works_turn.basis = in->array<float>();
  run->works_turn.diagonal = in->array<double>();
  if (!in->good()) return;
  Result<ShardRows> shard_rows = ShardRows();
  if (!kept.empty()) shard_rows = decode_rows(kept, n_subjects, n_features);
  const size_t n_columns = n_subjects + n_features;
  const auto is = [](size_t size, size_t wanted) { return size == 0 || size == wanted; };
  if (!shard_rows.ok() || shard_rows->works.size() != run->hidden.size() ||
      !is(columns.size(), n_columns * dim) || !is(run->diagonal.size(), dim) ||
      !is(run->column_weights.size(), n_columns) || !is(run->works_turn.basis.size(), dim * dim) ||
      run->works_turn.basis.size() != run->works_turn.diagonal.size() * dim) {
    return in->fail();
  }
  for (const uint32_t s : run->hidden) {
    if (s != kAllHidden && s >= n_subjects) return in->fail();
  }
  run->columns = unpacked(columns, dim);
  run->kept = *std::move(shard_rows);
}

}  // namespace subjrec
