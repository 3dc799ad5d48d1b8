#include "core/plot/explorer.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "core/plot/text.h"

namespace subjrec {

// ext/core/plot/explorer/, embedded by the build.
extern const std::string_view asset_explorer_html;
extern const std::string_view asset_explorer_css;
extern const std::string_view asset_view_js;
extern const std::string_view asset_panel_js;
extern const std::string_view asset_search_js;
extern const std::string_view asset_input_js;

namespace {

constexpr double kGrid = 65535;  // positions are whole numbers up to this

Status check_scored(const std::vector<ScoredPoint>& scored, size_t n_points,
                    const std::string& whose) {
  for (const ScoredPoint& s : scored) {
    if (s.point >= n_points) {
      return {Code::kInvalid, whose + " name point " + format_count(s.point) +
                                  ", but there are only " + format_count(n_points)};
    }
    if (!std::isfinite(s.value)) {
      return {Code::kInvalid, whose + " have a value that is not finite"};
    }
  }
  return {};
}

Status check(const Explorer& e) {
  const size_t n = e.points.size();
  SUBJREC_TRY(check_points(e.points, "the map of model \"" + e.model + "\""));
  if (!e.neighbours.empty() && e.neighbours.size() != n) {
    return {Code::kInvalid, "want neighbours for each of " + format_count(n) + " points, got " +
                                format_count(e.neighbours.size()) + " lists"};
  }
  for (size_t i = 0; i < e.neighbours.size(); ++i) {
    SUBJREC_TRY(check_scored(e.neighbours[i], n,
                             "the neighbours of \"" + display_label(e.points[i]) + "\""));
  }
  if (!e.suited.of_points.empty() && e.suited.of_points.size() != n) {
    return {Code::kInvalid, "want works for each of " + format_count(n) + " points, got " +
                                format_count(e.suited.of_points.size()) + " lists"};
  }
  for (const std::vector<uint32_t>& list : e.suited.of_points) {
    for (const uint32_t work : list) {
      if (work < e.suited.works.size()) continue;
      return {Code::kInvalid, "a point names work " + format_count(work) + ", but there are only " +
                                  format_count(e.suited.works.size())};
    }
  }
  for (const ExplorerWork& work : e.works) {
    const std::string whose = " subjects of work \"" + work.title + "\"";
    SUBJREC_TRY(check_scored(work.recommended, n, "the recommended" + whose));
    std::vector<ScoredPoint> own;
    for (const uint32_t subject : work.subjects) own.push_back({subject, 0});
    SUBJREC_TRY(check_scored(own, n, "the" + whose));
  }
  return {};
}

/// Appends [f(0),f(1),...].
template <class F>
void append_list(size_t n, std::string* out, F&& append_item) {
  *out += '[';
  for (size_t i = 0; i < n; ++i) {
    if (i > 0) *out += ',';
    append_item(i);
  }
  *out += ']';
}

/// [place,thousandths,place,thousandths,...]
void append_scored(const std::vector<ScoredPoint>& scored, std::string* out) {
  append_list(scored.size(), out, [&](size_t i) {
    *out += std::to_string(scored[i].point) + ',' + format_number(scored[i].value * 1000, 0);
  });
}

/// Positions on the page's grid: one scale for both axes, y downwards.
class Grid {
 public:
  explicit Grid(const MapFrame& frame) : frame_(frame) {
    const double side = std::max(frame.right - frame.left, frame.top - frame.bottom);
    scale_ = side > 0 ? kGrid / side : 0;
  }
  std::string x(double v) const {
    return format_number((std::clamp(v, frame_.left, frame_.right) - frame_.left) * scale_, 0);
  }
  std::string y(double v) const {
    return format_number((frame_.top - std::clamp(v, frame_.bottom, frame_.top)) * scale_, 0);
  }

 private:
  MapFrame frame_;
  double scale_ = 0;
};

void append_points(const Explorer& e, const ColorClasses& classes, std::string* out) {
  const Grid grid(frame_of(e.points));
  const size_t n = e.points.size();
  *out += ",\n\"x\":";
  append_list(n, out, [&](size_t i) { *out += grid.x(e.points[i].x); });
  *out += ",\n\"y\":";
  append_list(n, out, [&](size_t i) { *out += grid.y(e.points[i].y); });
  *out += ",\n\"weights\":";
  append_list(n, out, [&](size_t i) { *out += format_number(e.points[i].weight, 3); });
  *out += ",\n\"labels\":";
  append_list(n, out, [&](size_t i) { append_json(display_label(e.points[i]), out); });
  *out += ",\n\"ids\":";
  append_list(n, out, [&](size_t i) { append_json(e.points[i].id, out); });
  *out += ",\n\"colors\":";
  append_list(n, out, [&](size_t i) {
    *out += std::to_string(classes.colors.empty() ? 0 : classes.colors[i]);
  });
  *out += ",\n\"near\":";
  append_list(e.neighbours.size(), out, [&](size_t i) { append_scored(e.neighbours[i], out); });
}

std::string shown_title(const std::string& title) { return title.empty() ? "(no title)" : title; }

/// The names of clusters and where they stand.
void append_regions(const Explorer& e, std::string* out) {
  const Grid grid(frame_of(e.points));
  const std::vector<MapRegion>& regions = e.colors.regions;
  *out += ",\n\"regions\":";
  append_list(regions.size(), out, [&](size_t i) {
    *out += "{\"name\":";
    append_json(regions[i].name, out);
    *out += ",\"x\":" + grid.x(regions[i].x) + ",\"y\":" + grid.y(regions[i].y) +
            ",\"count\":" + std::to_string(regions[i].count) + '}';
  });
  *out += ",\n\"region\":";
  append_list(e.colors.clusters.size(), out, [&](size_t i) {
    const uint32_t c = e.colors.clusters[i];
    *out += c < regions.size() ? std::to_string(c) : "-1";
  });
}

void append_suited(const Explorer& e, std::string* out) {
  const std::vector<WorkName>& works = e.suited.works;
  *out += ",\n\"searched\":";
  append_json(e.suited.searched < e.n_works
                  ? format_count(e.suited.searched) + " of " + format_count(e.n_works)
                  : "",
              out);
  *out += ",\n\"suited\":";
  append_list(e.suited.of_points.size(), out, [&](size_t i) {
    const std::vector<uint32_t>& list = e.suited.of_points[i];
    append_list(list.size(), out, [&](size_t k) { *out += std::to_string(list[k]); });
  });
  *out += ",\n\"titles\":";
  append_list(works.size(), out, [&](size_t w) { append_json(shown_title(works[w].title), out); });
  *out += ",\n\"workIds\":";
  append_list(works.size(), out, [&](size_t w) { append_json(works[w].id, out); });
  *out += ",\n\"shown\":";
  append_list(works.size(), out,
              [&](size_t w) { *out += works[w].shown ? std::to_string(*works[w].shown) : "-1"; });
}

void append_works(const std::vector<ExplorerWork>& works, std::string* out) {
  *out += ",\n\"works\":";
  append_list(works.size(), out, [&](size_t w) {
    *out += "{\"title\":";
    append_json(shown_title(works[w].title), out);
    *out += ",\"id\":";
    append_json(works[w].id, out);
    *out += ",\"subjects\":";
    append_list(works[w].subjects.size(), out,
                [&](size_t i) { *out += std::to_string(works[w].subjects[i]); });
    *out += ",\"recommended\":";
    append_scored(works[w].recommended, out);
    *out += '}';
  });
}

std::string facts(const Explorer& e) {
  std::string text = format_count(e.points.size()) + " subjects";
  if (e.works.empty()) return text;
  text += ", " + format_count(e.works.size());
  if (e.n_works > e.works.size()) text += " of " + format_count(e.n_works);
  return text + " works";
}

std::string data_json(const Explorer& e, const ColorClasses& classes) {
  std::string json = "{\"facts\":";
  append_json(facts(e), &json);
  json += ",\"noun\":";
  append_json(e.weight_noun, &json);
  json += ",\"scale\":";
  json += classes.scale ? "true" : "false";
  json += ",\"colorTitle\":";
  append_json(e.colors.title, &json);
  json += ",\"key\":";
  append_list(classes.key.size(), &json, [&](size_t i) {
    json += "{\"color\":" + std::to_string(classes.key[i].color) + ",\"name\":";
    append_json(classes.key[i].name, &json);
    json += '}';
  });
  json += ",\"style\":{\"size\":" + format_number(e.style.size, 3) +
          ",\"byWeight\":" + (e.style.by_weight ? "true" : "false") +
          ",\"opacity\":" + format_number(e.style.opacity, 3) + ",\"one\":";
  append_json(e.style.one_color, &json);
  json += '}';
  append_points(e, classes, &json);
  append_regions(e, &json);
  append_suited(e, &json);
  append_works(e.works, &json);
  return json + '}';
}

/// `page` with each {{name}} replaced; what is put in is not looked at again.
std::string fill(std::string_view page,
                 const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string filled;
  while (true) {
    const size_t open = page.find("{{");
    filled += page.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const size_t close = page.find("}}", open);
    const std::string_view name = page.substr(open + 2, close - open - 2);
    for (const auto& [key, value] : values) {
      if (key == name) filled += value;
    }
    page.remove_prefix(close + 2);
  }
}

}  // namespace

Result<std::string> explorer_html(const Explorer& explorer) {
  SUBJREC_TRY(check(explorer));
  SUBJREC_ASSIGN(const ColorClasses classes,
                 choose_colors(explorer.colors, explorer.points.size()));
  std::string script;
  for (const std::string_view part :
       {asset_view_js, asset_panel_js, asset_search_js, asset_input_js}) {
    (script += part) += '\n';
  }
  return fill(asset_explorer_html, {{"title", xml_escape(explorer.model + ": map of subjects")},
                                    {"style", std::string(asset_explorer_css)},
                                    {"script", script},
                                    {"data", data_json(explorer, classes)}});
}

}  // namespace subjrec
