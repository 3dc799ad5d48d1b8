#include "core/model/train_data_digest.h"

#include <vector>

#include "core/model/subject_labels.h"

namespace subjrec {
namespace {

template <class T>
void add(const std::vector<T>& values, Digest* digest) {
  digest->add_word(values.size());
  digest->add(values.data(), values.size() * sizeof(T));
}

void add(const NumberRows& rows, Digest* digest) {
  add(rows.offsets, digest);
  add(rows.numbers, digest);
}

}  // namespace

void add_side_information(const TrainData& data, Digest* digest) {
  for (const SparseRows* rows : {&data.work_features, &data.subject_features}) {
    add(rows->offsets, digest);
    add(rows->columns, digest);
    add(rows->weights, digest);
  }
  for (const PretrainedVectors* vectors : {&data.work_vectors, &data.subject_vectors}) {
    digest->add_word(vectors->dim);
    add(vectors->values, digest);
  }
  digest->add_word(data.labels ? 1 : 0);
  if (!data.labels) return;
  add(data.labels->subjects, digest);
  add(data.labels->labels, digest);
  add(data.labels->words, digest);
}

}  // namespace subjrec
