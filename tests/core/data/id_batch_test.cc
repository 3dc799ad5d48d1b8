#include "core/data/id_batch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/random.h"

namespace subjrec {
namespace {

TEST(IdBatch, InternsAsOneByOneDoes) {
  Random random(5);
  IdTable one_by_one, batched;
  IdBatch batch;
  std::vector<uint32_t> wanted, got;
  const auto take = [&] {
    for (const uint32_t position : batch.intern_into(&batched)) got.push_back(position);
    EXPECT_EQ(batch.size(), 0u);
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto n = static_cast<int64_t>(random.below(3000));
    // Of no bytes, of some that fit beside a length, and of more.
    const std::string text = std::string(random.below(3) * 6, 'w') + std::to_string(n % 500);
    IdView id{static_cast<IdKind>(random.below(3)), 0, text};
    if (id.kind == IdKind::kInteger) id = {IdKind::kInteger, n - 1500, {}};
    if (n == 0) id = {IdKind::kText, 0, {}};
    wanted.push_back(one_by_one.intern(id));
    batch.add(id, batched);
    if (batch.size() == IdBatch::kMost || random.below(50) == 0) take();
  }
  take();
  EXPECT_EQ(got, wanted);
  ASSERT_EQ(batched.size(), one_by_one.size());
  for (size_t i = 0; i < batched.size(); ++i) EXPECT_EQ(batched[i], one_by_one[i]);
}

TEST(IdBatch, AFewIdsThatAreAllTheSame) {
  IdTable ids;
  IdBatch batch;
  for (int i = 0; i < 3; ++i) batch.add({IdKind::kText, 0, "w"}, ids);
  EXPECT_EQ(batch.intern_into(&ids), (std::vector<uint32_t>{0, 0, 0}));
  EXPECT_TRUE(batch.intern_into(&ids).empty());
}

}  // namespace
}  // namespace subjrec
