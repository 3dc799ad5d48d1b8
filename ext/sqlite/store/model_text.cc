#include "sqlite/store/model_text.h"

#include <string>

#include "core/train/options.h"
#include "sqlite/bindings/value.h"
#include "sqlite/source/work_text.h"

namespace subjrec {

Status text_features(sqlite3* db, std::string_view who, const ModelName& name,
                     const StoredModel& stored, size_t at, sqlite3_value* value, Monitor& monitor,
                     std::vector<WeightedFeature>* out) {
  const std::string argument =
      std::string(who) + ": argument " + std::to_string(at + 1) + " (text)";
  if (value == nullptr || sqlite3_value_type(value) != SQLITE_TEXT) {
    return {Code::kInvalid, argument + " must be a text, like 'A history of bee-keeping', got " +
                                (value == nullptr ? "nothing" : shown(value))};
  }
  TrainOptions options;
  const auto given = stored.config.find("given_options");
  SUBJREC_TRY(train_option_table().read_json(
      who, given == stored.config.end() ? std::string() : given->second, &options));
  if (options.work_text.empty()) {
    return {Code::kInvalid,
            argument + ": model \"" + name.shown() +
                "\" knows no words, as it was trained without work_text; train it with "
                "json_object('work_text', 'SELECT work_id, title FROM works')"};
  }
  SUBJREC_ASSIGN(const TextReader reader, TextReader::open(db, who, options));
  return known_words(reader, text_of(value), stored.features, monitor, out);
}

}  // namespace subjrec
