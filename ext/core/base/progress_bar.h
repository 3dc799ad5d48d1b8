// A line that shows how far a long call is, in the manner of Python's tqdm:
//
//   training rec:  40%|████████            | 4/10 epochs [00:02<00:03, 1.94/s, loss 1.126]
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace subjrec {

struct ProgressState {
  std::string_view label;  // what is being done
  std::string_view unit;   // what is counted, in the plural
  std::string_view note;   // said at the end, such as a loss; may be empty
  double done = 0;         // parts of one count
  double total = 0;        // 0: not known, so neither a share nor the time left
  double seconds = 0;      // since the beginning
};

/// The line's text, without an end of line. `ascii`: nothing but ASCII in the bar.
std::string progress_line(const ProgressState& state, bool ascii);

/// Draws the line over itself, ten times a second at the most, and leaves the last one standing.
class ProgressBar {
 public:
  /// Draws on `out`, or nothing where it is null.
  ProgressBar(std::FILE* out, std::string label, std::string unit);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Standard error where it is a terminal, else null.
  static std::FILE* terminal();

  void update(double done, double total, std::string_view note = {});
  /// Draws what was last told and ends the line.
  void finish();

 private:
  void draw(int64_t now);

  std::FILE* out_;
  std::string label_;
  std::string unit_;
  std::string note_;
  bool ascii_;
  double done_ = 0;
  double total_ = 0;
  int64_t began_;      // in ms
  int64_t drawn_ = 0;  // when last, in ms; 0 for never
  size_t width_ = 0;   // characters of the last line
  bool open_ = false;  // a line stands that has no end yet
};

}  // namespace subjrec
