#include <algorithm>
#include <cctype>

#include "core/base/status.h"
#include "core/plot/explorer.h"
#include "core/plot/loss_plot.h"
#include "core/plot/reliability_plot.h"
#include "core/plot/scatter_plot.h"
#include "core/plot/tuning_plot.h"
#include "sqlite/bindings/function.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/jobs/plot_data.h"
#include "sqlite/jobs/quality_data.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_plot";
/// In the order of the choices of argument 2.
enum class What { kLoss, kLogLoss, kSubjects, kWorks, kExplorer, kReliability, kTuning };

constexpr size_t kNeighbours = 10;
constexpr size_t kRecommended = 10;
constexpr size_t kSuited = 5;

Result<std::string> draw_loss(PlotData& data, bool log) {
  LossPlot plot;
  plot.model = data.model().name().shown();
  SUBJREC_ASSIGN(plot.options, data.caption());
  SUBJREC_ASSIGN(plot.history, data.history());
  plot.log = log;
  return said_by(kName, loss_plot(plot));
}

/// Colours by the caller's column, or by clusters of the map.
Result<PointColors> colors_of(PlotData& data, Kind kind, const std::vector<MapPoint>& points,
                              const PlotOptions& options) {
  if (!options.color.empty() && options.color[0] != '#') return data.colors(kind, options.color);
  if (!options.color.empty()) return PointColors{};  // one: see style_of()
  if (!options.clusters || points.empty()) return PointColors{};
  return data.cluster_colors_of(kind, points);
}

/// How the points are drawn; the error for a colour that is none.
Result<PointStyle> style_of(const PlotOptions& options) {
  PointStyle style{options.size, options.size_by == "works", options.opacity, {}};
  if (options.color.empty() || options.color[0] != '#') return style;
  style.one_color = options.color;
  const bool digits = std::all_of(options.color.begin() + 1, options.color.end(),
                                  [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (digits && options.color.size() == 7) return style;
  return Status(Code::kInvalid, std::string(kName) +
                                    ": option \"color\" must be a table, a SELECT or a colour "
                                    "such as \"#0072b2\", got \"" +
                                    options.color + '"');
}

Result<std::string> draw_scatter(PlotData& data, Kind kind, const PlotOptions& options) {
  ScatterPlot plot;
  plot.model = data.model().name().shown();
  plot.what = kind == Kind::kWork ? "works" : "subjects";
  plot.weight_noun = kind == Kind::kWork ? "subjects" : "works";
  plot.note = options.size_by == "works"
                  ? "The larger a point, the more " + plot.weight_noun + " it has."
                  : "";
  SUBJREC_ASSIGN(plot.style, style_of(options));
  SUBJREC_ASSIGN(plot.points, data.map_points(kind, options.labels, options.min_works));
  SUBJREC_ASSIGN(plot.colors, colors_of(data, kind, plot.points, options));
  return said_by(kName, scatter_plot(plot));
}

Result<std::string> draw_explorer(PlotData& data, const PlotOptions& options) {
  Explorer explorer;
  explorer.model = data.model().name().shown();
  SUBJREC_ASSIGN(explorer.points,
                 data.map_points(Kind::kSubject, options.labels, options.min_works));
  SUBJREC_ASSIGN(explorer.style, style_of(options));
  SUBJREC_ASSIGN(explorer.colors, colors_of(data, Kind::kSubject, explorer.points, options));
  SUBJREC_ASSIGN(explorer.neighbours, data.neighbours(kNeighbours));
  SUBJREC_TRY(data.add_works(options.works, options.titles, kRecommended, kSuited, &explorer));
  return said_by(kName, explorer_html(explorer));
}

Result<std::string> draw_tuning(Connection& connection, const std::string& source,
                                const PlotOptions& options) {
  SqliteMonitor monitor(connection.db());
  SUBJREC_ASSIGN(TuningPlot plot, read_trials(connection, kName, source, options.metric, monitor));
  plot.x = options.axis;
  return said_by(kName, tuning_plot(plot));
}

Result<std::string> draw_reliability(Connection& connection, PlotData& data,
                                     const PlotOptions& options) {
  SUBJREC_ASSIGN(const ReliabilityPlot plot, measure_reliability(connection, kName, data.model(),
                                                                 options.heldout, data.monitor()));
  return said_by(kName, reliability_plot(plot));
}

/// What `what` asks for, drawn.
Result<std::string> draw(Connection& connection, const std::string& name, What what,
                         const PlotOptions& options) {
  if (what == What::kTuning) return draw_tuning(connection, name, options);
  SUBJREC_ASSIGN(PlotData data, PlotData::open(connection, kName, name));
  switch (what) {
    case What::kSubjects:
      return draw_scatter(data, Kind::kSubject, options);
    case What::kWorks:
      return draw_scatter(data, Kind::kWork, options);
    case What::kExplorer:
      return draw_explorer(data, options);
    case What::kReliability:
      return draw_reliability(connection, data, options);
    default:
      return draw_loss(data, what == What::kLogLoss);
  }
}

/// subjrec_plot(model, what [, options])
Status plot(Connection& connection, sqlite3_context* context, const Arguments& arguments) {
  // A model, or where tunings are kept.
  SUBJREC_ASSIGN(const std::string name, arguments.text(0, "a text, like 'rec'"));
  SUBJREC_ASSIGN(const size_t choice, arguments.choice(1, {"loss", "log_loss", "subjects", "works",
                                                           "explorer", "reliability", "tuning"}));
  const auto what = static_cast<What>(choice);
  PlotOptions options;
  SUBJREC_ASSIGN(const std::string_view given, arguments.options(2));
  SUBJREC_TRY(plot_option_table().read_json(kName, given, &options));
  const Result<std::string> drawn = draw(connection, name, what, options);
  if (!drawn.ok()) return drawn.status();
  const int most = sqlite3_limit(connection.db(), SQLITE_LIMIT_LENGTH, -1);
  if (drawn->size() > static_cast<size_t>(most)) {
    return {Code::kInvalid,
            std::string(kName) + ": the plot has " + std::to_string(drawn->size()) +
                " bytes, and this connection allows values of " + std::to_string(most) +
                " (SQLITE_LIMIT_LENGTH); raise that limit" +
                (what == What::kExplorer ? ", or show fewer with option \"works\"" : "")};
  }
  result_text(context, *drawn);
  return {};
}

}  // namespace

int register_plot(const std::shared_ptr<Connection>& connection) {
  // It reads the tables that its options name.
  return register_function(connection, {kName, {"model", "what", "options"}, 2, SQLITE_DIRECTONLY},
                           plot);
}

}  // namespace subjrec
