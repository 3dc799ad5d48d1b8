#include "sqlite/jobs/plot_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/plot/text.h"
#include "core/umap/density_clusters.h"
#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/source/source.h"
#include "sqlite/store/map_table.h"

namespace subjrec {
namespace {

constexpr size_t kLongestText = 1000;  // characters of a title or a label that a picture holds

}  // namespace

const OptionTable<PlotOptions>& plot_option_table() {
  using T = PlotOptions;
  static const OptionTable<PlotOptions> table(
      {
          {"labels",
           &T::labels,
           0,
           0,
           false,
           {},
           "table or SELECT of (id, label): names of the points; by default those that "
           "subjrec_import stored"},
          {"titles",
           &T::titles,
           0,
           0,
           false,
           {},
           "explorer: table or SELECT of (work, title); by default those of subjrec_import"},
          {"color",
           &T::color,
           0,
           0,
           false,
           {},
           "table or SELECT of (id, value): colours by a text or a number; or one colour, such as "
           "\"#0072b2\"; by default by cluster"},
          {"clusters",
           &T::clusters,
           0,
           0,
           false,
           {},
           "colour the dense regions of the map and name them; false: all points alike"},
          {"min_works",
           &T::min_works,
           0,
           1e9,
           false,
           {},
           "subjects and explorer: leave out subjects on fewer works"},
          {"size", &T::size, 0, 20, true, {}, "how large the points are, times the usual"},
          {"size_by",
           &T::size_by,
           0,
           0,
           false,
           {"works", "none"},
           "\"works\": the more works, the larger (of works: the more subjects); \"none\": all "
           "alike"},
          {"opacity",
           &T::opacity,
           0,
           1,
           false,
           {},
           "of a point, up to 1; 0: by how many points there are"},
          {"heldout",
           &T::heldout,
           0,
           0,
           false,
           {},
           "reliability: table or SELECT of (work, subject) that was not trained on"},
          {"metric", &T::metric, 0, 0, false, {}, "tuning: the column that says how good a run is"},
          {"axis",
           &T::axis,
           0,
           0,
           false,
           {},
           "tuning: the option of the grid along the axis; \"\": the one with the most values"},
          {"works", &T::works, 0, 1e6, false, {}, "explorer: how many works at the most"},
      },
      {{"colour", "color"},
       {"c", "color"},
       {"hue", "color"},
       {"label", "labels"},
       {"names", "labels"},
       {"title", "titles"},
       {"n_works", "works"}});
  return table;
}

PlotData::PlotData(Connection& connection, std::string_view who, std::shared_ptr<ModelHandle> model)
    : connection_(connection), who_(who), model_(std::move(model)), monitor_(connection.db()) {}

Result<PlotData> PlotData::open(Connection& connection, std::string_view who,
                                std::string_view model) {
  SUBJREC_ASSIGN(auto handle, ModelHandle::open(connection, who, model));
  return PlotData(connection, who, std::move(handle));
}

Status PlotData::need(Kind kind) {
  return kind == Kind::kWork ? model_->need_work_embeddings(who_) : Status();
}

std::span<const float> PlotData::embeddings(Kind kind) const {
  const Model& model = model_->loaded()->stored.model;
  return kind == Kind::kWork ? model.works : model.subjects;
}

const IdTable& PlotData::ids(Kind kind) const {
  const auto loaded = model_->loaded();
  return kind == Kind::kWork ? loaded->works->ids : loaded->stored.subjects;
}

Result<std::string> PlotData::caption() {
  const Config& config = model_->loaded()->stored.config;
  const auto value = [&](const char* key) {
    const auto at = config.find(key);
    return at == config.end() ? std::string() : at->second;
  };
  std::string text = value("algorithm") + ", " + value("embedding_dim") + " dimensions, " +
                     value("n_works") + " works, " + value("n_subjects") + " subjects";
  return text;
}

Result<std::vector<HistoryRow>> PlotData::history() {
  SUBJREC_ASSIGN(Statement query,
                 Statement::prepare(connection_.db(), who_,
                                    "SELECT step, epoch, metric, value FROM " +
                                        shadow(model_->name(), "history") + " ORDER BY rowid"));
  std::vector<HistoryRow> rows;
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query.step(who_));
    if (!row) return rows;
    const int type = sqlite3_value_type(query.value(3));
    if (sqlite3_value_type(query.value(2)) != SQLITE_TEXT || !std::isfinite(query.real(3)) ||
        (type != SQLITE_FLOAT && type != SQLITE_INTEGER)) {
      return corrupt(who_, model_->name(), "history",
                     "row " + std::to_string(rows.size() + 1) + " is not a metric and its value");
    }
    rows.push_back({query.integer(0), query.integer(1), std::string(query.text(2)), query.real(3)});
  }
}

std::string PlotData::source_or(const std::string& given, const char* table_select) const {
  if (!given.empty()) return given;
  return Statement::prepare(connection_.db(), who_, table_select).ok() ? table_select : "";
}

Result<std::vector<std::string>> PlotData::texts(const std::string& source, const char* argument,
                                                 const IdTable& ids) {
  std::vector<std::string> texts(ids.size());
  if (source.empty()) return texts;
  SUBJREC_ASSIGN(
      SourceReader reader,
      SourceReader::open(connection_.db(), who_,
                         {.text = source, .argument = argument, .columns = "id and text"}));
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor_));
    if (!row) return texts;
    const auto id = id_of(reader.value(0));
    const auto at = id ? ids.find(*id) : std::nullopt;
    if (at) texts[*at] = shorten(text_of(reader.value(1)), kLongestText);
  }
}

Result<std::vector<MapPoint>> PlotData::map_points(Kind kind, const std::string& labels,
                                                   int min_works) {
  SUBJREC_TRY(need(kind));
  const bool works = kind == Kind::kWork;
  const IdTable& all = ids(kind);
  const auto loaded = model_->loaded();
  SUBJREC_ASSIGN(const StoredMap map, read_map(connection_.db(), who_, model_->name(), kind, all));
  SUBJREC_TRY(need_whole_map(who_, model_->name(), kind, map));
  std::vector<MapPoint> points;
  SUBJREC_ASSIGN(const std::vector<std::string> names,
                 texts(source_or(labels, works ? "SELECT work_id, title FROM works"
                                               : "SELECT subject_id, label FROM subjects"),
                       "option \"labels\"", all));
  kept_.clear();
  place_.assign(all.size(), kLeftOut);
  for (uint32_t i = 0; i < all.size(); ++i) {
    const double weight = works
                              ? static_cast<double>(loaded->works->data.interactions.row(i).size())
                              : static_cast<double>(loaded->stored.subject_works[i]);
    if (!works && weight < min_works) continue;
    const IdView id = all[i];
    place_[i] = static_cast<uint32_t>(kept_.size());
    kept_.push_back(i);
    points.push_back({map.xy[2 * i], map.xy[2 * i + 1], names[i], weight,
                      id.kind == IdKind::kText ? std::string(id.bytes) : id_text(id)});
  }
  return points;
}

std::vector<float> PlotData::kept_embeddings(Kind kind) const {
  std::vector<float> rows;
  rows.reserve(kept_.size() * dim());
  for (const uint32_t i : kept_) {
    const auto row = embeddings(kind).subspan(i * dim(), dim());
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

Result<PointColors> PlotData::colors(Kind kind, const std::string& source) {
  const IdTable& all = ids(kind);
  SUBJREC_ASSIGN(SourceReader reader,
                 SourceReader::open(
                     connection_.db(), who_,
                     {.text = source, .argument = "option \"color\"", .columns = "id and value"}));
  PointColors colors;
  colors.title = sqlite3_column_name(reader.statement(), 1);
  colors.categories.resize(kept_.size());
  colors.numbers.assign(kept_.size(), std::numeric_limits<double>::quiet_NaN());
  bool numeric = true;
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor_));
    if (!row) break;
    const auto id = id_of(reader.value(0));
    const auto at = id ? all.find(*id) : std::nullopt;
    if (!at || place_[*at] == kLeftOut || reader.is_null(1)) continue;
    const uint32_t point = place_[*at];
    const int type = sqlite3_value_type(reader.value(1));
    numeric = numeric && (type == SQLITE_INTEGER || type == SQLITE_FLOAT);
    colors.numbers[point] = sqlite3_value_double(reader.value(1));
    colors.categories[point] = shorten(text_of(reader.value(1)), kLongestText);
  }
  if (numeric)
    colors.categories.clear();
  else
    colors.numbers.clear();
  return colors;
}

Result<BroaderTerms> PlotData::broader_terms(Kind kind) {
  constexpr const char* kSelect =
      "SELECT b.subject_id, s.label FROM subject_broader AS b "
      "JOIN subjects AS s ON s.subject_id = b.broader_id";
  BroaderTerms terms;
  if (kind == Kind::kWork || source_or("", kSelect).empty()) return terms;
  SUBJREC_ASSIGN(SourceReader reader,
                 SourceReader::open(
                     connection_.db(), who_,
                     {.text = kSelect, .argument = "subject_broader", .columns = "id and text"}));
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor_));
    if (!row) break;
    const auto id = id_of(reader.value(0));
    const auto at = id ? ids(kind).find(*id) : std::nullopt;
    if (!at || place_[*at] == kLeftOut || reader.is_null(1)) continue;
    terms.emplace_back(place_[*at], shorten(text_of(reader.value(1)), kLongestText));
  }
  std::sort(terms.begin(), terms.end());
  return terms;
}

Result<PointColors> PlotData::cluster_colors_of(Kind kind, const std::vector<MapPoint>& points) {
  std::vector<float> xy;
  for (const MapPoint& point : points) {
    xy.push_back(static_cast<float>(point.x));
    xy.push_back(static_cast<float>(point.y));
  }
  SUBJREC_ASSIGN(const std::vector<uint32_t> clusters,
                 said_by(who_, density_clusters(xy, {}, monitor_)));
  SUBJREC_ASSIGN(const BroaderTerms broader, broader_terms(kind));
  SUBJREC_ASSIGN(const std::vector<double> typical,
                 typicality(kept_embeddings(kind), dim(), clusters, kNoCluster, monitor_));
  SUBJREC_ASSIGN(const std::vector<std::string> names,
                 cluster_names(clusters, kNoCluster, points, typical, broader, monitor_));
  return cluster_colors(clusters, names, points);
}

}  // namespace subjrec
