// Subjects on no work (zero-shot labels), of which TrainData::unseen_subjects tells: they are kept
// out of training, and come into the model behind it.
//
// Such a subject is what one on no work would be in the terms of a blend: nothing is known of it
// but its labels. Its embedding, its input and its item weights are 0, and its bias is the mean
// over the others of bias - log(1 + works), since the biases of rare subjects follow that
// logarithm. What the others score, and their probabilities, stay as they are.
#pragma once

#include <memory>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/model/train_data.h"
#include "core/train/trainer.h"
#include "core/train/validation.h"

namespace subjrec {

/// The data without its unseen subjects. Their labels stay, of SubjectLabels::kNoSubject, since the
/// weights of words count all labels.
TrainData without_unseen_subjects(const TrainData& data);

/// Makes of a model that was trained on `seen`, which is without_unseen_subjects(data), one of all
/// subjects.
void add_unseen_subjects(const TrainData& seen, const TrainData& data, Model* model);

/// What a model's bias is of a subject that no work carries.
float bias_of_no_works(const Model& model, const Interactions& y);

/// A trainer of the data without, whose models have all subjects.
Result<std::unique_ptr<Trainer>> make_trainer_with_unseen_subjects(const TrainData& data,
                                                                   const TrainerFactory& make);

}  // namespace subjrec
