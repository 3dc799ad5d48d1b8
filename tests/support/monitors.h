// Monitors that stop what they watch.
#pragma once

#include "core/base/monitor.h"

namespace subjrec {

/// Goes on for so many calls of stop(), and stops from then on.
class StopAfter : public Monitor {
 public:
  explicit StopAfter(int calls) : left_(calls) {}
  bool stop() override { return left_ == 0 || --left_ < 0; }

 private:
  int left_;
};

class StopAtOnce : public Monitor {
 public:
  bool stop() override { return true; }
};

}  // namespace subjrec
