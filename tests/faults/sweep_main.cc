#include <gtest/gtest.h>

#include "faults/memory.h"
#include "faults/sweep.h"

int main(int argc, char** argv) {
  subjrec::faults::install_sqlite_memory();
  ::testing::InitGoogleTest(&argc, argv);
  subjrec::faults::print_counts_at_the_end();
  return RUN_ALL_TESTS();
}
