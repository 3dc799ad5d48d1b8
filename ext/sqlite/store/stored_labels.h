// The labels of a model's subjects in rec_config: subject_labels_0, ... and label_words_0, ...
//
// The first are JSON lists of one list for each label: its subject, then its words, which are
// numbers of rows of the second; those are lists of the features that are forms of a word. Both go
// on from one key to the next.
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/model/subject_labels.h"
#include "sqlite/store/shadow_tables.h"

namespace subjrec {

bool is_label_key(std::string_view key);

/// What rec_config is to hold; no value is much longer than 200,000 bytes.
Config label_texts(const SubjectLabels& labels);

/// Gives the model the labels that the config has, once its subjects and features were read.
Status read_stored_labels(std::string_view who, const ModelName& name, StoredModel* stored);

}  // namespace subjrec
