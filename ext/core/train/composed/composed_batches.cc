#include "core/train/composed/composed_batches.h"

#include <algorithm>
#include <limits>

namespace subjrec {

size_t batch_count(size_t works, const TrainOptions& options) {
  const auto batch = static_cast<size_t>(options.batch_size);
  return works == 0 ? 0 : std::max<size_t>(1, (works + batch / 2) / batch);
}

Result<ComposedBatch> draw_batch(const Interactions& y, const ExampleSource& examples,
                                 std::span<const uint32_t> works, int64_t epoch,
                                 std::vector<EncoderInputs>* pieces, ThreadTeam& team,
                                 Monitor& monitor) {
  constexpr size_t kExamplesPerPiece = 64;
  ComposedBatch batch;
  batch.works.assign(works.begin(), works.end());
  batch.hidden.resize(works.size());
  for (const uint32_t w : works) batch.own.push_back(y.row(w));
  pieces->resize((works.size() + kExamplesPerPiece - 1) / kExamplesPerPiece);
  SUBJREC_TRY(team.run(
      pieces->size(),
      [&](size_t p) {
        EncoderInputs& work_inputs = (*pieces)[p];
        work_inputs.clear();
        const size_t end = std::min(works.size(), (p + 1) * kExamplesPerPiece);
        for (size_t i = p * kExamplesPerPiece; i < end; ++i) {
          batch.hidden[i] = examples.draw(works[i], static_cast<int>(epoch), &work_inputs);
        }
      },
      monitor));
  for (const EncoderInputs& piece : *pieces) batch.work_inputs.append(piece);
  return batch;
}

double scheduled_rate(const TrainOptions& options, double now, double all) {
  const double warm = std::min<double>(options.warmup_steps, all / 4);
  const double share = now <= warm ? now / warm : (all + 1 - now) / (all + 1 - warm);
  return options.learning_rate * std::max(share, 0.0);
}

double negative_count(const TrainOptions& options) {
  return options.loss == "sampled_softmax" ? options.negatives
                                           : std::numeric_limits<double>::infinity();
}

}  // namespace subjrec
