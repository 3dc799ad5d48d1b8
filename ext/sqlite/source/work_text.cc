#include "sqlite/source/work_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sqlite/bindings/value.h"

namespace subjrec {
namespace {

constexpr std::string_view kPrefix = "text:";
constexpr size_t kFullWords = 16;
constexpr size_t kNeverCommon = 20;  // works: a word on so few is left out of no small catalogue

IdView text_id(std::string_view text) { return {IdKind::kText, 0, text}; }

}  // namespace

Result<TextReader> TextReader::open(sqlite3* db, std::string_view who,
                                    const TrainOptions& options) {
  SUBJREC_ASSIGN(Tokenizer tokenizer, Tokenizer::open(db, who, options.tokenizer));
  TextReader reader(std::move(tokenizer));
  Monitor unwatched;
  SUBJREC_TRY(reader.tokenizer_.tokenize(options.stop_words, unwatched, [&](std::string_view word) {
    reader.stop_words_.emplace(word);
  }));
  return reader;
}

Status TextReader::read(std::string_view text, Monitor& monitor,
                        std::set<std::string>* features) const {
  return tokenizer_.tokenize(text, monitor, [&](std::string_view word) {
    if (!stop_words_.contains(word)) features->insert(text_feature(word));
  });
}

std::string text_feature(std::string_view word) { return std::string(kPrefix).append(word); }

std::string_view text_word(const IdView& feature) {
  const bool is_one = feature.kind == IdKind::kText && feature.bytes.starts_with(kPrefix);
  return is_one ? feature.bytes.substr(kPrefix.size()) : std::string_view();
}

float word_weight(size_t n) {
  if (n <= kFullWords) return 1.0f;
  return static_cast<float>(std::sqrt(double{kFullWords} / static_cast<double>(n)));
}

Result<WorkTextCounts> read_work_text(
    sqlite3* db, std::string_view who, const TrainOptions& options, bool remembered, bool limited,
    const IdTable& works, Monitor& monitor,
    const std::function<void(uint32_t work, const IdView& feature, float weight)>& add) {
  SUBJREC_ASSIGN(const TextReader text, TextReader::open(db, who, options));
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, who,
                                                         {.text = options.work_text,
                                                          .argument = "option \"work_text\"",
                                                          .columns = "work and text",
                                                          .remembered = remembered}));
  WorkTextCounts counts;
  IdTable words;
  std::map<uint32_t, std::set<uint32_t>> words_of;  // several rows of a work are one text
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor));
    if (!row) break;
    if (reader.is_null(0) || reader.is_null(1)) continue;
    SUBJREC_ASSIGN(const IdView id, reader.id(0, "work"));
    const auto work = works.find(id);
    if (!work) {
      ++counts.unknown_works;
      continue;
    }
    if (sqlite3_value_type(reader.value(1)) == SQLITE_BLOB) {
      return Status(Code::kInvalid, std::string(who) + ": option \"work_text\", row " +
                                        std::to_string(reader.rows()) + ", work " + id_text(id) +
                                        ": wanted a text, got " + shown(reader.value(1)));
    }
    std::set<std::string> found;
    SUBJREC_TRY(text.read(text_of(reader.value(1)), monitor, &found));
    std::set<uint32_t>& all = words_of[*work];
    for (const std::string& word : found) all.insert(words.intern(text_id(word)));
  }
  counts.texts = words_of.size();
  std::vector<size_t> works_with(words.size(), 0);
  for (const auto& [work, all] : words_of) {
    for (const uint32_t word : all) ++works_with[word];
  }
  const double share = options.max_word_share * static_cast<double>(words_of.size());
  const auto most = static_cast<size_t>(std::max(share, double{kNeverCommon}));
  for (const auto& [work, all] : words_of) {
    if (monitor.stop()) return Status::interrupted();
    const float weight = word_weight(all.size());
    for (const uint32_t word : all) {
      if (!limited || works_with[word] <= most) add(work, words[word], weight);
    }
  }
  return counts;
}

Status known_words(const TextReader& reader, std::string_view text, const IdTable& features,
                   Monitor& monitor, std::vector<WeightedFeature>* out) {
  std::set<std::string> words;
  SUBJREC_TRY(reader.read(text, monitor, &words));
  const float weight = word_weight(words.size());
  for (const std::string& word : words) {
    if (const auto feature = features.find(text_id(word))) out->push_back({*feature, weight});
  }
  std::sort(out->begin(), out->end(), [](const WeightedFeature& a, const WeightedFeature& b) {
    return a.feature < b.feature;
  });
  return {};
}

}  // namespace subjrec
