#include "core/train/composed/composed_model.h"

#include <algorithm>
#include <utility>

#include "core/train/composed/composed_trainer.h"

namespace subjrec {
namespace {

constexpr size_t kWorksPerPiece = 256;

/// The first `dim` floats of rows [begin, end) of `from`, which are `stride` apart.
Status copy_rows(const std::vector<float>& from, size_t stride, size_t begin, size_t end,
                 size_t dim, std::vector<float>* rows, Monitor& monitor) {
  Poll poll(monitor, 1 << 13);
  rows->reserve((end - begin) * dim);
  for (size_t r = begin; r < end; ++r) {
    if (poll.stop()) return Status::interrupted();
    const float* row = from.data() + r * stride;
    rows->insert(rows->end(), row, row + dim);
  }
  return {};
}

}  // namespace

Result<Model> composed_model(ComposedNetwork* network, const ExampleSource& examples,
                             ThreadTeam& team, Monitor& monitor) {
  Model model;
  model.kind = &kComposed.model;
  model.dim = network->dim();
  const size_t n_subjects = network->n_subjects();
  SUBJREC_TRY(network->refresh(team, monitor));
  const EmbeddingTower& subjects = network->subjects();
  const EmbeddingTower& inputs = network->inputs();
  SUBJREC_TRY(copy_rows(subjects.rows(), subjects.own().stride, 0, n_subjects, model.dim,
                        &model.subjects, monitor));
  SUBJREC_TRY(copy_rows(inputs.rows(), inputs.own().stride, 0, n_subjects, model.dim,
                        &model.subject_inputs, monitor));
  SUBJREC_TRY(copy_rows(inputs.rows(), inputs.own().stride, n_subjects, examples.n_inputs(),
                        model.dim, &model.feature_inputs, monitor));
  for (size_t s = 0; s < n_subjects; ++s) {
    model.subject_bias.push_back(network->log_popularity()[s] + subjects.row(s)[model.dim]);
  }
  const Projection& projection = network->work_vectors();
  SUBJREC_TRY(copy_rows(projection.map().value, projection.map().stride, 0, projection.map().rows(),
                        model.dim, &model.work_projection, monitor));
  for (float& x : model.work_projection) x *= projection.scale();
  model.calibration_pairs = examples.calibration_pairs().size();
  model.calibration_works = examples.cold_works().size();
  return model;
}

Status calibrate(const CalibrationEvaluator& evaluator, Model* model, Monitor& monitor) {
  SUBJREC_ASSIGN(Calibration calibration, evaluator.calibration(monitor));
  set_calibration(std::move(calibration), model);
  SUBJREC_ASSIGN(model->cold_curve, evaluator.cold_curve(monitor));
  return {};
}

Result<std::vector<float>> compose_works(const ComposedNetwork& network,
                                         const ExampleSource& examples, size_t n_works,
                                         ThreadTeam& team, Monitor& monitor) {
  const size_t dim = network.dim();
  std::vector<float> works(n_works * dim);
  SUBJREC_TRY(team.run((n_works + kWorksPerPiece - 1) / kWorksPerPiece,
                       [&](size_t piece) {
                         std::vector<float> row(network.stride());
                         const size_t end = std::min(n_works, (piece + 1) * kWorksPerPiece);
                         for (size_t w = piece * kWorksPerPiece; w < end; ++w) {
                           const auto work = static_cast<uint32_t>(w);
                           EncoderInputs work_inputs;
                           examples.inputs_without(work, ExampleSource::kNone, &work_inputs);
                           network.embed(work_inputs, 0, work, row.data());
                           std::copy_n(row.data(), dim, works.data() + w * dim);
                         }
                       },
                       monitor));
  return works;
}

Status settle_regularization(const TrainOptions& options, int64_t step, int64_t epoch,
                             const ExampleSource& examples, const CalibrationEvaluator& evaluator,
                             ComposedNetwork* network, std::vector<HistoryRow>* history,
                             ThreadTeam& team, Monitor& monitor) {
  constexpr size_t kLeastPairs = 32;
  if (options.is_given("regularization") || examples.calibration_pairs().size() < kLeastPairs ||
      epoch >= options.epochs) {
    return {};
  }
  SUBJREC_TRY(network->refresh(team, monitor));
  SUBJREC_ASSIGN(const double overconfidence, evaluator.overconfidence(monitor));
  const double now = network->regularization();
  network->set_regularization(raised_regularization(now, overconfidence));
  history->push_back({step, epoch, "overconfidence", overconfidence});
  history->push_back({step, epoch, "regularization", now});
  return {};
}

}  // namespace subjrec
