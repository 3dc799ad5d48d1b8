#include "sqlite/jobs/quality_data.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "core/plot/text.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"
#include "sqlite/source/source.h"

namespace subjrec {
namespace {

constexpr size_t kSuggested = 10;
constexpr size_t kLongestValue = 60;  // characters of an option's value

int column_called(const SourceReader& reader, std::string_view name) {
  for (int column = 0; column < reader.columns(); ++column) {
    if (sqlite3_stricmp(sqlite3_column_name(reader.statement(), column),
                        std::string(name).c_str()) == 0) {
      return column;
    }
  }
  return -1;
}

/// The members of a JSON object, in its order.
Result<std::vector<TrialOption>> read_options(Statement& members, std::string_view who,
                                              std::string_view json) {
  std::vector<TrialOption> options;
  members.reset();
  members.bind(1, json);
  for (;;) {
    SUBJREC_ASSIGN(const bool row, members.step(who));
    if (!row) return options;
    const std::string_view type = members.text(2);
    const bool numeric = type == "integer" || type == "real";
    options.push_back({std::string(members.text(0)), shorten(members.text(1), kLongestValue),
                       numeric, numeric ? members.real(1) : 0});
  }
}

}  // namespace

Result<TuningPlot> read_trials(Connection& connection, std::string_view who,
                               const std::string& source, const std::string& metric,
                               Monitor& monitor) {
  SUBJREC_ASSIGN(SourceReader reader,
                 SourceReader::open(
                     connection.db(), who,
                     {.text = source, .argument = "argument 1", .columns = "options and quality"}));
  const int options = column_called(reader, "options");
  const int quality = column_called(reader, metric);
  if (options < 0 || quality < 0) {
    return Status(Code::kInvalid, std::string(who) +
                                      ": argument 1 must be a table of results of subjrec_tune(), "
                                      "or a SELECT, with columns options and " +
                                      metric + "; it has none called " +
                                      (options < 0 ? "options" : metric));
  }
  SUBJREC_ASSIGN(Statement members,
                 Statement::prepare(connection.db(), who,
                                    "SELECT key, CAST(value AS TEXT), type FROM json_each(?1)"));
  TuningPlot plot;
  plot.metric = metric;
  plot.source = source.find(' ') == std::string::npos ? source : "tuning";
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor));
    if (!row) return plot;
    Trial trial;
    SUBJREC_ASSIGN(trial.options, read_options(members, who, text_of(reader.value(options))));
    trial.quality = reader.is_null(quality) ? std::numeric_limits<double>::quiet_NaN()
                                            : sqlite3_value_double(reader.value(quality));
    plot.trials.push_back(std::move(trial));
  }
}

Result<ReliabilityPlot> measure_reliability(Connection& connection, std::string_view who,
                                            ModelHandle& model, const std::string& heldout,
                                            Monitor& monitor) {
  if (heldout.empty()) {
    return Status(Code::kInvalid, std::string(who) +
                                      ": 'reliability' needs the option \"heldout\", a table or "
                                      "SELECT of (work, subject) rows that were not trained on");
  }
  SUBJREC_TRY(model.need_works(who));
  const auto loaded = model.loaded();
  SUBJREC_ASSIGN(
      const HeldOut rows,
      read_heldout(
          connection.db(), who,
          {.text = heldout, .argument = "option \"heldout\"", .columns = "work and subject"},
          loaded->works->ids, loaded->stored.subjects, monitor));
  ReliabilityPlot plot;
  plot.model = model.name().shown();
  TopKScratch scratch;
  RecommendationList list;
  for (uint32_t w = 0; w < loaded->works->ids.size(); ++w) {
    if (monitor.stop()) return Status::interrupted();
    const auto right = rows.interactions.row(w);
    if (right.empty()) continue;
    SUBJREC_ASSIGN(const std::optional<WorkRow> work, model.find_work(who, loaded->works->ids[w]));
    if (!work) continue;
    const ListRequest request{
        .k = kSuggested, .exclude = work->subjects, .carried = work->subjects};
    SUBJREC_TRY(loaded->top_k(*work, request, monitor, &scratch, &list));
    for (size_t at = 0; at < list.hits.size(); ++at) {
      plot.bins.add(loaded->probability(list.raw_score(at), work->subjects.empty()),
                    std::binary_search(right.begin(), right.end(), list.hits[at].item));
    }
    ++plot.works;
  }
  return plot;
}

}  // namespace subjrec
