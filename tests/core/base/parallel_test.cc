#include "core/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "support/monitors.h"

namespace subjrec {
namespace {

TEST(ThreadTeam, RunsEveryPieceOnce) {
  Monitor monitor;
  for (const int threads : {1, 2, 5}) {
    ThreadTeam team(threads);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::atomic<int>> calls(37);
      ASSERT_TRUE(team.run(
                          calls.size(), [&](size_t i) { ++calls[i]; }, monitor)
                      .ok());
      for (const auto& c : calls) ASSERT_EQ(c, 1);
    }
  }
}

TEST(ThreadTeam, StopsWhenTheMonitorSaysSo) {
  for (const int threads : {1, 3}) {
    ThreadTeam team(threads);
    StopAfter monitor(2);
    std::atomic<int> calls{0};
    const Status status = team.run(
        1000000, [&](size_t) { ++calls; }, monitor);
    EXPECT_EQ(status.code(), Code::kInterrupted);
    EXPECT_LT(calls, 1000000);
    Monitor patient;
    EXPECT_TRUE(team.run(
                        3, [&](size_t) {}, patient)
                    .ok())
        << "usable afterwards";
  }
}

TEST(ThreadTeam, PassesOnWhatAPieceThrows) {
  Monitor monitor;
  ThreadTeam team(2);
  EXPECT_THROW((void)team.run(
                   8,
                   [](size_t i) {
                     if (i == 5) throw std::runtime_error("five");
                   },
                   monitor),
               std::runtime_error);
  EXPECT_TRUE(team.run(
                      8, [](size_t) {}, monitor)
                  .ok());
}

TEST(ThreadTeam, StopsAtTheFirstFailure) {
  for (const int threads : {1, 3}) {
    Monitor monitor;
    ThreadTeam team(threads);
    std::atomic<int> calls{0};
    const Status status = team.try_run(
        100000,
        [&](size_t i, Monitor&) {
          ++calls;
          return i == 7 ? Status(Code::kInvalid, "seven") : Status();
        },
        monitor);
    EXPECT_EQ(status.message(), "seven");
    EXPECT_LT(calls, 100000);
  }
}

TEST(ThreadTeam, LetsALongPieceAskTheCallersMonitor) {
  StopAfter monitor(3);
  ThreadTeam team(1);
  const Status status = team.try_run(
      1,
      [](size_t, Monitor& asked) {
        while (!asked.stop()) continue;
        return Status::interrupted();
      },
      monitor);
  EXPECT_EQ(status.code(), Code::kInterrupted);
}

TEST(ThreadTeam, AsksTheMonitorEvenWhereOthersTookAllPieces) {
  StopAtOnce impatient;
  ThreadTeam team(3);
  for (int round = 0; round < 2'000; ++round) {
    ASSERT_EQ(team.run(
                      2, [](size_t) {}, impatient)
                  .code(),
              Code::kInterrupted)
        << round;
  }
}

}  // namespace
}  // namespace subjrec
