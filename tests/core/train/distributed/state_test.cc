#include "core/train/distributed/state.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/train/distributed/envelope.h"
#include "core/train/distributed/protocol.h"

namespace subjrec {
namespace {

constexpr const char* kLibrary = "1.2.3";

ShardData shard(std::vector<std::pair<uint32_t, uint32_t>> pairs, uint32_t first_work) {
  Monitor monitor;
  ShardData data;
  for (const auto& [w, s] : pairs) {
    data.works.intern({IdKind::kInteger, first_work + w, {}});
    data.subjects.intern({IdKind::kInteger, 100 + s, {}});
  }
  // Subjects come in the order of their ids in these tests, and so do works.
  const size_t works = data.works.size();
  const size_t subjects = data.subjects.size();
  data.data.interactions = make_interactions(std::move(pairs), works, subjects);
  EXPECT_TRUE(count_contents(&data, monitor).ok());
  return data;
}

std::vector<ShardData> two_shards() {
  std::vector<ShardData> shards;
  shards.push_back(shard({{0, 0}, {0, 1}, {1, 2}, {1, 0}, {2, 1}, {2, 2}}, 1));
  shards.push_back(shard({{0, 0}, {0, 1}, {1, 1}, {1, 2}}, 10));
  return shards;
}

DistributedState stored(const DistributedState& state) {
  auto read = decode_state(encode_state(state, kLibrary), kLibrary);
  EXPECT_TRUE(read.ok());
  return *read;
}

Result<DistributedState> next(const DistributedState& state, const std::vector<ShardData>& shards) {
  Monitor monitor;
  Part all;
  for (uint32_t k = 0; k < shards.size(); ++k) {
    SUBJREC_ASSIGN(const auto parts, answer(state, kLibrary, k, shards[k], nullptr, monitor));
    SUBJREC_TRY(merge_part(parts[0], &all));
  }
  DistributedState after = state;
  SUBJREC_TRY(next_state(all, kLibrary, &after, monitor));
  return stored(after);
}

DistributedState begun(const std::string& more = "") {
  auto state =
      begin_run("begin", "{\"algorithm\":\"ease\",\"embedding_dim\":2,\"shards\":2" + more + "}");
  EXPECT_TRUE(state.ok());
  return stored(*state);
}

TEST(DistributedState, IsReadBackInEveryPhase) {
  DistributedState state = begun(",\"threads\":1");
  for (const char* phase : {"count", "rows", "done"}) {
    EXPECT_EQ(phase_name(state.phase), phase);
    const std::string blob = encode_state(state, kLibrary);
    const auto again = decode_state(blob, kLibrary);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(encode_state(*again, kLibrary), blob);
    EXPECT_EQ(again->digest, stored(*again).digest);
    if (!state.done()) state = *next(state, two_shards());
  }
  EXPECT_EQ(state.subjects.size(), 3u);
  EXPECT_EQ(state.subject_works, (std::vector<uint64_t>{3, 4, 3}));
}

TEST(DistributedState, WithAnyByteChangedIsRefusedAndNeverCrashes) {
  DistributedState state = begun();
  Random random(3);
  for (;;) {
    const std::string blob = encode_state(state, kLibrary);
    for (size_t i = 0; i < blob.size(); ++i) {
      std::string damaged = blob;
      damaged[i] = static_cast<char>(damaged[i] ^ 1);
      EXPECT_FALSE(decode_state(damaged, kLibrary).ok()) << i;
    }
    // Sealed again, it is read with distrust: what is read must be written the same.
    const std::string body(*open_envelope(Envelope::kState, kLibrary, blob));
    for (int round = 0; round < 3000; ++round) {
      std::string changed = body;
      changed[random.below(changed.size())] = static_cast<char>(random.next());
      const auto read = decode_state(seal(Envelope::kState, kLibrary, changed), kLibrary);
      if (read.ok()) {
        EXPECT_FALSE(encode_state(*read, kLibrary).empty());
      }
      changed.resize(random.below(changed.size()));
      EXPECT_FALSE(decode_state(seal(Envelope::kState, kLibrary, changed), kLibrary).ok());
    }
    if (state.done()) break;
    state = *next(state, two_shards());
  }
}

TEST(DistributedState, RefusesPartsOfAnotherStateAndMissingOnes) {
  Monitor monitor;
  const std::vector<ShardData> shards = two_shards();
  const DistributedState first = begun();
  DistributedState second = *next(first, shards);
  Part late = (*answer(first, kLibrary, 0, shards[0], nullptr, monitor))[0];
  EXPECT_EQ(next_state(late, kLibrary, &second, monitor).message(),
            "the part answers another state of the run, in the phase \"count\", and this one is in "
            "the phase \"rows\"");
  Part one = (*answer(second, kLibrary, 0, shards[0], nullptr, monitor))[0];
  EXPECT_EQ(next_state(one, kLibrary, &second, monitor).message(),
            "the part of shard 1 is missing: wanted those of 2 shards, merged by subjrec_merge");
  DistributedState other = begun(",\"seed\":2");
  EXPECT_EQ(next_state(late, kLibrary, &other, monitor).message(),
            "the part is of another run than the state: their options or numbers of shards "
            "differ");
}

TEST(DistributedState, RefusesAWorkInTwoShardsAndASourceGivenTwice) {
  std::vector<ShardData> shards = two_shards();
  shards[1] = shard({{0, 0}, {0, 1}, {1, 1}, {1, 2}}, 3);  // work 3 is the third of shard 0
  EXPECT_EQ(next(*next(begun(), shards), shards).status().message(),
            "work 3 is in shard 0 and in shard 1; all rows of a work must be in one shard");
  shards[1] = two_shards()[0];
  EXPECT_EQ(next(begun(), shards).status().message(),
            "shards 0 and 1 have the same works with the same subjects: one source was given "
            "twice");
}

TEST(DistributedState, RefusesASourceThatChanged) {
  Monitor monitor;
  std::vector<ShardData> shards = two_shards();
  const DistributedState state = *next(begun(), shards);
  shards[1] = shard({{0, 0}, {0, 1}, {1, 0}, {1, 1}}, 10);
  EXPECT_EQ(answer(state, kLibrary, 1, shards[1], nullptr, monitor).status().message(),
            "the source is not what was counted: wanted the 4 pairs of 2 works, got 4 pairs of 2 "
            "works with other contents");
}

std::string refused(const std::string& options) {
  return begin_run("begin", options).status().message();
}

TEST(BeginRun, SaysWhatIsWrong) {
  EXPECT_EQ(refused("{}"),
            "begin: option \"shards\" is missing: wanted how many shards there are, like "
            "{\"shards\": 4}");
  EXPECT_EQ(refused("{\"shards\":0}"),
            "begin: option \"shards\" must be a whole number from 1 to 65536, got 0");
  EXPECT_EQ(refused("{\"shards\":2,\"shards\":3}"), "begin: option \"shards\" is given twice");
  EXPECT_EQ(refused("{\"shards\":2,\"algorithm\":\"bce\"}"),
            "begin: the algorithm \"bce\" has parameters of its own for each work and moves all of "
            "them in every batch, so it is not trained over shards; wanted \"composed\", \"ease\", "
            "\"ials\" or \"auto\"");
  EXPECT_EQ(refused("{\"shards\":2,\"recipe\":\"notebook\"}"),
            refused("{\"shards\":2,\"algorithm\":\"bce\"}"));
  EXPECT_EQ(refused("{\"shards\":2,\"algorithm\":\"popularity\"}"),
            "begin: the algorithm \"popularity\" is not trained over shards; wanted \"composed\", "
            "\"ease\", \"ials\" or \"auto\"");
  EXPECT_EQ(refused("{\"shards\":2,\"epoch\":3}"),
            "begin: unknown option \"epoch\"; did you mean \"epochs\"?");
  EXPECT_EQ(refused("{\"shards\":2,\"validation\":0.1}"),
            "begin: option \"validation\" is not for a training over shards; hold rows out "
            "beforehand and ask subjrec_evaluate afterwards");
  EXPECT_EQ(refused("{\"shards\":2,\"same_as\":\"twins\"}"),
            "begin: option \"same_as\" is not for a training over shards; fold the twins in the "
            "source, with a SELECT that joins their table");
}

}  // namespace
}  // namespace subjrec
