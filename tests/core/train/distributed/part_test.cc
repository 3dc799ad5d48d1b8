#include "core/train/distributed/part.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "core/base/random.h"
#include "core/train/distributed/envelope.h"

namespace subjrec {
namespace {

constexpr const char* kLibrary = "1.2.3";

Part part_of(uint32_t shard, const std::string& piece = "") {
  Part part;
  part.run = "run";
  part.state = "state";
  part.phase = "rows";
  part.pieces[shard] = piece.empty() ? "piece " + std::to_string(shard) : piece;
  return part;
}

std::string merged(const std::vector<std::string>& blobs) {
  Part all;
  for (const std::string& blob : blobs) {
    const auto part = decode_part(blob, kLibrary);
    EXPECT_TRUE(part.ok());
    EXPECT_TRUE(merge_part(*part, &all).ok());
  }
  return encode_part(all, kLibrary);
}

TEST(Parts, MergeToTheSameBytesInAnyOrderAndGroupingAndWithRepeats) {
  constexpr uint32_t kShards = 9;
  std::vector<std::string> parts;
  for (uint32_t k = 0; k < kShards; ++k) parts.push_back(encode_part(part_of(k), kLibrary));
  const std::string wanted = merged(parts);
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> pieces = parts;
    for (int again = 0; again < 3; ++again) pieces.push_back(parts[random.below(kShards)]);
    random.shuffle(std::span(pieces));
    // Groups are merged, and their results again, until one is left.
    while (pieces.size() > 1) {
      const size_t n = 1 + random.below(pieces.size());
      const std::vector<std::string> group(pieces.end() - static_cast<ptrdiff_t>(n), pieces.end());
      pieces.resize(pieces.size() - n);
      pieces.push_back(merged(group));
      random.shuffle(std::span(pieces));
    }
    ASSERT_EQ(pieces[0], wanted);
  }
}

std::string refusal(const Part& a, const Part& b) {
  Part all = a;
  return merge_part(b, &all).message();
}

TEST(Parts, OfAnotherRunStateOrReceiverAreRefused) {
  Part run = part_of(1);
  run.run = "other";
  EXPECT_EQ(refusal(part_of(0), run),
            "the part of shard 1 and that of shard 0 are of different runs: their options or "
            "numbers of shards differ");
  Part state = part_of(1);
  state.state = "other";
  state.phase = "count";
  EXPECT_EQ(refusal(part_of(0), state),
            "the part of shard 1 and that of shard 0 answer different states, in the phases "
            "\"count\" and \"rows\"");
  Part receiver = part_of(1);
  receiver.to_shard = 2;
  EXPECT_EQ(refusal(part_of(0), receiver),
            "the part of shard 1 and that of shard 0 are for shard 2 and for subjrec_next; merge "
            "those of one to_shard, as in GROUP BY to_shard");
}

TEST(Parts, OfOneShardThatDifferAreRefused) {
  EXPECT_EQ(refusal(part_of(3), part_of(3, "other")),
            "shard 3 gave two different parts: its source changed in between, or two sources were "
            "given as shard 3");
}

TEST(Parts, WithAnyByteChangedOrMissingAreRefused) {
  const std::string blob = encode_part(part_of(2), kLibrary);
  for (size_t i = 0; i < blob.size(); ++i) {
    std::string damaged = blob;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    EXPECT_FALSE(decode_part(damaged, kLibrary).ok()) << i;
    EXPECT_FALSE(decode_part(std::string_view(blob).substr(0, i), kLibrary).ok()) << i;
  }
  EXPECT_EQ(decode_part("", kLibrary).status().message(), "is no part of a training over shards");
  EXPECT_EQ(decode_part(blob + "x", kLibrary).status().code(), Code::kCorrupt);
}

TEST(Parts, OfAnotherVersionAreRefused) {
  EXPECT_EQ(decode_part(encode_part(part_of(0), "1.2.4"), kLibrary).status().message(),
            "was made by subjrec 1.2.4, and this is subjrec 1.2.3; all machines of a run need the "
            "same version");
}

TEST(Parts, AreNoStates) {
  EXPECT_EQ(open_envelope(Envelope::kState, kLibrary, encode_part(part_of(0), kLibrary))
                .status()
                .message(),
            "is a part, and a state was wanted");
}

// What passes the checksum is read with distrust all the same.
TEST(Parts, WithASealButNoSenseAreRefused) {
  Random random(2);
  const std::string blob = encode_part(part_of(0), kLibrary);
  const auto body = open_envelope(Envelope::kPart, kLibrary, blob);
  ASSERT_TRUE(body.ok());
  for (int round = 0; round < 2000; ++round) {
    std::string changed(*body);
    changed[random.below(changed.size())] = static_cast<char>(random.next());
    changed.resize(random.below(changed.size()));
    EXPECT_EQ(decode_part(seal(Envelope::kPart, kLibrary, changed), kLibrary).status().code(),
              Code::kCorrupt);
  }
}

}  // namespace
}  // namespace subjrec
