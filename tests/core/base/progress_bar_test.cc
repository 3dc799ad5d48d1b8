#include "core/base/progress_bar.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace subjrec {
namespace {

TEST(ProgressLine, ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(progress_line({"training rec", "epochs", "loss 1.126", 4, 10, 2}, true),
            "training rec:  40%|########            | 4/10 epochs [00:02<00:03, 2.00/s, loss "
            "1.126]");
}

TEST(ProgressLine, DrawsEighthsOfABlock) {
  EXPECT_EQ(progress_line({"m", "epochs", "", 1, 32, 1}, false),
            "m:   3%|\u258b                   | 1/32 epochs [00:01<00:31, 1.00/s]");
  EXPECT_EQ(
      progress_line({"m", "epochs", "", 2, 2, 3725}, false), "m: 100%|" + [] {
        std::string full;
        for (int i = 0; i < 20; ++i) full += "\u2588";
        return full;
      }() + "| 2/2 epochs [1:02:05<00:00, 0.00/s]");
}

TEST(ProgressLine, CountsWhereTheTotalIsNotKnown) {
  EXPECT_EQ(progress_line({"importing", "works", "", 82415, 0, 0.5}, true),
            "importing: 82415 works [00:01, 164830/s]");
}

TEST(ProgressLine, HasNoRateBeforeTheFirstStep) {
  EXPECT_EQ(progress_line({"t", "epochs", "", 0, 10, 0.4}, true),
            "t:   0%|                    | 0/10 epochs [00:00<?]");
}

std::string drawn(const auto& use) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  {
    ProgressBar bar(out, "t", "epochs");
    use(bar);
  }
  std::fclose(out);
  std::string result(text, size);
  std::free(text);
  return result;
}

TEST(ProgressBar, DrawsOverItselfAndLeavesTheLastLine) {
  setenv("LC_ALL", "C", 1);
  const std::string text = drawn([](ProgressBar& bar) {
    bar.update(0, 2, "loss 1.5");
    bar.update(1, 2, "loss 1");  // too soon to be drawn
    bar.update(2, 2, "loss 0.5");
    bar.finish();
  });
  unsetenv("LC_ALL");
  EXPECT_EQ(text.rfind("\rt:   0%|", 0), 0u) << text;
  EXPECT_EQ(text.find("50%"), std::string::npos) << text;
  const std::string last = text.substr(text.rfind('\r'));
  EXPECT_EQ(last.rfind("\rt: 100%|####################| 2/2 epochs [00:00<00:00", 0), 0u) << text;
  EXPECT_NE(last.find("loss 0.5]"), std::string::npos) << text;
  EXPECT_EQ(text.back(), '\n');
}

TEST(ProgressBar, EndsItsLineWhenTheWorkIsGivenUp) {
  EXPECT_EQ(drawn([](ProgressBar& bar) { bar.update(1, 3); }).back(), '\n');
  EXPECT_EQ(drawn([](ProgressBar&) {}), "");
}

TEST(ProgressBar, DrawsNothingWithoutATerminal) {
  ProgressBar bar(nullptr, "t", "epochs");
  bar.update(1, 2);
  bar.finish();
}

TEST(ProgressBar, IsAsciiWhereNothingSaysUtf8) {
  const char* names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  std::vector<std::pair<const char*, std::string>> before;
  for (const char* name : names) {
    if (const char* value = std::getenv(name)) before.emplace_back(name, value);
    unsetenv(name);
  }
  const auto half = [](ProgressBar& bar) { bar.update(1, 2); };
  EXPECT_NE(drawn(half).find("|##########          |"), std::string::npos);
  setenv("LANG", "de_DE.UTF-8", 1);
  EXPECT_NE(drawn(half).find("|\u2588"), std::string::npos);
  unsetenv("LANG");
  for (const auto& [name, value] : before) setenv(name, value.c_str(), 1);
}

}  // namespace
}  // namespace subjrec
