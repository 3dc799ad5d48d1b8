#include "core/evaluate/evaluate.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/evaluate/metrics.h"
#include "core/evaluate/ranks.h"
#include "core/evaluate/thresholds.h"

namespace subjrec {
namespace {

using Gain = GainTable::Gain;

double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

/// What every step below reads and the metrics that it appends to.
struct Report {
  const Interactions& heldout;
  const EvaluateOptions& options;
  const Ranks& ranks;
  const std::vector<uint32_t>& popularity;  // training works of each subject
  Monitor& monitor;
  std::vector<std::pair<std::string, double>>& metrics;

  double rows() const { return static_cast<double>(ranks.trials.size() + options.unknown_rows); }
  double works() const { return static_cast<double>(ranks.works.size() + options.unknown_works); }
  std::span<const RankedTestItem> trials(size_t i) const {
    const uint32_t w = ranks.works[i];
    return {ranks.trials.data() + heldout.offsets[w], heldout.row(w).size()};
  }
  /// How many right answers work i has: those that the model lacks are missed.
  size_t relevant(size_t i) const {
    const uint32_t w = ranks.works[i];
    const size_t unknown = options.unknown_subjects.empty() ? 0 : options.unknown_subjects[w];
    return heldout.row(w).size() + unknown;
  }
  void add(std::string_view name, double value) { metrics.emplace_back(name, value); }
  void add(std::string_view name, size_t k, double value) {
    metrics.emplace_back(std::string(name) + "@" + std::to_string(k), value);
  }
};

void row_metrics(Report& r, size_t k) {
  const GainTable hit(Gain::kHit, k);
  const GainTable discounted(Gain::kDiscounted, k);
  const GainTable reciprocal(Gain::kReciprocal, k);
  double recall = 0;
  double ndcg = 0;
  double mrr = 0;
  for (const RankedTestItem& trial : r.ranks.trials) {
    recall += expected_gain(hit, trial);
    ndcg += expected_gain(discounted, trial);
    mrr += expected_gain(reciprocal, trial);
  }
  r.add("recall", k, ratio(recall, r.rows()));
  r.add("ndcg", k, ratio(ndcg, r.rows()));
  r.add("mrr", k, ratio(mrr, r.rows()));
}

double f1(double hits, size_t listed, size_t relevant) {
  return ratio(2 * hits, static_cast<double>(listed + relevant));
}

Status work_metrics(Report& r, size_t k) {
  const GainTable hit(Gain::kHit, k);
  const GainTable discounted(Gain::kDiscounted, k);
  double recall = 0;
  double ndcg = 0;
  double mrr = 0;
  double precision = 0;
  double map = 0;
  double f = 0;
  std::vector<TieGroup> groups;
  for (size_t i = 0; i < r.ranks.works.size(); ++i) {
    if (i % 4096 == 0 && r.monitor.stop()) return Status::interrupted();
    const std::span<const RankedTestItem> trials = r.trials(i);
    const size_t relevant = r.relevant(i);
    const size_t most = std::min(k, relevant);
    tie_groups(trials, &groups);
    const double hits = expected_gain(hit, groups);
    recall += hits / static_cast<double>(relevant);
    ndcg += expected_gain(discounted, groups) / discounted.prefix(most);
    mrr += expected_reciprocal_rank(groups, k);
    precision += hits / static_cast<double>(k);
    map += expected_precision_sum(groups, k) / static_cast<double>(most);
    f += f1(hits, std::min<size_t>(k, r.ranks.candidates[i]), relevant);
  }
  r.add("work_recall", k, ratio(recall, r.works()));
  r.add("work_ndcg", k, ratio(ndcg, r.works()));
  r.add("work_mrr", k, ratio(mrr, r.works()));
  r.add("precision", k, ratio(precision, r.works()));
  r.add("map", k, ratio(map, r.works()));
  r.add("f1", k, ratio(f, r.works()));
  return {};
}

void list_metrics(Report& r, size_t k) {
  std::vector<uint32_t> listed(r.popularity.size(), 0);
  double popularity = 0;
  double entries = 0;
  for (size_t i = 0; i < r.ranks.works.size(); ++i) {
    const size_t length = std::min<size_t>(k, r.ranks.list_lengths[i]);
    for (size_t j = 0; j < length; ++j) {
      const uint32_t s = r.ranks.lists[i * r.ranks.list_length + j];
      ++listed[s];
      popularity += r.popularity[s];
    }
    entries += static_cast<double>(length);
  }
  const auto covered =
      std::count_if(listed.begin(), listed.end(), [](uint32_t n) { return n > 0; });
  r.add("coverage", k, ratio(static_cast<double>(covered), static_cast<double>(listed.size())));
  r.add("gini", k, gini(std::move(listed)));
  r.add("popularity", k, ratio(popularity, entries));
}

Status whole_ranking_metrics(Report& r) {
  const GainTable five(Gain::kHit, 5);
  size_t longest = r.popularity.size();
  for (size_t i = 0; i < r.ranks.works.size(); ++i) longest = std::max(longest, r.relevant(i));
  const GainTable all(Gain::kDiscounted, longest);
  double f = 0;
  double ndcg = 0;
  double auc = 0;
  double loss = 0;
  double cells = 0;
  std::vector<TieGroup> groups;
  for (size_t i = 0; i < r.ranks.works.size(); ++i) {
    if (i % 4096 == 0 && r.monitor.stop()) return Status::interrupted();
    const std::span<const RankedTestItem> trials = r.trials(i);
    const size_t candidates = r.ranks.candidates[i];
    tie_groups(trials, &groups);
    f += f1(expected_gain(five, groups), std::min<size_t>(5, candidates), r.relevant(i));
    ndcg += expected_gain(all, groups) / all.prefix(r.relevant(i));
    const auto others = static_cast<double>(candidates - trials.size());
    for (const RankedTestItem& t : trials) {
      auc += others == 0 ? 1 : 1 - (t.others_better + 0.5 * t.others_equal) / others;
    }
    loss += r.ranks.losses[i];
    cells += static_cast<double>(candidates);
  }
  const auto& ks = r.options.k;
  if (std::find(ks.begin(), ks.end(), 5) == ks.end()) r.add("f1", 5, ratio(f, r.works()));
  r.add("ndcg", ratio(ndcg, r.works()));
  r.add("auc", ratio(auc, static_cast<double>(r.ranks.trials.size())));
  r.add("loss", ratio(loss, cells));
  return {};
}

double median_rank(const Report& r) {
  std::vector<double> ranks;
  for (const RankedTestItem& t : r.ranks.trials) ranks.push_back(t.better + 1 + t.equal / 2.0);
  ranks.resize(ranks.size() + r.options.unknown_rows, std::numeric_limits<double>::infinity());
  if (ranks.empty()) return 0;
  std::sort(ranks.begin(), ranks.end());
  const size_t half = ranks.size() / 2;
  return ranks.size() % 2 == 1 ? ranks[half] : (ranks[half - 1] + ranks[half]) / 2;
}

/// Whether a few subjects make up most of what is held out.
void few_subjects(Report& r) {
  constexpr size_t kFew = 10;
  const std::vector<uint32_t> counts = r.heldout.subject_counts();
  std::vector<uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t few = std::min(kFew, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(few), order.end(),
                    [&](uint32_t a, uint32_t b) {
                      return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
                    });
  double rows = 0;
  double pairs = 0;
  for (size_t i = 0; i < few; ++i) {
    rows += counts[order[i]];
    pairs += r.popularity[order[i]] + counts[order[i]];
  }
  double all_pairs = static_cast<double>(r.heldout.nnz());
  for (const uint32_t n : r.popularity) all_pairs += n;
  const double share = ratio(rows, static_cast<double>(r.heldout.nnz()));
  r.add("heldout_top10_share", share);
  if (share > 0.5 && share > 2 * ratio(pairs, all_pairs)) r.add("warning: few subjects", share);
}

void rare_metrics(Report& r) {
  std::vector<RankedTestItem> rare;
  for (size_t t = 0; t < r.ranks.trials.size(); ++t) {
    if (r.popularity[r.heldout.subjects[t]] < r.options.rare_below) {
      rare.push_back(r.ranks.trials[t]);
    }
  }
  const auto rows = static_cast<double>(rare.size());
  r.add("rare_rows", rows);
  for (const int k : r.options.k) {
    for (const auto& [name, gain] : {std::pair{"rare_recall", Gain::kHit},
                                     {"rare_ndcg", Gain::kDiscounted},
                                     {"rare_mrr", Gain::kReciprocal}}) {
      const GainTable table(gain, static_cast<size_t>(k));
      double sum = 0;
      for (const RankedTestItem& trial : rare) sum += expected_gain(table, trial);
      r.add(name, static_cast<size_t>(k), ratio(sum, rows));
    }
  }
}

std::vector<SubjectOutcome> subject_outcomes(const Report& r) {
  std::vector<SubjectOutcome> all(r.popularity.size());
  for (size_t i = 0; i < r.ranks.works.size(); ++i) {
    const std::span<const uint32_t> heldout = r.heldout.row(r.ranks.works[i]);
    for (const uint32_t s : heldout) ++all[s].support;
    const size_t length = std::min<size_t>(r.options.k[0], r.ranks.list_lengths[i]);
    for (size_t j = 0; j < length; ++j) {
      const uint32_t s = r.ranks.lists[i * r.ranks.list_length + j];
      const bool right = std::binary_search(heldout.begin(), heldout.end(), s);
      ++(right ? all[s].true_positives : all[s].false_positives);
    }
  }
  std::vector<SubjectOutcome> seen;
  for (size_t s = 0; s < all.size(); ++s) {
    if (all[s].support + all[s].false_positives == 0) continue;
    all[s].subject = static_cast<uint32_t>(s);
    all[s].false_negatives = all[s].support - all[s].true_positives;
    seen.push_back(all[s]);
  }
  return seen;
}

}  // namespace

double SubjectOutcome::precision() const {
  return ratio(true_positives, true_positives + false_positives);
}

double SubjectOutcome::recall() const { return ratio(true_positives, support); }

const double* Evaluation::find(std::string_view name) const {
  for (const auto& [metric, value] : metrics) {
    if (metric == name) return &value;
  }
  return nullptr;
}

Result<Evaluation> evaluate(const Model& model, const TrainData& data, const Interactions& heldout,
                            const EvaluateOptions& options, ThreadTeam& team, Monitor& monitor) {
  if (options.k.empty()) {
    return Status(Code::kInvalid, "evaluate: option \"k\" must name at least one length");
  }
  for (const int k : options.k) {
    if (k < 1 || k > 1000) {
      return Status(Code::kInvalid,
                    "evaluate: option \"k\" must be whole numbers from 1 to 1000, "
                    "got " +
                        std::to_string(k));
    }
  }
  const auto longest = static_cast<size_t>(*std::max_element(options.k.begin(), options.k.end()));
  SUBJREC_ASSIGN(const Ranks ranks,
                 rank_heldout(model, data, heldout, options.shift, longest, team, monitor));
  const std::vector<uint32_t> popularity = data.interactions.subject_counts();
  Evaluation evaluation;
  Report r{heldout, options, ranks, popularity, monitor, evaluation.metrics};
  r.add("rows", r.rows());
  r.add("works", r.works());
  r.add("unknown_rows", static_cast<double>(options.unknown_rows));
  double trained_on = 0;
  for (const uint32_t n : ranks.trained_on) trained_on += n;
  r.add("trained_on", trained_on);
  for (const int k : options.k) {
    row_metrics(r, static_cast<size_t>(k));
    SUBJREC_TRY(work_metrics(r, static_cast<size_t>(k)));
    list_metrics(r, static_cast<size_t>(k));
  }
  SUBJREC_TRY(whole_ranking_metrics(r));
  r.add("median_rank", median_rank(r));
  few_subjects(r);
  rare_metrics(r);
  if (options.thresholds) {
    SUBJREC_TRY(add_thresholds(ranks, heldout, options, monitor, &evaluation.metrics));
  }
  evaluation.subjects = subject_outcomes(r);
  return evaluation;
}

}  // namespace subjrec
