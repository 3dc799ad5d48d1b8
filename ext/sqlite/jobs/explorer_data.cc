// What the explorer's page says of subjects and works beside where they lie.
#include <algorithm>
#include <utility>

#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/work_rows.h"
#include "core/plot/text.h"
#include "core/retrieval/suited_works.h"
#include "sqlite/jobs/plot_data.h"

namespace subjrec {
namespace {

constexpr size_t kLongestName = 100;  // characters of a title beside which nothing else is said

std::string shown_id(const IdView& id) {
  return id.kind == IdKind::kText ? std::string(id.bytes) : id_text(id);
}

/// `n` of `all`, evenly spaced.
size_t spaced(size_t i, size_t n, size_t all) { return i * all / n; }

}  // namespace

Result<std::vector<std::vector<ScoredPoint>>> PlotData::neighbours(size_t k) {
  SUBJREC_TRY(model_->need_subject_cosines());
  const auto loaded = model_->loaded();
  std::vector<std::vector<ScoredPoint>> lists(kept_.size());
  // Where some are left out, more are asked for, to have k of the others as a rule.
  const size_t asked = kept_.size() == place_.size() ? k : 4 * k;
  TopKScratch scratch;
  std::vector<ScoredItem> hits;
  for (size_t point = 0; point < kept_.size(); ++point) {
    const uint32_t self[] = {kept_[point]};
    SUBJREC_TRY(loaded->subject_cosines->nearest(loaded->subject(kept_[point]), asked, self,
                                                 monitor_, &scratch, &hits));
    for (const ScoredItem& hit : hits) {
      if (place_[hit.item] == kLeftOut || lists[point].size() == k) continue;
      lists[point].push_back({place_[hit.item], double{hit.score}});
    }
    if (monitor_.stop()) return Status::interrupted();
  }
  return lists;
}

Result<ExplorerWork> PlotData::work(uint32_t w, const std::string& title, size_t k) {
  const auto loaded = model_->loaded();
  const IdView id = loaded->works->ids[w];
  ExplorerWork work{title, shown_id(id), {}, {}};
  for (const uint32_t subject : loaded->works->data.interactions.row(w)) {
    if (place_[subject] != kLeftOut) work.subjects.push_back(place_[subject]);
  }
  SUBJREC_ASSIGN(const std::optional<WorkRow> row, model_->find_work(who_, id));
  if (!row) return work;
  ListRequest request{.k = k, .exclude = row->subjects, .carried = row->subjects};
  if (kept_.size() < place_.size()) request.candidates = kept_;
  TopKScratch scratch;
  RecommendationList list;
  SUBJREC_TRY(loaded->top_k(*row, request, monitor_, &scratch, &list));
  for (size_t at = 0; at < list.hits.size(); ++at) {
    work.recommended.push_back({place_[list.hits[at].item],
                                loaded->probability(list.raw_score(at), row->subjects.empty())});
  }
  return work;
}

Result<SuitedWorks> PlotData::suited(const std::vector<std::string>& titles, size_t n_shown,
                                     size_t k) {
  const StoredWorks& all = *model_->loaded()->works;
  const std::vector<uint32_t> searched = searched_works(all.ids.size(), kept_.size());
  const WorkRows embeddings(model_->loaded()->stored.model, all.data);
  std::vector<float> rows(searched.size() * dim());
  std::vector<std::pair<uint32_t, uint32_t>> carried;
  for (uint32_t i = 0; i < searched.size(); ++i) {
    embeddings.copy_row(searched[i], rows.data() + i * dim());
    for (const uint32_t subject : all.data.interactions.row(searched[i])) {
      if (place_[subject] != kLeftOut) carried.emplace_back(place_[subject], i);
    }
  }
  ThreadTeam team(resolve_threads(0));
  SUBJREC_ASSIGN(const HitLists lists, suited_works(rows, kept_embeddings(Kind::kSubject), dim(),
                                                    std::move(carried), k, team, monitor_));
  std::vector<std::optional<uint32_t>> shown(all.ids.size());
  for (uint32_t i = 0; i < n_shown; ++i) shown[spaced(i, n_shown, all.ids.size())] = i;
  SuitedWorks suited;
  suited.searched = searched.size();
  std::vector<uint32_t> named(searched.size(), kLeftOut);  // its place among the names
  for (size_t point = 0; point < kept_.size(); ++point) {
    std::vector<uint32_t>& list = suited.of_points.emplace_back();
    for (const ScoredItem& hit : lists.list(point)) {
      const uint32_t w = searched[hit.item];
      if (named[hit.item] == kLeftOut) {
        named[hit.item] = static_cast<uint32_t>(suited.works.size());
        suited.works.push_back({shorten(titles[w], kLongestName), shown_id(all.ids[w]), shown[w]});
      }
      list.push_back(named[hit.item]);
    }
  }
  return suited;
}

Status PlotData::add_works(int most, const std::string& titles, size_t k, size_t k_suited,
                           Explorer* explorer) {
  SUBJREC_TRY(model_->need_works(who_));
  const StoredWorks& all = *model_->loaded()->works;
  SUBJREC_ASSIGN(
      const std::vector<std::string> names,
      texts(source_or(titles, "SELECT work_id, title FROM works"), "option \"titles\"", all.ids));
  explorer->n_works = all.ids.size();
  const size_t n = std::min(all.ids.size(), static_cast<size_t>(most));
  for (size_t i = 0; i < n; ++i) {
    const size_t w = spaced(i, n, all.ids.size());
    SUBJREC_ASSIGN(ExplorerWork shown, work(static_cast<uint32_t>(w), names[w], k));
    explorer->works.push_back(std::move(shown));
    if (monitor_.stop()) return Status::interrupted();
  }
  if (n == 0) return {};
  SUBJREC_ASSIGN(explorer->suited, suited(names, n, k_suited));
  return {};
}

}  // namespace subjrec
