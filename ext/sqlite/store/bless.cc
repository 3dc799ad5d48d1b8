#include "sqlite/store/bless.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sqlite/store/shadow_tables.h"

namespace subjrec {
namespace {

/// Works in the order of their ids, as every reader supposes them.
Status sort_works(StoredWorks* works, Model* model, Monitor& monitor) {
  StoredWorks old = *works;
  const std::vector<float> embeddings = model->works;
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, works->ids.sort(monitor));
  std::vector<size_t> from(moved.size());
  for (size_t w = 0; w < moved.size(); ++w) from[moved[w]] = w;
  Interactions& y = works->data.interactions;
  SparseRows& f = works->data.work_features;
  y.subjects.clear();
  y.weights.clear();
  f.columns.clear();
  f.weights.clear();
  for (size_t w = 0; w < from.size(); ++w) {
    const SubjectRow row = old.data.interactions.weighted_row(from[w]);
    y.subjects.insert(y.subjects.end(), row.begin(), row.end());
    y.weights.insert(y.weights.end(), row.weights.begin(), row.weights.end());
    y.offsets[w + 1] = y.subjects.size();
    if (!embeddings.empty())
      std::copy_n(embeddings.begin() + static_cast<ptrdiff_t>(from[w] * model->dim), model->dim,
                  model->works.begin() + static_cast<ptrdiff_t>(w * model->dim));
    if (f.offsets.empty()) continue;
    const SparseRows& features = old.data.work_features;
    for (size_t e = features.offsets[from[w]]; e < features.offsets[from[w] + 1]; ++e) {
      f.columns.push_back(features.columns[e]);
      f.weights.push_back(features.weights[e]);
    }
    f.offsets[w + 1] = f.columns.size();
  }
  return {};
}

}  // namespace

Status bless_model(sqlite3* db, std::string_view who, const ModelName& name, Monitor& monitor) {
  SUBJREC_ASSIGN(StoredModel stored, read_model(db, who, name, monitor, Checks::kShape));
  SUBJREC_ASSIGN(StoredWorks works, read_works(db, who, name, &stored, monitor, Checks::kShape));
  SUBJREC_TRY(sort_works(&works, &stored.model, monitor));
  const std::vector<HistoryRow> kept;
  // Of one shard the numbers of works are those of all.
  const bool shard = stored.n_works_counted != stored.n_works;
  const std::vector<uint64_t> counted(stored.subject_works.begin(), stored.subject_works.end());
  Config config;
  if (!shard && stored.config.count("n_works_of_all_shards") != 0) {
    config["n_works_of_all_shards"] = std::to_string(works.ids.size());
  }
  const StoredRun run{.model = stored.model,
                      .data = works.data,
                      .works = works.ids,
                      .subjects = stored.subjects,
                      .features = stored.features,
                      .history = kept,
                      .config = config,
                      .subject_works = shard ? &counted : nullptr,
                      .computed_works = stored.computed};
  SUBJREC_ASSIGN([[maybe_unused]] const std::string digest,
                 write_model(db, who, name, run, monitor, Keep::kItsHistory));
  return {};
}

}  // namespace subjrec
