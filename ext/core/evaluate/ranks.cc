#include "core/evaluate/ranks.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "core/evaluate/rank_kernels.h"
#include "core/evaluate/scorer.h"

namespace subjrec {
namespace {

constexpr size_t kManyTrials = 64;
constexpr float kNever = -std::numeric_limits<float>::infinity();

bool contains(std::span<const uint32_t> ascending, uint32_t x) {
  return std::binary_search(ascending.begin(), ascending.end(), x);
}

/// One work: its scores, its subjects in training, the held-out ones.
struct WorkRow {
  float* scores;
  size_t n;
  std::span<const uint32_t> own;
  std::span<const uint32_t> heldout;

  bool excluded(uint32_t s) const { return contains(own, s) && !contains(heldout, s); }
};

/// Puts the excluded subjects below everything; returns how many they are.
uint32_t exclude_own(const WorkRow& row) {
  uint32_t excluded = 0;
  for (const uint32_t s : row.own) {
    if (contains(row.heldout, s)) continue;
    row.scores[s] = kNever;
    ++excluded;
  }
  return excluded;
}

/// How many of some scores are above one, and how many equal it: in order, where many are asked.
/// What is not a number is neither.
class OrderedScores {
 public:
  explicit OrderedScores(std::vector<float> scores) : scores_(std::move(scores)) {
    std::erase_if(scores_, [](float x) { return std::isnan(x); });
    std::sort(scores_.begin(), scores_.end(), std::greater<>());
  }

  void count(float score, uint32_t* above, uint32_t* equal) const {
    if (std::isnan(score)) {
      *above = *equal = 0;
      return;
    }
    const auto first = std::lower_bound(scores_.begin(), scores_.end(), score, std::greater<>());
    const auto last = std::upper_bound(first, scores_.end(), score, std::greater<>());
    *above = static_cast<uint32_t>(first - scores_.begin());
    *equal = static_cast<uint32_t>(last - first);
  }

 private:
  std::vector<float> scores_;
};

/// rank_trials() for a work of many held-out subjects, in n log n steps.
void rank_many_trials(const WorkRow& row, uint32_t excluded, RankedTestItem* trials) {
  std::vector<float> heldout;
  std::vector<float> trained;  // of those that training has
  for (const uint32_t s : row.heldout) {
    heldout.push_back(row.scores[s]);
    if (contains(row.own, s)) trained.push_back(row.scores[s]);
  }
  const OrderedScores all(std::vector<float>(row.scores, row.scores + row.n));
  const OrderedScores among_heldout(std::move(heldout));
  const OrderedScores among_trained(std::move(trained));
  for (size_t t = 0; t < row.heldout.size(); ++t) {
    RankedTestItem& trial = trials[t];
    const uint32_t s = row.heldout[t];
    trial.score = row.scores[s];
    uint32_t better = 0;
    uint32_t equal = 0;
    all.count(trial.score, &trial.better, &trial.equal);
    --trial.equal;  // itself
    if (trial.score == kNever) trial.equal -= excluded;
    among_heldout.count(trial.score, &better, &equal);
    trial.others_better = trial.better - better;
    trial.others_equal = trial.equal - (equal - 1);
    among_trained.count(trial.score, &better, &equal);
    trial.better -= better;
    trial.equal -= equal - (contains(row.own, s) ? 1 : 0);
  }
}

void rank_trials(const WorkRow& row, uint32_t excluded, RankedTestItem* trials) {
  if (row.heldout.size() >= kManyTrials) return rank_many_trials(row, excluded, trials);
  for (size_t t = 0; t < row.heldout.size(); ++t) {
    RankedTestItem& trial = trials[t];
    trial.score = row.scores[row.heldout[t]];
    count_ranks(row.scores, row.n, trial.score, &trial.better, &trial.equal);
    --trial.equal;  // itself
    if (trial.score == kNever) trial.equal -= excluded;
    trial.others_better = trial.better;
    trial.others_equal = trial.equal;
    for (const uint32_t s : row.heldout) {
      if (s == row.heldout[t]) continue;
      const uint32_t better = row.scores[s] > trial.score;
      const uint32_t equal = row.scores[s] == trial.score;
      trial.others_better -= better;
      trial.others_equal -= equal;
      if (contains(row.own, s)) {
        trial.better -= better;
        trial.equal -= equal;
      }
    }
  }
}

/// The best `length` candidates by insertion; returns how many there are.
uint32_t best_candidates(const WorkRow& row, size_t length, uint32_t* list) {
  const auto before = [&](uint32_t a, uint32_t b) {
    return row.scores[a] != row.scores[b] ? row.scores[a] > row.scores[b] : a < b;
  };
  size_t size = 0;
  for (size_t s = 0; s < row.n && length > 0; ++s) {
    if (size == length) s = find_above(row.scores, s, row.n, row.scores[list[size - 1]]);
    if (s == row.n) break;
    const auto subject = static_cast<uint32_t>(s);
    if (row.scores[s] == kNever && row.excluded(subject)) continue;
    uint32_t* place = std::upper_bound(list, list + size, subject, before);
    size = std::min(size + 1, length);
    std::copy_backward(place, list + size - 1, list + size);
    *place = subject;
  }
  return static_cast<uint32_t>(size);
}

/// Turns the scores that are not excluded into logits.
void to_logits(const ProbabilityCurve& curve, const WorkRow& row) {
  std::vector<float> bends;
  std::vector<float> changes;
  for (const CurveBend& bend : curve.bends) {
    bends.push_back(static_cast<float>(bend.score));
    changes.push_back(static_cast<float>(bend.change));
  }
  bend_scores(row.scores, row.n, static_cast<float>(curve.slope),
              static_cast<float>(curve.intercept), bends.data(), changes.data(), bends.size());
}

/// What the model says of the subjects of a list; their scores are still shifted.
void list_probabilities(const Model& model, const WorkRow& row, std::span<const float> shift,
                        std::span<const uint32_t> list, float* probabilities) {
  const ProbabilityCurve curve = model.probabilities(row.own.empty());
  for (const uint32_t s : list) {
    const float score = shift.empty() ? row.scores[s] : row.scores[s] - shift[s];
    *probabilities++ = static_cast<float>(curve.probability(double{score}));
  }
}

double cross_entropy(const Model& model, const WorkRow& row, std::span<const float> shift) {
  for (size_t s = 0; s < shift.size(); ++s) row.scores[s] -= shift[s];
  const ProbabilityCurve curve = model.probabilities(row.own.empty());
  if (!curve.bends.empty()) to_logits(curve, row);
  const float slope = curve.bends.empty() ? static_cast<float>(curve.slope) : 1.0f;
  const float intercept = curve.bends.empty() ? static_cast<float>(curve.intercept) : 0.0f;
  double loss = sum_softplus(row.scores, row.n, slope, intercept);
  for (const uint32_t s : row.heldout) {
    if (row.scores[s] != kNever) loss -= static_cast<double>(row.scores[s] * slope + intercept);
  }
  return loss;
}

}  // namespace

Result<Ranks> rank_heldout(const Model& model, const TrainData& data, const Interactions& heldout,
                           std::span<const float> shift, size_t list_length, ThreadTeam& team,
                           Monitor& monitor) {
  const Interactions& own = data.interactions;
  const size_t n = model.n_subjects();
  if (heldout.n_works != own.n_works || heldout.n_subjects != own.n_subjects ||
      n != own.n_subjects || (!model.computes_works() && model.n_works() != own.n_works)) {
    return Status(Code::kInvalid,
                  "evaluate: model, training and held-out rows must number the same works and "
                  "subjects");
  }
  Ranks ranks;
  for (size_t w = 0; w < heldout.n_works; ++w) {
    if (!heldout.row(w).empty()) ranks.works.push_back(static_cast<uint32_t>(w));
  }
  const size_t works = ranks.works.size();
  ranks.list_length = std::min(list_length, n);
  ranks.trials.resize(heldout.nnz());
  ranks.candidates.resize(works);
  ranks.trained_on.resize(works);
  ranks.losses.resize(works);
  ranks.lists.resize(works * ranks.list_length);
  ranks.list_lengths.resize(works);
  ranks.probabilities.resize(ranks.lists.size());

  std::optional<Blend> blend;
  if (model.needs_catalogue()) {
    SUBJREC_ASSIGN(blend, Blend::build(model, data, monitor));
  }
  const Scorer scorer(model, data, shift, blend ? &*blend : nullptr);
  const size_t block = std::clamp<size_t>((size_t{1} << 20) / std::max<size_t>(n, 1), 8, 64);
  const auto piece = [&](size_t p, Monitor& asked) -> Status {
    thread_local std::vector<float> scores;
    const size_t begin = p * block;
    const size_t end = std::min(works, begin + block);
    scores.resize(block * n);
    scorer.score({ranks.works.data() + begin, end - begin}, scores.data());
    for (size_t i = begin; i < end; ++i) {
      if (asked.stop()) return Status::interrupted();
      const uint32_t w = ranks.works[i];
      const WorkRow row{scores.data() + (i - begin) * n, n, own.row(w), heldout.row(w)};
      const uint32_t excluded = exclude_own(row);
      ranks.candidates[i] = static_cast<uint32_t>(n) - excluded;
      ranks.trained_on[i] = static_cast<uint32_t>(row.own.size()) - excluded;
      rank_trials(row, excluded, ranks.trials.data() + heldout.offsets[w]);
      ranks.list_lengths[i] =
          best_candidates(row, ranks.list_length, ranks.lists.data() + i * ranks.list_length);
      list_probabilities(model, row, shift,
                         {ranks.lists.data() + i * ranks.list_length, ranks.list_lengths[i]},
                         ranks.probabilities.data() + i * ranks.list_length);
      ranks.losses[i] = cross_entropy(model, row, shift);  // comes last: moves the scores back
    }
    return {};
  };
  SUBJREC_TRY(team.try_run((works + block - 1) / block, piece, monitor));
  return ranks;
}

}  // namespace subjrec
