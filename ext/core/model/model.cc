#include "core/model/model.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "core/model/encoders.h"

namespace subjrec {

constinit const ModelKind kLoadedModel = {.name = "loaded", .encoder = most_probable_encoder};

bool is_evaluation_metric(const HistoryRow& row) {
  constexpr std::string_view kOfTraining[] = {"batch_loss", "loss", "overconfidence",
                                              "regularization"};
  return std::find(std::begin(kOfTraining), std::end(kOfTraining), row.metric) ==
         std::end(kOfTraining);
}

bool all_finite(const Model& model) {
  for (const auto* values :
       {&model.works, &model.subjects, &model.subject_bias, &model.subject_inputs,
        &model.feature_inputs, &model.work_projection, &model.weights.weights}) {
    const bool finite =
        std::all_of(values->begin(), values->end(), [](float x) { return std::isfinite(x); });
    if (!finite) return false;
  }
  if (!model.computes_works()) return true;
  // Sums of a million inputs, whose coefficients are at most those of a unit vector.
  constexpr float kGreatest = 1e30f;
  for (const auto* inputs : {&model.subject_inputs, &model.feature_inputs}) {
    const bool small = std::all_of(inputs->begin(), inputs->end(),
                                   [](float x) { return std::abs(x) < kGreatest; });
    if (!small) return false;
  }
  return true;
}

}  // namespace subjrec
