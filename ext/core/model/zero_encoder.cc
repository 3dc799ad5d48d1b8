#include "core/model/encoders.h"

namespace subjrec {
namespace {

class ZeroEncoder : public Encoder {
 public:
  Result<std::vector<float>> embed(const SubjectRow& /*subjects*/,
                                   std::span<const WeightedFeature> /*features*/,
                                   std::span<const float> /*vector*/,
                                   Monitor& /*monitor*/) const override {
    return std::vector<float>(1, 0.0f);
  }
};

}  // namespace

std::unique_ptr<Encoder> zero_encoder(const Model& /*model*/) {
  return std::make_unique<ZeroEncoder>();
}

}  // namespace subjrec
