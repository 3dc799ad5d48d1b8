#include "core/umap/optimize_layout.h"

#include <algorithm>
#include <numeric>

#include "core/base/random.h"
#include "core/umap/optimize_layout_kernel.h"

namespace subjrec {
namespace {

constexpr size_t kLanes = 16;
constexpr size_t kBlocks = 64;
/// Groups of lanes in a piece of work: some ten microseconds.
constexpr size_t kPieceGroups = 8;

/// The graph with its points renumbered in the order of their turns, and weights as rates.
struct Schedule {
  std::vector<uint32_t> order;  // order[turn] is the point
  std::vector<size_t> begin;
  std::vector<uint32_t> neighbor;
  std::vector<uint32_t> rate;
  size_t group = kLanes;  // points in a group
  size_t groups = 0;
};

std::vector<uint32_t> rates(const Graph& graph) {
  float most = 0;
  for (const float weight : graph.weight) most = std::max(most, weight);
  std::vector<uint32_t> rates;
  rates.reserve(graph.weight.size());
  for (const float weight : graph.weight) {
    const double share = static_cast<double>(weight) / most * 4294967296.0;
    rates.push_back(static_cast<uint32_t>(std::min(share, 4294967295.0)));
  }
  return rates;
}

/// The points with most to do come first, so that the lanes of a group have about the same, and
/// groups go to the blocks by turns.
std::vector<uint32_t> order_of_turns(const Graph& graph, const std::vector<uint32_t>& rates) {
  const size_t n = graph.n();
  std::vector<uint64_t> load(n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) load[i] += rates[at];
  }
  std::vector<uint32_t> by_load(n);
  std::iota(by_load.begin(), by_load.end(), 0u);
  std::sort(by_load.begin(), by_load.end(),
            [&](uint32_t i, uint32_t j) { return load[i] != load[j] ? load[i] > load[j] : i < j; });
  return by_load;
}

Result<Schedule> make_schedule(const Graph& graph, Monitor& monitor) {
  Schedule s;
  const size_t n = graph.n();
  s.group = std::clamp<size_t>(n / kBlocks, 1, kLanes);
  s.groups = (n + s.group - 1) / s.group;
  const std::vector<uint32_t> rate = rates(graph);
  s.order = order_of_turns(graph, rate);
  std::vector<uint32_t> turn(n);
  for (size_t t = 0; t < n; ++t) turn[s.order[t]] = static_cast<uint32_t>(t);
  s.begin.push_back(0);
  for (const uint32_t i : s.order) {
    if (s.begin.size() % 4096 == 0 && monitor.stop()) return Status::interrupted();
    for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      s.neighbor.push_back(turn[graph.neighbor[at]]);
      s.rate.push_back(rate[at]);
    }
    s.begin.push_back(s.neighbor.size());
  }
  return s;
}

uint32_t epoch_key(uint64_t seed, int epoch) {
  return static_cast<uint32_t>(splitmix64(splitmix64(seed) + static_cast<uint64_t>(epoch)));
}

float falling_rate(const LayoutOptions& options, int epoch) {
  return options.learning_rate *
         (1.0f - static_cast<float>(epoch - 1) / static_cast<float>(options.epochs));
}

Turns make_turns(const LayoutOptions& options) {
  Turns turns{};
  turns.a = static_cast<float>(options.curve.a);
  turns.b = static_cast<float>(options.curve.b);
  turns.negatives = options.negatives;
  return turns;
}

/// The turns of one block after the other.
class Blocks {
 public:
  Blocks(const Schedule& schedule, std::vector<float> start)
      : s_(schedule), now_(std::move(start)), next_(now_.size()) {
    size_t most = 0;
    for (size_t block = 0; block < kBlocks; ++block) most = std::max(most, plan(block));
    reactions_.resize(most);
  }

  const std::vector<float>& now() const { return now_; }

  Status run(const Turns& turns, size_t block, ThreadTeam& team, Monitor& monitor) {
    plan(block);
    const size_t pieces = count_.size();
    const auto take = [&](size_t p) {
      count_[p] = 0;
      for_groups(block, p, [&](size_t first, size_t lanes) {
        count_[p] += take_turns(turns, first, lanes, next_.data(),
                                reactions_.data() + offset_[p] + count_[p]);
      });
    };
    SUBJREC_TRY(team.run(pieces, take, monitor));
    for (size_t p = 0; p < pieces; ++p) {
      for_groups(block, p, [&](size_t first, size_t lanes) {
        const auto at = static_cast<std::ptrdiff_t>(2 * first);
        std::copy_n(next_.begin() + at, 2 * lanes, now_.begin() + at);
      });
    }
    for (size_t p = 0; p < pieces; ++p) react(offset_[p], offset_[p] + count_[p]);
    return {};
  }

 private:
  /// Cuts the block in pieces with room for their reactions; returns the room of all.
  size_t plan(size_t block) {
    const size_t groups = s_.groups <= block ? 0 : (s_.groups - block + kBlocks - 1) / kBlocks;
    count_.assign((groups + kPieceGroups - 1) / kPieceGroups, 0);
    offset_.assign(count_.size() + 1, 0);
    for (size_t p = 0; p < count_.size(); ++p) {
      offset_[p + 1] = offset_[p];
      for_groups(block, p, [&](size_t first, size_t lanes) {
        offset_[p + 1] += s_.begin[first + lanes] - s_.begin[first];
      });
    }
    return offset_.back();
  }

  /// The groups of a piece of a block, which has every kBlocks-th group.
  template <class Visit>
  void for_groups(size_t block, size_t piece, const Visit& visit) const {
    for (size_t i = piece * kPieceGroups; i < (piece + 1) * kPieceGroups; ++i) {
      const size_t group = block + i * kBlocks;
      if (group >= s_.groups) return;
      const size_t first = group * s_.group;
      visit(first, std::min(s_.group, s_.order.size() - first));
    }
  }

  void react(size_t from, size_t to) {
    for (size_t at = from; at < to; ++at) {
      const Reaction& reaction = reactions_[at];
      now_[2 * size_t{reaction.point}] += reaction.x;
      now_[2 * size_t{reaction.point} + 1] += reaction.y;
    }
  }

  const Schedule& s_;
  std::vector<float> now_;
  std::vector<float> next_;
  std::vector<Reaction> reactions_;
  std::vector<size_t> offset_;  // of each piece's reactions
  std::vector<size_t> count_;
};

}  // namespace

struct Layout::State {
  State(Schedule made, const LayoutOptions& given, std::vector<float> start)
      : schedule(std::move(made)),
        options(given),
        blocks(schedule, std::move(start)),
        turns(make_turns(given)) {
    turns.begin = schedule.begin.data();
    turns.neighbor = schedule.neighbor.data();
    turns.rate = schedule.rate.data();
    turns.from = turns.others = blocks.now().data();
    turns.n_others = static_cast<uint32_t>(schedule.order.size());
    turns.same = true;
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const Schedule schedule;
  const LayoutOptions options;
  Blocks blocks;
  Turns turns;
  int epoch = 0;
};

Layout::Layout(std::unique_ptr<State> state) : state_(std::move(state)) {}
Layout::~Layout() = default;
Layout::Layout(Layout&&) noexcept = default;
Layout& Layout::operator=(Layout&&) noexcept = default;

Result<Layout> Layout::begin(const Graph& graph, const LayoutOptions& options,
                             const std::vector<float>& xy, Monitor& monitor) {
  SUBJREC_ASSIGN(Schedule s, make_schedule(graph, monitor));
  const size_t n = graph.n();
  std::vector<float> start(2 * n);
  for (size_t t = 0; t < n; ++t) std::copy_n(&xy[2 * s.order[t]], 2, &start[2 * t]);
  return Layout(std::make_unique<State>(std::move(s), options, std::move(start)));
}

Status Layout::run_epoch(ThreadTeam& team, Monitor& monitor) {
  Turns& turns = state_->turns;
  const int epoch = ++state_->epoch;
  turns.epoch = static_cast<uint32_t>(epoch);
  turns.key = epoch_key(state_->options.seed, epoch);
  turns.rate_now = falling_rate(state_->options, epoch);
  for (size_t block = 0; block < kBlocks; ++block) {
    SUBJREC_TRY(state_->blocks.run(turns, block, team, monitor));
  }
  return {};
}

std::vector<float> Layout::xy() const {
  const std::vector<uint32_t>& order = state_->schedule.order;
  std::vector<float> xy(2 * order.size());
  for (size_t t = 0; t < order.size(); ++t) {
    std::copy_n(&state_->blocks.now()[2 * t], 2, &xy[2 * order[t]]);
  }
  return xy;
}

Status optimise_placement(const Graph& edges, const std::vector<float>& map,
                          const LayoutOptions& options, ThreadTeam& team, Monitor& monitor,
                          std::vector<float>* xy) {
  const size_t m = edges.n();
  const std::vector<uint32_t> rate = rates(edges);
  Turns turns = make_turns(options);
  turns.begin = edges.begin.data();
  turns.neighbor = edges.neighbor.data();
  turns.rate = rate.data();
  turns.from = xy->data();
  turns.others = map.data();
  turns.n_others = static_cast<uint32_t>(map.size() / 2);
  turns.one_stream = true;
  constexpr size_t kPiecePoints = kPieceGroups * kLanes;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    turns.epoch = static_cast<uint32_t>(epoch);
    turns.key = epoch_key(options.seed, epoch);
    turns.rate_now = falling_rate(options, epoch);
    const auto piece = [&](size_t p) {
      const size_t end = std::min(m, (p + 1) * kPiecePoints);
      for (size_t first = p * kPiecePoints; first < end; first += kLanes) {
        take_turns(turns, first, std::min(kLanes, end - first), xy->data(), nullptr);
      }
    };
    SUBJREC_TRY(team.run((m + kPiecePoints - 1) / kPiecePoints, piece, monitor));
  }
  return {};
}

}  // namespace subjrec
