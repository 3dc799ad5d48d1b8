#include "sqlite/jobs/evaluation.h"

#include "core/options/option_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/source/source.h"

namespace subjrec {
namespace {

struct Options {
  int k = 10;                 // length of the list that is evaluated
  int rare_below = 10;        // a subject on fewer works than this is rare
  bool thresholds = false;    // evaluate lists that are cut at a probability, too
  bool drop_unknown = false;  // leave rows of unknown works and subjects out
  double popularity = 0;      // discount on common subjects, core/retrieval/popularity.h
  int threads = 0;            // 0: as many as the machine has; never changes a result

  OptionNames given;
};

const OptionTable<Options>& option_table() {
  static const OptionTable<Options> table(
      {
          {"k", &Options::k, 1, 1000, false, {}, "length of the list that is evaluated"},
          {"rare_below",
           &Options::rare_below,
           0,
           1e9,
           false,
           {},
           "a subject on fewer works than this in training is rare"},
          {"popularity",
           &Options::popularity,
           0,
           1,
           false,
           {},
           "discount on common subjects: 0 ranks as trained, 1 leaves nothing of their being "
           "common"},
          {"thresholds",
           &Options::thresholds,
           0,
           0,
           false,
           {},
           "evaluate lists that are cut at every length up to k and at probabilities from 0 to "
           "0.95"},
          {"drop_unknown",
           &Options::drop_unknown,
           0,
           0,
           false,
           {},
           "leave out rows of works and subjects that the model does not know, and not count them "
           "as missed"},
          {"threads",
           &Options::threads,
           0,
           1024,
           false,
           {},
           "0: as many as the machine has; never changes a result"},
      },
      {{"top_k", "k"},
       {"topk", "k"},
       {"n", "k"},
       {"K", "k"},
       {"num_threads", "threads"},
       {"n_jobs", "threads"}});
  return table;
}

}  // namespace

Result<HeldOutEvaluation> evaluate_heldout(Connection& connection, const Arguments& arguments) {
  const char* who = arguments.who();
  SUBJREC_ASSIGN(const std::string name, arguments.model(0));
  SUBJREC_ASSIGN(std::string source, arguments.source(1));
  Options options;
  SUBJREC_ASSIGN(const std::string_view given, arguments.options(2));
  SUBJREC_TRY(option_table().read_json(who, given, &options));
  SUBJREC_ASSIGN(const auto model, ModelHandle::open(connection, who, name));
  SUBJREC_TRY(model->need_works(who));
  const auto loaded = model->loaded();
  const ServedModel& m = *loaded;
  SqliteMonitor monitor(connection.db());
  SUBJREC_ASSIGN(const HeldOut heldout, read_heldout(connection.db(), who,
                                                     {.text = std::move(source),
                                                      .argument = "argument 2 (heldout)",
                                                      .columns = "work and subject"},
                                                     m.works->ids, m.stored.subjects, monitor));
  if (heldout.interactions.nnz() + heldout.unknown_rows == 0) {
    return Status(Code::kInvalid,
                  std::string(who) + ": the held-out source has no (work, subject) rows");
  }
  EvaluateOptions core;
  core.k = {options.k};
  core.rare_below = static_cast<uint32_t>(options.rare_below);
  core.shift = m.shift(options.popularity);
  core.thresholds = options.thresholds;
  if (!options.drop_unknown) {
    core.unknown_rows = heldout.unknown_rows;
    core.unknown_works = heldout.unknown_works;
    core.unknown_subjects = heldout.unknown_subjects;
  }
  ThreadTeam team(resolve_threads(options.threads));
  SUBJREC_ASSIGN(Evaluation evaluation, evaluate(m.stored.model, m.works->data,
                                                 heldout.interactions, core, team, monitor));
  return HeldOutEvaluation{loaded, std::move(evaluation)};
}

}  // namespace subjrec
