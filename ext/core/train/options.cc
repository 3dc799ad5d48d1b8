#include "core/train/options.h"

#include <utility>
#include <vector>

#include "core/train/algorithm.h"

namespace subjrec {
namespace {

std::vector<std::string_view> algorithm_choices() {
  std::vector<std::string_view> names = {"auto"};
  for (const Algorithm* algorithm : algorithms()) names.push_back(algorithm->name());
  return names;
}

using Spec = OptionSpec<TrainOptions>;
using Names = std::vector<std::string_view>;

/// A number from `least` to `most`, both included.
Spec from_to(std::string_view name, Spec::Field field, double least, double most,
             std::string_view help) {
  return {name, field, least, most, false, {}, help};
}
/// A number above `least`.
Spec above(std::string_view name, Spec::Field field, double least, double most,
           std::string_view help) {
  return {name, field, least, most, true, {}, help};
}
Spec one_of(std::string_view name, Spec::Field field, Names choices, std::string_view help) {
  return {name, field, 0, 0, false, std::move(choices), help};
}
/// A text or a truth value.
Spec any(std::string_view name, Spec::Field field, std::string_view help) {
  return {name, field, 0, 0, false, {}, help};
}

}  // namespace

const OptionTable<TrainOptions>& train_option_table() {
  using T = TrainOptions;
  static const OptionTable<T> table(
      {
          one_of("recipe", &T::recipe, {"auto", "notebook"},
                 "\"notebook\" sets every option to the tutorial's value; options given beside it "
                 "win"),
          one_of("algorithm", &T::algorithm, algorithm_choices(),
                 "how the matrix is factorised; \"auto\": see below"),
          from_to("embedding_dim", &T::embedding_dim, 1, 4096,
                  "columns of both embedding matrices"),
          from_to("epochs", &T::epochs, 1, 100000, "passes over the works"),
          from_to("batch_size", &T::batch_size, 1, 1e9, "works in a batch"),
          above("learning_rate", &T::learning_rate, 0, 100, "Adam's step size"),
          from_to("beta1", &T::beta1, 0, 0.999999, "Adam: decay of the first moment"),
          from_to("beta2", &T::beta2, 0, 0.999999999, "Adam: decay of the second moment"),
          above("epsilon", &T::epsilon, 0, 1, "Adam: added to the root of the second moment"),
          above("init_stddev", &T::init_stddev, 0, 100,
                "standard deviation of the initial embeddings"),
          one_of("loss", &T::loss, {"softmax", "sampled_softmax"},
                 "composed: over all subjects, or over a sample of them"),
          from_to("negatives", &T::negatives, 1, 1e9,
                  "composed, sampled softmax: subjects that compete in a batch"),
          from_to("dropout", &T::dropout, 0, 0.99,
                  "composed: share of a work's subjects left out of an example"),
          from_to("feature_dropout", &T::feature_dropout, 0, 0.99,
                  "composed: share of a work's features left out of an example"),
          from_to(
              "bare", &T::bare, 0, 0.99,
              "composed: share of examples that show a work's features and none of its subjects"),
          from_to("min_feature_works", &T::min_feature_works, 1, 1e9,
                  "composed, ease: features on fewer works than this are left out"),
          from_to("regularization", &T::regularization, 0, 1e9,
                  "weight of the parameters' squares: composed, decay times the learning rate; "
                  "ials, in the objective, scaled by frequency; ease, added to the diagonal"),
          from_to("warmup_steps", &T::warmup_steps, 0, 1e9,
                  "composed: batches over which the learning rate rises"),
          from_to("gradient_samples", &T::gradient_samples, 1, 1e9,
                  "composed: small terms of a softmax gradient that are propagated"),
          any("work_features", &T::work_features,
              "table or SELECT of (work, feature [, weight]): what else is known of the works"),
          any("work_text", &T::work_text,
              "table or SELECT of (work, text): titles or abstracts, whose words become features"),
          any("tokenizer", &T::tokenizer,
              "work_text: the FTS5 tokenizer that finds words, with its arguments"),
          any("stop_words", &T::stop_words, "work_text: words to leave out, in a text"),
          above("max_word_share", &T::max_word_share, 0, 1,
                "work_text: words on a greater share of the works, and on more than 20, are left "
                "out"),
          any("subject_labels", &T::subject_labels,
              "blend, with work_text: table or SELECT of (subject, label), whose words are looked "
              "for in the texts"),
          any("same_as", &T::same_as,
              "table or SELECT of (subject, canonical): subjects that are the same, and are "
              "trained as one"),
          any("subject_features", &T::subject_features,
              "bce, composed: table or SELECT of (subject, feature [, weight]): what subjects have "
              "in "
              "common"),
          any("work_vectors", &T::work_vectors,
              "bce, composed: table or SELECT of (work, vector): text embeddings of the works"),
          any("subject_vectors", &T::subject_vectors,
              "bce, composed: table or SELECT of (subject, vector): text embeddings of the "
              "subjects"),
          from_to("regularization_exponent", &T::regularization_exponent, 0, 2,
                  "ials: the frequency that scales regularization, to this power"),
          from_to("unobserved_weight", &T::unobserved_weight, 0, 1000,
                  "ials: weight of a cell without an entry, beside 1 (or the pair's weight) for an "
                  "entry"),
          above("feature_weight", &T::feature_weight, 0, 1000,
                "ials, ease, neighbours: weight of a feature beside 1 for a subject"),
          from_to(
              "max_columns", &T::max_columns, 1, 1000000,
              "ease: subjects and features together, up to which all of them are weighed at once"),
          from_to("max_weights", &T::max_weights, 1, 1000000,
                  "ease: weights kept, times the number of subjects and features"),
          from_to("neighborhood", &T::neighborhood, 1, 2000,
                  "ease: columns that each subject is weighed by where there are more than "
                  "max_columns"),
          from_to("neighbors", &T::neighbors, 1, 10000,
                  "neighbours: works that are asked for their subjects"),
          from_to(
              "shards", &T::shards, 0, 65536,
              "composed: parts of the works, by their ids, that train by themselves; 0: none do"),
          from_to("rounds", &T::rounds, 1, 100000,
                  "composed, with shards: how often what the shards changed is merged, an epoch"),
          one_of("work_embeddings", &T::work_embeddings, {"stored", "computed"},
                 "composed, blend: whether embeddings of works are stored, or computed from what "
                 "each work has when they are asked for"),
          from_to("seed", &T::seed, -9223372036854775808.0, 9223372036854775807.0,
                  "of everything that is drawn at random"),
          from_to("threads", &T::threads, 0, 1024,
                  "0: as many as the machine has; never changes a result"),
          from_to("validation", &T::validation, 0, 0.9,
                  "share of each work's subjects held out to evaluate every epoch by; 0: none"),
          one_of("validation_metric", &T::validation_metric,
                 {"recall@10", "precision@10", "ndcg@10", "mrr@10", "map@10", "f1@5", "ndcg", "auc",
                  "validation_loss"},
                 "what decides which epoch is the best, and kept"),
          from_to("patience", &T::patience, 0, 100000,
                  "with validation: stop after this many epochs that are not the best; 0: never"),
          from_to("memory_limit", &T::memory_limit, 0, 1e9,
                  "megabytes that training may take, estimated before it starts; 0: as many as the "
                  "machine has left"),
          any("progress", &T::progress,
              "draw a bar with rate and time left on standard error, where that is a terminal"),
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
          {"text", "work_text"},
          {"texts", "work_text"},
          {"tokenize", "tokenizer"},
          {"stopwords", "stop_words"},
          {"max_df", "max_word_share"},
          {"labels", "subject_labels"},
          {"twins", "same_as"},
          {"sameas", "same_as"},
          {"synonyms", "same_as"},
          {"item_features", "subject_features"},
          {"user_features", "work_features"},
          {"subject_embeddings", "subject_vectors"},
          {"cold_share", "bare"},
          {"feature_scale", "feature_weight"},
          {"neighbours", "neighbors"},
          {"n_neighbors", "neighbors"},
          {"n_neighbours", "neighbors"},
          {"knn", "neighbors"},
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

}  // namespace subjrec
