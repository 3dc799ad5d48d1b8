#include "core/base/status.h"
#include "core/data/folds.h"
#include "core/options/option_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/source.h"

namespace subjrec {
namespace {

struct SplitOptions : FoldOptions {
  OptionNames given;
};

const OptionTable<SplitOptions>& option_table() {
  using T = SplitOptions;
  static const OptionTable<T> table(
      {
          {"method",
           static_cast<std::string T::*>(&T::method),
           0,
           0,
           false,
           {"leave_one_out", "share", "folds", "works"},
           "what is held out: one pair of each work, a share of each work's pairs, each pair in "
           "one "
           "of several folds, or all pairs of a share of the works"},
          {"least",
           static_cast<int T::*>(&T::least),
           1,
           1e9,
           false,
           {},
           "works with fewer subjects than this keep them all; not for \"works\""},
          {"share",
           static_cast<double T::*>(&T::share),
           0,
           0.9,
           true,
           {},
           "share, works: how much is held out"},
          {"folds",
           static_cast<int T::*>(&T::folds),
           2,
           1000,
           false,
           {},
           "folds: how many there are"},
          {"seed",
           static_cast<int64_t T::*>(&T::seed),
           -9223372036854775808.0,
           9223372036854775807.0,
           false,
           {},
           "of the draw"},
      },
      {{"kind", "method"},
       {"k", "folds"},
       {"n_splits", "folds"},
       {"n_folds", "folds"},
       {"test_size", "share"},
       {"fraction", "share"},
       {"random_state", "seed"},
       {"min_subjects", "least"}});
  return table;
}

/// The pairs of a source, each once, the fold in which it is held out, and its weight.
class SplitCursor : public TableFunctionCursor {
 public:
  static constexpr TableFunctionSpec kSpec = {
      .name = "subjrec_split",
      .columns = "work_id, subject_id, fold INTEGER, weight REAL",
      .arguments = {"source", "options"},
      .required = 1,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 100000};

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) override {
    work_ = 0;
    at_ = 0;
    folds_.clear();
    SUBJREC_ASSIGN(std::string source, arguments.source(0));
    SplitOptions options;
    SUBJREC_ASSIGN(const std::string_view given, arguments.options(1));
    SUBJREC_TRY(option_table().read_json(kSpec.name, given, &options));
    SqliteMonitor monitor(connection().db());
    SUBJREC_ASSIGN(pairs_, read_pairs(connection().db(), kSpec.name,
                                      {.text = std::move(source),
                                       .argument = "argument 1 (source)",
                                       .columns = "work and subject"},
                                      monitor));
    SUBJREC_ASSIGN(
        folds_, assign_folds(pairs_.interactions, pairs_.works, pairs_.subjects, options, monitor));
    return {};
  }

  bool eof() const override { return at_ >= folds_.size(); }

  Status next() override {
    ++at_;
    while (work_ + 1 < pairs_.interactions.n_works && at_ >= pairs_.interactions.offsets[work_ + 1])
      ++work_;
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    switch (column) {
      case 0:
        result_id(context, pairs_.works[work_]);
        break;
      case 1:
        result_id(context, pairs_.subjects[pairs_.interactions.subjects[at_]]);
        break;
      case 2:
        sqlite3_result_int64(context, folds_[at_]);
        break;
      default:
        sqlite3_result_double(context, double{pairs_.interactions.weight(at_)});
    }
    return {};
  }

 private:
  SourcePairs pairs_;
  std::vector<uint32_t> folds_;
  size_t work_ = 0;
  size_t at_ = 0;
};

}  // namespace

int register_split(const std::shared_ptr<Connection>& connection) {
  return register_table_function<SplitCursor>(connection);
}

}  // namespace subjrec
