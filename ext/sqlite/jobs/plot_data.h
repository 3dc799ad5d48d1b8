// What the plots of a model show, fetched from its tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/options/option_table.h"
#include "core/plot/clusters.h"
#include "core/plot/explorer.h"
#include "core/plot/map_point.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/source/kind_argument.h"
#include "sqlite/store/model_handle.h"

namespace subjrec {

struct PlotOptions {
  std::string labels;           // table or SELECT of (id, label): names of the points
  std::string titles;           // table or SELECT of (work, title), for the explorer
  std::string color;            // table or SELECT of (id, value): or "#0072b2": one colour
  bool clusters = true;         // colour by clusters where `color` is empty; else all points alike
  std::string metric = "ndcg";  // tuning: the column of quality
  std::string axis;             // tuning: the option along the axis; "": that with the most values
  std::string heldout;          // reliability: table or SELECT of (work, subject)
  int min_works = 0;            // subjects on fewer works are left out
  double size = 1;              // of the points, times the usual
  std::string size_by = "works";  // or "none": all points alike
  double opacity = 0;             // 0: by how many points there are
  int works = 2000;               // the explorer shows this many works at the most

  OptionNames given;
};

const OptionTable<PlotOptions>& plot_option_table();

class PlotData {
 public:
  static Result<PlotData> open(Connection& connection, std::string_view who,
                               std::string_view model);

  ModelHandle& model() { return *model_; }
  Monitor& monitor() { return monitor_; }
  size_t dim() const { return model_->loaded()->stored.model.dim; }
  std::span<const float> embeddings(Kind kind) const;
  const IdTable& ids(Kind kind) const;

  /// What the model was trained with, in one line.
  Result<std::string> caption();
  Result<std::vector<HistoryRow>> history();
  /// The points of the stored map, in the order of their ids. Labels come from `labels`, or, where
  /// that is empty, from the tables that subjrec_import makes, if they are there.
  /// Subjects on fewer works than `min_works` are left out; everything below speaks of the others,
  /// by their places among these points.
  Result<std::vector<MapPoint>> map_points(Kind kind, const std::string& labels, int min_works);
  Result<PointColors> colors(Kind kind, const std::string& source);
  /// The clusters of these points, by density, with names: of subjects by the broader terms as well
  /// that `subject_broader(subject_id, broader_id)` has, where there is such a table.
  Result<PointColors> cluster_colors_of(Kind kind, const std::vector<MapPoint>& points);
  /// The k nearest subjects of every subject.
  Result<std::vector<std::vector<ScoredPoint>>> neighbours(size_t k);
  /// `most` works, evenly spaced, with their k best new subjects; and, where there are any, for
  /// each subject the works of the nearest embeddings that lack it (core/retrieval/suited_works.h).
  Status add_works(int most, const std::string& titles, size_t k, size_t k_suited,
                   Explorer* explorer);

 private:
  PlotData(Connection& connection, std::string_view who, std::shared_ptr<ModelHandle> model);

  static constexpr uint32_t kLeftOut = 0xffffffff;

  Status need(Kind kind);
  Result<ExplorerWork> work(uint32_t w, const std::string& title, size_t k);
  Result<SuitedWorks> suited(const std::vector<std::string>& titles, size_t n_shown, size_t k);
  /// The embeddings of the points.
  std::vector<float> kept_embeddings(Kind kind) const;
  Result<BroaderTerms> broader_terms(Kind kind);
  Result<std::vector<std::string>> texts(const std::string& source, const char* argument,
                                         const IdTable& ids);
  /// `given`, or the table's two columns if the table is there, or nothing.
  std::string source_or(const std::string& given, const char* table_select) const;

  Connection& connection_;
  std::string who_;
  std::shared_ptr<ModelHandle> model_;
  SqliteMonitor monitor_;
  std::vector<uint32_t> kept_;   // the ids' positions of the points
  std::vector<uint32_t> place_;  // of each id, its point; kLeftOut: none
};

}  // namespace subjrec
