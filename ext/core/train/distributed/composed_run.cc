#include "core/train/distributed/composed_run.h"

#include <utility>

#include "core/train/composed/composed_network.h"

namespace subjrec {
namespace {

void write_table(const SparseAdam& table, ByteWriter* out) {
  out->array(table.value);
  out->array(table.first);
  out->array(table.second);
}

SparseAdam read_table(size_t rows, size_t stride, ByteReader* in) {
  SparseAdam table(rows, stride);
  table.value = in->array<float>();
  table.first = in->array<float>();
  table.second = in->array<float>();
  if (table.value.empty()) table.n_rows = 0;
  const size_t size = table.n_rows * stride;
  if (table.value.size() != size || table.first.size() != size || table.second.size() != size) {
    in->fail();
  }
  return table;
}

}  // namespace

void write_run(const ComposedRun& run, ByteWriter* out) {
  write_table(run.subjects, out);
  write_table(run.inputs, out);
  out->number(run.round);
  out->number(run.regularization);
  out->number(run.loss);
  out->number(run.examples);
}

void read_run(size_t dim, size_t n_subjects, size_t n_inputs, ByteReader* in, ComposedRun* run) {
  run->subjects = read_table(n_subjects, composed_stride(dim), in);
  run->inputs = read_table(n_inputs, composed_input_stride(dim), in);
  run->round = in->number<int64_t>();
  run->regularization = in->number<double>();
  run->loss = in->number<double>();
  run->examples = in->number<uint64_t>();
}

}  // namespace subjrec
