// The options of subjrec_tune, which hold for all runs of its grid.
#pragma once

#include <string>

#include "core/options/option_table.h"

namespace subjrec {

struct TuneOptions {
  std::string results;                        // table of finished runs; "": none
  double validation = 0.1;                    // share of each work's subjects held out
  std::string heldout;                        // table or SELECT of (work, subject); "": none
  std::string validation_metric = "ndcg@10";  // what decides which epoch and which run is the best
  int threads = 0;                            // 0: as many as the machine has
  int memory_limit = 0;   // megabytes that a run may take; 0: as many as there are
  bool progress = false;  // draw a bar on standard error where it is a terminal

  OptionNames given;
};

const OptionTable<TuneOptions>& tune_option_table();

}  // namespace subjrec
