#include "sqlite/store/stored_inputs.h"

#include <string>

#include "core/model/composed_encoder.h"

namespace subjrec {

Status StoredInputs::compose(std::string_view who, const StoredModel& stored,
                             std::span<const uint32_t> subjects,
                             std::span<const WeightedFeature> features, Integrity* integrity,
                             Monitor& monitor, std::span<float> out) {
  Model model;  // of these subjects and features alone
  model.dim = stored.model.dim;
  std::vector<uint32_t> some;
  for (const uint32_t s : subjects) {
    SUBJREC_TRY(integrity->check_row(who, stored, "subjects", s, monitor));
    SUBJREC_TRY(read(who, "subjects", s, &subjects_, model.dim, &model.subject_inputs));
    some.push_back(static_cast<uint32_t>(some.size()));
  }
  if (model.subject_inputs.size() != some.size() * model.dim) {
    return corrupt(who, name_, "subjects", "some subjects lack their input");
  }
  model.subjects.resize(model.subject_inputs.size());
  std::vector<WeightedFeature> known;
  for (const WeightedFeature& f : features) {
    SUBJREC_TRY(integrity->check_row(who, stored, "features", f.feature, monitor));
    const size_t before = model.feature_inputs.size();
    SUBJREC_TRY(read(who, "features", f.feature, &features_, model.dim, &model.feature_inputs));
    if (model.feature_inputs.size() == before) continue;
    known.push_back({static_cast<uint32_t>(known.size()), f.weight});
  }
  compose_row(model, some, known, {}, out.data());
  return {};
}

Status StoredInputs::read(std::string_view who, std::string_view suffix, uint32_t n,
                          Statement* query, size_t dim, std::vector<float>* inputs) {
  if (!*query) {
    SUBJREC_ASSIGN(
        *query,
        Statement::prepare(db_, who, "SELECT input FROM " + shadow(name_, suffix) + " WHERE n = ?1",
                           SQLITE_PREPARE_PERSISTENT));
  }
  SUBJREC_ASSIGN(const bool row, query->bind(1, int64_t{n}).step(who));
  Status status;
  if (row && !query->is_null(0)) {
    inputs->resize(inputs->size() + dim);
    status =
        read_floats(who, name_, suffix,
                    (suffix == "subjects" ? "subject n = " : "feature n = ") + std::to_string(n),
                    query->blob(0), std::span(*inputs).last(dim));
  }
  query->reset();
  return status;
}

}  // namespace subjrec
