#include "core/base/progress_bar.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "core/base/files.h"

namespace subjrec {
namespace {

constexpr int kBarWidth = 20;
constexpr int64_t kRedrawMs = 100;

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// 00:42, 12:05 or 1:02:03.
std::string clock_text(double seconds) {
  const auto s = static_cast<int64_t>(std::lround(std::clamp(seconds, 0.0, 360000.0)));
  char text[32];
  if (s < 3600) {
    std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(s / 60),
                  static_cast<int>(s % 60));
  } else {
    std::snprintf(text, sizeof text, "%d:%02d:%02d", static_cast<int>(s / 3600),
                  static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  }
  return text;
}

std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, rate >= 100 ? "%.0f/s" : "%.2f/s", rate);
  return text;
}

std::string count_text(double count) {
  return std::to_string(static_cast<int64_t>(std::floor(count)));
}

std::string bar(double share, bool ascii) {
  // The eighths of a block, from none to seven.
  static constexpr const char* kEighths[] = {" ",      "\u258f", "\u258e", "\u258d",
                                             "\u258c", "\u258b", "\u258a", "\u2589"};
  const int eighths = static_cast<int>(share * kBarWidth * 8);
  std::string text;
  for (int i = 0; i < kBarWidth; ++i) {
    const int filled = std::clamp(eighths - 8 * i, 0, 8);
    if (filled == 8) {
      text += ascii ? "#" : "\u2588";
    } else {
      text += ascii ? " " : kEighths[filled];
    }
  }
  return text;
}

/// Whether the terminal's locale is one of UTF-8, as far as the environment says.
bool utf8_terminal() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == 0) continue;
    std::string text(value);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text.find("utf-8") != std::string::npos || text.find("utf8") != std::string::npos;
  }
  return false;
}

size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string progress_line(const ProgressState& state, bool ascii) {
  std::string line(state.label);
  line += ": ";
  const double share = state.total > 0 ? std::clamp(state.done / state.total, 0.0, 1.0) : 0;
  if (state.total > 0) {
    char percent[16];
    std::snprintf(percent, sizeof percent, "%3d%%|", static_cast<int>(share * 100));
    line +=
        percent + bar(share, ascii) + "| " + count_text(state.done) + "/" + count_text(state.total);
  } else {
    line += count_text(state.done);
  }
  line.append(" ").append(state.unit).append(" [").append(clock_text(state.seconds));
  if (state.total > 0) {
    line += share > 0 ? "<" + clock_text(state.seconds * (1 - share) / share) : "<?";
  }
  if (state.seconds > 0 && state.done > 0) line += ", " + rate_text(state.done / state.seconds);
  if (!state.note.empty()) line.append(", ").append(state.note);
  return line + "]";
}

ProgressBar::ProgressBar(std::FILE* out, std::string label, std::string unit)
    : out_(out),
      label_(std::move(label)),
      unit_(std::move(unit)),
      ascii_(!utf8_terminal()),
      began_(now_ms()) {}

ProgressBar::~ProgressBar() {
  if (open_) std::fputc('\n', out_);
}

std::FILE* ProgressBar::terminal() { return stderr_is_terminal() ? stderr : nullptr; }

void ProgressBar::update(double done, double total, std::string_view note) {
  if (out_ == nullptr) return;
  done_ = done;
  total_ = total;
  if (!note.empty()) note_ = note;
  const int64_t now = now_ms();
  if (drawn_ == 0 || now - drawn_ >= kRedrawMs) draw(now);
}

void ProgressBar::finish() {
  if (out_ == nullptr || drawn_ == 0) return;
  draw(now_ms());
  std::fputc('\n', out_);
  open_ = false;
  drawn_ = 0;
}

void ProgressBar::draw(int64_t now) {
  drawn_ = now;
  open_ = true;
  std::string line = progress_line(
      {label_, unit_, note_, done_, total_, static_cast<double>(now - began_) / 1000}, ascii_);
  const size_t width = characters(line);
  if (width < width_) line.append(width_ - width, ' ');
  width_ = width;
  std::fprintf(out_, "\r%s", line.c_str());
  std::fflush(out_);
}

}  // namespace subjrec
