// Texts of works (titles, abstracts) as a bag of words: features that a model is trained with.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "core/model/model.h"
#include "core/train/options.h"
#include "sqlite/bindings/tokenizer.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// The words of one text, as TrainOptions::tokenizer and stop_words say.
class TextReader {
 public:
  static Result<TextReader> open(sqlite3* db, std::string_view who, const TrainOptions& options);

  /// The distinct words, in order, as the ids of features: "text:" and the word.
  Status read(std::string_view text, Monitor& monitor, std::set<std::string>* features) const;

 private:
  explicit TextReader(Tokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

  Tokenizer tokenizer_;
  std::set<std::string, std::less<>> stop_words_;
};

/// A word as the id of a feature, and the word of such an id; "" of another.
std::string text_feature(std::string_view word);
std::string_view text_word(const IdView& feature);

/// What a word weighs in a text of `n` distinct words: 1 up to 16 of them, then the root of 16 / n,
/// so that a long text says no more than 16 words do (its weights' squares add up to 16).
float word_weight(size_t n);

/// Reads (work, text) rows of known works and gives each word of a work to `add`, once, with its
/// weight. Where `limited`, words on more than TrainOptions::max_word_share of the works that have
/// a text, and on more than twenty, are left out. NULLs are left out; a BLOB is an error.
struct WorkTextCounts {
  size_t texts = 0;          // works with a text
  size_t unknown_works = 0;  // rows of works that are not known
};
Result<WorkTextCounts> read_work_text(
    sqlite3* db, std::string_view who, const TrainOptions& options, bool remembered, bool limited,
    const IdTable& works, Monitor& monitor,
    const std::function<void(uint32_t work, const IdView& feature, float weight)>& add);

/// The features of a text that a model knows, ascending by position.
Status known_words(const TextReader& reader, std::string_view text, const IdTable& features,
                   Monitor& monitor, std::vector<WeightedFeature>* out);

}  // namespace subjrec
