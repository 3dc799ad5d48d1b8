#include "core/train/trainer.h"

#include "core/train/bce/bce_trainer.h"
#include "core/train/composed/composed_trainer.h"
#include "core/train/ease/ease_trainer.h"
#include "core/train/ials/ials_trainer.h"

namespace subjrec {

Result<std::unique_ptr<Trainer>> make_trainer(const TrainData& data, const TrainOptions& options) {
  if (data.interactions.nnz() == 0) {
    return Status(Code::kInvalid,
                  "training: the source has no interactions; wanted at least one row with a work "
                  "and a subject");
  }
  if (options.algorithm == "bce") return make_bce_trainer(data, options);
  if (options.algorithm == "composed") return make_composed_trainer(data, options);
  if (options.algorithm == "ease") return make_ease_trainer(data, options);
  if (options.algorithm == "ials") return make_ials_trainer(data, options);
  return Status(Code::kInvalid, "training: unknown algorithm \"" + options.algorithm + "\"");
}

}  // namespace subjrec
