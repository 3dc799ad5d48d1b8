// A function of counts, of which most are small and repeat: each small one is asked once.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace subjrec {

template <class Function>
class ByCount {
 public:
  explicit ByCount(Function function) : function_(std::move(function)), known_(kSmall) {}

  float operator()(uint32_t count) {
    if (count >= kSmall) return function_(count);
    std::optional<float>& value = known_[count];
    if (!value) value = function_(count);
    return *value;
  }

 private:
  static constexpr uint32_t kSmall = 1 << 12;
  Function function_;
  std::vector<std::optional<float>> known_;
};

}  // namespace subjrec
