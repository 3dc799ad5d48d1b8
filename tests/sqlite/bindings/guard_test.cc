#include "sqlite/bindings/guard.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace subjrec {
namespace {

TEST(Guard, MakesAStatusOfWhatIsThrown) {
  EXPECT_TRUE(guarded([] { return Status(); }).ok());
  EXPECT_EQ(guarded([]() -> Status { throw std::bad_alloc(); }).code(), Code::kNoMemory);
  const Status status = guarded([]() -> Status { throw std::logic_error("no such thing"); });
  EXPECT_EQ(status.code(), Code::kSql);
  EXPECT_EQ(status.message(), "subjrec: no such thing");
  EXPECT_EQ(guarded([]() -> Status { throw 1; }).code(), Code::kNoMemory);
}

}  // namespace
}  // namespace subjrec
