// Which of two values of a validation metric is the better one: for the best epoch of a training
// and the best run of a tuning alike.
#pragma once

#include <string_view>

namespace subjrec {

inline constexpr std::string_view kValidationLoss = "validation_loss";

/// Losses are better where less, all others where greater. Equals are not better, so that the first
/// one stays; what is not a number never is.
inline bool is_better(std::string_view metric, double value, double best) {
  return metric == kValidationLoss ? value < best : value > best;
}

}  // namespace subjrec
