// The embedding of a work of a model that stores none (core/model/work_rows.h), from the rows of
// rec_subjects and rec_features that it is made of alone: a list does not wait for all of them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/store/integrity.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

/// Reads of a model that is loaded StoredModel::for_lists. Statements are prepared once.
class StoredInputs {
 public:
  StoredInputs(sqlite3* db, const ModelName& name) : db_(db), name_(name) {}

  /// What WorkRows would make of these, whose rows are checked.
  Status compose(std::string_view who, const StoredModel& stored,
                 std::span<const uint32_t> subjects, std::span<const WeightedFeature> features,
                 Integrity* integrity, Monitor& monitor, std::span<float> out);
  void finalize_statements() {
    subjects_ = Statement();
    features_ = Statement();
  }

 private:
  /// Appends the input of a row; nothing where it has none.
  Status read(std::string_view who, std::string_view suffix, uint32_t n, Statement* query,
              size_t dim, std::vector<float>* inputs);

  sqlite3* db_;
  const ModelName& name_;
  Statement subjects_, features_;
};

}  // namespace subjrec
