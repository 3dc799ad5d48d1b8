// What subjrec_evaluate and subjrec_evaluate_subjects do: rank every subject for every held-out
// row.
#pragma once

#include <memory>

#include "core/base/status.h"
#include "core/evaluate/evaluate.h"
#include "sqlite/bindings/arguments.h"
#include "sqlite/bindings/connection.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

struct HeldOutEvaluation {
  std::shared_ptr<ServedModel> model;
  Evaluation evaluation;
};

/// Of the arguments model, heldout and options.
Result<HeldOutEvaluation> evaluate_heldout(Connection& connection, const Arguments& arguments);

}  // namespace subjrec
