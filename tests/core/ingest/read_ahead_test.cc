#include "core/ingest/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>

#include "support/monitors.h"

namespace subjrec {
namespace {

TEST(ReadAhead, GivesAllItemsInOrderThenTheEnd) {
  for (const size_t depth : {0, 1, 3}) {
    int made = 0;
    ReadAhead<int> ahead(depth, [&](int* item, Monitor&) -> Result<bool> {
      *item = made;
      return made++ < 1000;
    });
    Monitor monitor;
    int item = -1;
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(*ahead.next(&item, monitor));
      ASSERT_EQ(item, i);
    }
    EXPECT_FALSE(*ahead.next(&item, monitor));
  }
}

TEST(ReadAhead, GivesTheErrorAfterWhatCameBefore) {
  for (const size_t depth : {0, 2}) {
    int made = 0;
    ReadAhead<int> ahead(depth, [&](int* item, Monitor&) -> Result<bool> {
      if (made == 2) return Status(Code::kIo, "broken");
      *item = made++;
      return true;
    });
    Monitor monitor;
    int item = -1;
    EXPECT_TRUE(*ahead.next(&item, monitor));
    EXPECT_TRUE(*ahead.next(&item, monitor));
    for (int again = 0; again < 2; ++again) {
      const auto end = ahead.next(&item, monitor);
      ASSERT_FALSE(end.ok());
      EXPECT_EQ(end.status().message(), "broken");
    }
  }
}

TEST(ReadAhead, IsBounded) {
  std::atomic<int> made{0};
  ReadAhead<int> ahead(3, [&](int*, Monitor&) -> Result<bool> { return ++made > 0; });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(made, 3);
}

TEST(ReadAhead, CanBeLeftAtAnyTime) {
  // A producer that waits for ever, as on a pipe: the monitor is its way out, at both ends.
  ReadAhead<int> ahead(2, [](int*, Monitor& monitor) -> Result<bool> {
    while (!monitor.stop()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return Status::interrupted();
  });
  StopAtOnce stopped;
  int item = 0;
  const auto next = ahead.next(&item, stopped);
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.status().code(), Code::kInterrupted);
}

TEST(ReadAhead, ThrowsWhatTheProducerThrowsAfterWhatCameBefore) {
  for (const size_t depth : {0, 1}) {
    int made = 0;
    ReadAhead<int> ahead(depth, [&](int*, Monitor&) -> Result<bool> {
      if (++made > 2) throw std::bad_alloc();
      return true;
    });
    Monitor monitor;
    int item = 0;
    EXPECT_TRUE(*ahead.next(&item, monitor));
    EXPECT_TRUE(*ahead.next(&item, monitor));
    for (int again = 0; again < 2; ++again) {
      EXPECT_THROW((void)ahead.next(&item, monitor), std::bad_alloc);
    }
  }
}

}  // namespace
}  // namespace subjrec
