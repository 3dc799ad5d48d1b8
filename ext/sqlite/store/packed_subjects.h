// What lists of trained works need of a model beside the catalogue: ids, embeddings and numbers of
// subjects, packed in rec_packed, and rows of rec_weights as they are asked.
#pragma once

#include <memory>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/item_weights.h"
#include "sqlite/store/packed_rows.h"

namespace subjrec {

/// `works` are how many works carry each subject.
Status write_packed_subjects(PackedWriter* out, const Model& model, const IdTable& subjects,
                             std::span<const uint32_t> works);

/// Their ids alone, into a model of which the configuration was read.
Status read_packed_ids(PackedRows* rows, StoredModel* stored);
/// Reads them into a model of which the configuration was read.
Status read_packed_subjects(PackedRows* rows, StoredModel* stored, Monitor& monitor);

/// Item weights of a model that was read so, each row checked with those that share its checksum;
/// null where it has none.
Result<std::shared_ptr<const WeightRows>> stored_weight_rows(std::shared_ptr<PackedRows> rows,
                                                             const StoredModel& stored);

}  // namespace subjrec
