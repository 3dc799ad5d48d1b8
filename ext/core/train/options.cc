#include "core/train/options.h"

#include <algorithm>

namespace subjrec {

const OptionTable<TrainOptions>& train_option_table() {
  using T = TrainOptions;
  static const OptionTable<TrainOptions> table(
      {
          {"recipe",
           &T::recipe,
           0,
           0,
           false,
           {"auto", "notebook"},
           "\"notebook\" sets every option to the tutorial's value; options given beside it win"},
          {"algorithm",
           &T::algorithm,
           0,
           0,
           false,
           {"auto", "bce", "composed", "ials", "ease"},
           "how the matrix is factorised; \"auto\": see below"},
          {"embedding_dim",
           &T::embedding_dim,
           1,
           4096,
           false,
           {},
           "columns of both embedding matrices"},
          {"epochs", &T::epochs, 1, 100000, false, {}, "passes over the works"},
          {"batch_size", &T::batch_size, 1, 1e9, false, {}, "works in a batch"},
          {"learning_rate", &T::learning_rate, 0, 100, true, {}, "Adam's step size"},
          {"beta1", &T::beta1, 0, 0.999999, false, {}, "Adam: decay of the first moment"},
          {"beta2", &T::beta2, 0, 0.999999999, false, {}, "Adam: decay of the second moment"},
          {"epsilon", &T::epsilon, 0, 1, true, {}, "Adam: added to the root of the second moment"},
          {"init_stddev",
           &T::init_stddev,
           0,
           100,
           true,
           {},
           "standard deviation of the initial embeddings"},
          {"loss",
           &T::loss,
           0,
           0,
           false,
           {"softmax", "sampled_softmax"},
           "composed: over all subjects, or over a sample of them"},
          {"negatives",
           &T::negatives,
           1,
           1e9,
           false,
           {},
           "composed, sampled softmax: subjects that compete in a batch"},
          {"dropout",
           &T::dropout,
           0,
           0.99,
           false,
           {},
           "composed: share of a work's subjects left out of an example"},
          {"feature_dropout",
           &T::feature_dropout,
           0,
           0.99,
           false,
           {},
           "composed: share of a work's features left out of an example"},
          {"min_feature_works",
           &T::min_feature_works,
           1,
           1e9,
           false,
           {},
           "composed, ease: features on fewer works than this are left out"},
          {"regularization",
           &T::regularization,
           0,
           1e9,
           false,
           {},
           "weight of the parameters' squares: composed, decay times the learning rate; ials, in "
           "the "
           "objective, scaled by frequency; ease, added to the diagonal"},
          {"warmup_steps",
           &T::warmup_steps,
           0,
           1e9,
           false,
           {},
           "composed: batches over which the learning rate rises"},
          {"gradient_samples",
           &T::gradient_samples,
           1,
           1e9,
           false,
           {},
           "composed: small terms of a softmax gradient that are propagated"},
          {"work_features",
           &T::work_features,
           0,
           0,
           false,
           {},
           "table or SELECT of (work, feature [, weight]): what else is known of the works"},
          {"subject_features",
           &T::subject_features,
           0,
           0,
           false,
           {},
           "composed: table or SELECT of (subject, feature [, weight]): what subjects have in "
           "common"},
          {"work_vectors",
           &T::work_vectors,
           0,
           0,
           false,
           {},
           "composed: table or SELECT of (work, vector): text embeddings of the works"},
          {"subject_vectors",
           &T::subject_vectors,
           0,
           0,
           false,
           {},
           "composed: table or SELECT of (subject, vector): text embeddings of the subjects"},
          {"regularization_exponent",
           &T::regularization_exponent,
           0,
           2,
           false,
           {},
           "ials: the frequency that scales regularization, to this power"},
          {"unobserved_weight",
           &T::unobserved_weight,
           0,
           1000,
           false,
           {},
           "ials: weight of a cell without an entry, beside 1 for an entry"},
          {"feature_weight",
           &T::feature_weight,
           0,
           1000,
           true,
           {},
           "ials, ease: weight of a feature beside 1 for a subject"},
          {"max_columns",
           &T::max_columns,
           1,
           1000000,
           false,
           {},
           "ease: subjects and features together, up to which it is tried"},
          {"max_weights",
           &T::max_weights,
           1,
           1000000,
           false,
           {},
           "ease: weights kept, times the number of subjects and features"},
          {"seed",
           &T::seed,
           -9223372036854775808.0,
           9223372036854775807.0,
           false,
           {},
           "of everything that is drawn at random"},
          {"threads",
           &T::threads,
           0,
           1024,
           false,
           {},
           "0: as many as the machine has; never changes a result"},
          {"validation",
           &T::validation,
           0,
           0.9,
           false,
           {},
           "share of each work's subjects held out to judge every epoch by; 0: none"},
          {"validation_metric",
           &T::validation_metric,
           0,
           0,
           false,
           {"recall@10", "precision@10", "ndcg@10", "mrr@10", "map@10", "f1@5", "ndcg", "auc",
            "validation_loss"},
           "what decides which epoch is the best, and kept"},
          {"patience",
           &T::patience,
           0,
           100000,
           false,
           {},
           "with validation: stop after this many epochs that are not the best; 0: never"},
          {"memory_limit",
           &T::memory_limit,
           0,
           1e9,
           false,
           {},
           "megabytes that training may take, estimated before it starts; 0: as many as the "
           "machine "
           "has left"},
          {"progress",
           &T::progress,
           0,
           0,
           false,
           {},
           "draw a bar with rate and time left on standard error, where that is a terminal"},
      },
      {
          {"factors", "embedding_dim"},
          {"n_factors", "embedding_dim"},
          {"num_factors", "embedding_dim"},
          {"rank", "embedding_dim"},
          {"dim", "embedding_dim"},
          {"dims", "embedding_dim"},
          {"dimension", "embedding_dim"},
          {"dimensions", "embedding_dim"},
          {"no_components", "embedding_dim"},
          {"n_components", "embedding_dim"},
          {"k", "embedding_dim"},
          {"d", "embedding_dim"},
          {"embedding_size", "embedding_dim"},
          {"latent_dim", "embedding_dim"},
          {"lr", "learning_rate"},
          {"alpha_lr", "learning_rate"},
          {"eta", "learning_rate"},
          {"learn_rate", "learning_rate"},
          {"step_size", "learning_rate"},
          {"iterations", "epochs"},
          {"max_iter", "epochs"},
          {"maxIter", "epochs"},
          {"max_iterations", "epochs"},
          {"n_iter", "epochs"},
          {"num_epochs", "epochs"},
          {"n_epochs", "epochs"},
          {"batch", "batch_size"},
          {"bs", "batch_size"},
          {"eps", "epsilon"},
          {"random_state", "seed"},
          {"random_seed", "seed"},
          {"manual_seed", "seed"},
          {"num_threads", "threads"},
          {"n_threads", "threads"},
          {"n_jobs", "threads"},
          {"num_workers", "threads"},
          {"workers", "threads"},
          {"init_scale", "init_stddev"},
          {"init_std", "init_stddev"},
          {"validation_split", "validation"},
          {"validation_fraction", "validation"},
          {"val_split", "validation"},
          {"holdout", "validation"},
          {"early_stopping", "patience"},
          {"early_stopping_rounds", "patience"},
          {"n_iter_no_change", "patience"},
          {"monitor", "validation_metric"},
          {"eval_metric", "validation_metric"},
          {"loss_function", "loss"},
          {"criterion", "loss"},
          {"n_negatives", "negatives"},
          {"num_negatives", "negatives"},
          {"neg_samples", "negatives"},
          {"negative_samples", "negatives"},
          {"num_sampled", "negatives"},
          {"dropout_rate", "dropout"},
          {"item_dropout", "dropout"},
          {"unobserved", "unobserved_weight"},
          {"alpha0", "unobserved_weight"},
          {"alpha", "unobserved_weight"},
          {"weight0", "unobserved_weight"},
          {"nu", "regularization_exponent"},
          {"reg_exp", "regularization_exponent"},
          {"item_features", "subject_features"},
          {"user_features", "work_features"},
          {"work_embeddings", "work_vectors"},
          {"subject_embeddings", "subject_vectors"},
          {"feature_scale", "feature_weight"},
          {"min_df", "min_feature_works"},
          {"l2", "regularization"},
          {"reg", "regularization"},
          {"reg_param", "regularization"},
          {"regParam", "regularization"},
          {"lambda", "regularization"},
          {"weight_decay", "regularization"},
          {"l2_reg", "regularization"},
          {"warmup", "warmup_steps"},
          {"num_warmup_steps", "warmup_steps"},
          {"model_type", "algorithm"},
          {"max_memory", "memory_limit"},
          {"memory", "memory_limit"},
          {"verbose", "progress"},
          {"show_progress", "progress"},
          {"progress_bar", "progress"},
          {"method", "algorithm"},
          {"optimizer", "algorithm"},
      });
  return table;
}

namespace {

template <class T>
void choose(std::string_view name, T TrainOptions::*field, T value, TrainOptions* options) {
  if (options->given.count(name) == 0) options->*field = value;
}

void pin_notebook(TrainOptions* options) {
  const TrainOptions notebook;
  const auto pin = [&](std::string_view name, auto TrainOptions::*field) {
    choose(name, field, notebook.*field, options);
  };
  if (options->algorithm == "auto") options->algorithm = "bce";
  pin("embedding_dim", &TrainOptions::embedding_dim);
  pin("epochs", &TrainOptions::epochs);
  pin("batch_size", &TrainOptions::batch_size);
  pin("learning_rate", &TrainOptions::learning_rate);
  pin("beta1", &TrainOptions::beta1);
  pin("beta2", &TrainOptions::beta2);
  pin("epsilon", &TrainOptions::epsilon);
  pin("init_stddev", &TrainOptions::init_stddev);
}

/// A small catalogue takes small batches, or it has too few steps; a large one fewer epochs, as it
/// has steps enough. The fewer pairs, the more is learned by heart unless embeddings are kept
/// small. Beyond a billion cells the loss is sampled.
void choose_composed(size_t n_works, size_t n_subjects, size_t n_interactions,
                     TrainOptions* options) {
  const double cells = static_cast<double>(n_works) * static_cast<double>(n_subjects);
  const int batch = static_cast<int>(std::clamp<size_t>(n_works / 32, 32, 1024));
  const int dim = cells > 1e10 ? 64 : 192;
  choose("embedding_dim", &TrainOptions::embedding_dim, dim, options);
  choose("epochs", &TrainOptions::epochs, cells > 1e10 ? 8 : 16, options);
  choose("batch_size", &TrainOptions::batch_size, batch, options);
  if (cells > 1e9) choose("loss", &TrainOptions::loss, std::string("sampled_softmax"), options);
  choose("learning_rate", &TrainOptions::learning_rate, 0.01, options);
  const double pairs = static_cast<double>(std::max<size_t>(n_interactions, 1));
  choose("regularization", &TrainOptions::regularization, std::min(0.3, 10000 / pairs), options);
  choose("init_stddev", &TrainOptions::init_stddev, 0.1, options);
}

void choose_ials(TrainOptions* options) {
  choose("embedding_dim", &TrainOptions::embedding_dim, 128, options);
  choose("epochs", &TrainOptions::epochs, 16, options);
  choose("init_stddev", &TrainOptions::init_stddev, 0.1, options);
  choose("regularization", &TrainOptions::regularization, 0.4, options);
  choose("feature_weight", &TrainOptions::feature_weight, 0.3, options);
}

void choose_ease(TrainOptions* options) {
  choose("embedding_dim", &TrainOptions::embedding_dim, 64, options);
  choose("epochs", &TrainOptions::epochs, 1, options);
  choose("regularization", &TrainOptions::regularization, 10.0, options);
  choose("min_feature_works", &TrainOptions::min_feature_works, 8, options);
}

}  // namespace

void resolve_options(size_t n_works, size_t n_subjects, size_t n_interactions,
                     TrainOptions* options) {
  if (options->recipe == "notebook") return pin_notebook(options);
  if (options->algorithm == "auto") options->algorithm = "composed";
  if (options->algorithm == "ials") choose_ials(options);
  if (options->algorithm == "ease") choose_ease(options);
  if (options->algorithm == "composed")
    choose_composed(n_works, n_subjects, n_interactions, options);
}

Status check_algorithm(std::string_view who, const TrainOptions& options) {
  const bool composed = options.algorithm == "composed";
  const auto refuse = [&](const char* option, const char* wanted) {
    return Status(Code::kInvalid, std::string(who) + ": option \"" + option +
                                      "\" is for the algorithm " + wanted + ", got \"" +
                                      options.algorithm + "\"");
  };
  if (!options.work_features.empty() && options.algorithm == "bce") {
    return refuse("work_features", "\"composed\", \"ials\" or \"ease\"");
  }
  if (composed) return {};
  if (!options.subject_features.empty()) return refuse("subject_features", "\"composed\"");
  if (!options.work_vectors.empty()) return refuse("work_vectors", "\"composed\"");
  if (!options.subject_vectors.empty()) return refuse("subject_vectors", "\"composed\"");
  return {};
}

}  // namespace subjrec
