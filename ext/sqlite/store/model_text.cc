#include "sqlite/store/model_text.h"

#include <string>

#include "core/train/options.h"
#include "sqlite/source/work_text.h"

namespace subjrec {

Status text_features(sqlite3* db, const Arguments& arguments, size_t at, const ModelName& name,
                     const StoredModel& stored, Monitor& monitor,
                     std::vector<WeightedFeature>* out) {
  const char* who = arguments.who();
  SUBJREC_ASSIGN(const std::string text,
                 arguments.text(at, "a text, like 'A history of bee-keeping'"));
  TrainOptions options;
  const auto given = stored.config.find("given_options");
  SUBJREC_TRY(train_option_table().read_json(
      who, given == stored.config.end() ? std::string() : given->second, &options));
  if (options.work_text.empty()) {
    return {Code::kInvalid,
            arguments.named(at) + ": model \"" + name.shown() +
                "\" knows no words, as it was trained without work_text; train it with "
                "json_object('work_text', 'SELECT work_id, title FROM works')"};
  }
  SUBJREC_ASSIGN(const TextReader reader, TextReader::open(db, who, options));
  return known_words(reader, text, stored.features, monitor, out);
}

}  // namespace subjrec
