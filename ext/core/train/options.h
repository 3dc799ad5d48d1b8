// The options of training: one struct, one table of names, ranges and defaults.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/options/option_table.h"

namespace subjrec {

/// Where a default is said to be chosen, resolve_options() (core/train/resolve_options.h) sets it
/// unless the option was given.
struct TrainOptions {
  std::string recipe = "auto";  // "auto", or "notebook": every value of the tutorial's
  // "auto": chosen by resolve_options(); "bce": the tutorial's; "composed", "ials", "ease": see
  // their headers.
  std::string algorithm = "auto";
  int embedding_dim = 10;        // columns of both embedding matrices
  int epochs = 10;               // passes over the works
  int batch_size = 512;          // works in a batch
  double learning_rate = 0.001;  // Adam's step size
  double beta1 = 0.9;            // Adam: decay of the first moment
  double beta2 = 0.999;          // Adam: decay of the second moment
  double epsilon = 1e-8;         // Adam: added to the root of the second moment
  double init_stddev = 1.0;      // initial embeddings are N(0, init_stddev^2)
  std::string loss = "softmax";  // composed: "softmax" or "sampled_softmax" over the subjects
  int negatives = 4096;          // composed, sampled softmax: subjects that compete in a batch
  double dropout = 0.0;          // composed: share of a work's subjects left out of an example
  double feature_dropout = 0.3;  // composed: share of a work's features left out of an example
  double bare = 0.5;             // composed: share of examples with features that show no subject
  int min_feature_works = 2;     // composed, ease: features on fewer works are left out
  double regularization = 0.0;   // of the parameters' squares; its scale is each algorithm's
  int warmup_steps = 200;        // composed: batches over which the learning rate rises
  int gradient_samples = 32;     // composed: small terms of a softmax gradient that are propagated
  double regularization_exponent = 0.25;  // ials: of the frequency that scales regularization
  double unobserved_weight = 0.002;       // ials: weight of a cell without an entry
  double feature_weight = 0.5;            // ials, ease: weight of a feature beside a subject
  int max_columns = 16000;  // ease: subjects and features together, up to which one matrix is used
  int max_weights = 300;    // ease: weights kept, times the number of columns
  int neighborhood = 150;   // ease: columns of a subject where there are more than max_columns
  int neighbors = 40;       // neighbours, blend: works that are asked for their subjects
  int shards = 0;           // composed: parts of the works that train by themselves; 0: none do
  int rounds = 16;          // composed, with shards: how often their changes are merged an epoch
  std::string work_embeddings = "stored";  // composed: "stored", or "computed" when asked for
  int64_t seed = 1;                        // of everything that is drawn
  int threads = 0;                         // 0: as many as the machine has; never changes a result
  double validation = 0;  // share of each work's subjects held out to evaluate every epoch by
  std::string validation_metric = "ndcg@10";  // what decides which epoch is the best
  int patience = 3;       // stop after this many epochs that are not the best; 0: never
  int memory_limit = 0;   // megabytes that training may take; 0: as many as there are
  bool progress = false;  // draw a bar on standard error where it is a terminal

  std::string work_features;  // table or SELECT of (work, feature [, weight]); "": none
  std::string work_text;      // table or SELECT of (work, text); "": none
  std::string tokenizer = "unicode61 remove_diacritics 2";  // FTS5's, with its arguments
  std::string stop_words;                                   // words of a text that are left out
  double max_word_share = 0.5;   // words on a greater share of the works are left out
  std::string subject_labels;    // blend: table or SELECT of (subject, label); "": none
  std::string same_as;           // table or SELECT of (subject, canonical)
  std::string subject_features;  // bce, composed: table or SELECT of (subject, feature [, weight])
  std::string work_vectors;      // bce, composed: table or SELECT of (work, vector)
  std::string subject_vectors;   // bce, composed: table or SELECT of (subject, vector)

  OptionNames given;       // which of these were said, rather than left at their default
  bool automatic = false;  // "auto" was asked for, which resolve_options() turned into `algorithm`

  bool is_given(std::string_view name) const { return given.count(name) != 0; }
  /// Sets a field whose option was not given.
  template <class T>
  void choose(std::string_view name, T TrainOptions::*field, T value) {
    if (!is_given(name)) this->*field = std::move(value);
  }
};

/// Names, ranges, defaults and spellings of the fields above, in the order of the reference page.
const OptionTable<TrainOptions>& train_option_table();

}  // namespace subjrec
