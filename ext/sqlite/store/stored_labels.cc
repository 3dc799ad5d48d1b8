#include "sqlite/store/stored_labels.h"

#include <memory>
#include <span>
#include <vector>

namespace subjrec {
namespace {

constexpr std::string_view kLabels = "subject_labels_";
constexpr std::string_view kWords = "label_words_";
constexpr size_t kLength = 200000;

std::string key_of(std::string_view prefix, size_t i) {
  return std::string(prefix) + std::to_string(i);
}

/// Appends rows to the texts of one prefix.
class Lists {
 public:
  Lists(std::string_view prefix, Config* config) : prefix_(prefix), config_(config) {}
  ~Lists() { end(); }
  Lists(const Lists&) = delete;
  Lists& operator=(const Lists&) = delete;

  void add(std::span<const uint32_t> first, std::span<const uint32_t> rest) {
    text_ += text_.empty() ? "[[" : ",[";
    for (const std::span<const uint32_t> part : {first, rest}) {
      for (const uint32_t number : part) text_ += std::to_string(number) + ",";
    }
    if (text_.back() == ',') text_.pop_back();
    text_ += "]";
    if (text_.size() >= kLength) end();
  }

 private:
  void end() {
    if (text_.empty()) return;
    (*config_)[key_of(prefix_, count_++)] = text_ + "]";
    text_.clear();
  }

  std::string_view prefix_;
  Config* config_;
  std::string text_;
  size_t count_ = 0;
};

/// Appends the rows of one text; false where it is no list of lists of numbers below 2^32.
bool read_rows(std::string_view text, NumberRows* rows) {
  int depth = 0;
  bool digits = false;
  uint64_t number = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<uint64_t>(c - '0');
      digits = true;
      if (depth != 2 || number > 0xfffffffe) return false;
      continue;
    }
    if (digits) rows->numbers.push_back(static_cast<uint32_t>(number));
    digits = false;
    number = 0;
    if (c == '[') ++depth;
    if (c == ']' && depth-- == 2) rows->end_row();
    if (depth < 0 || depth > 2 || (c != '[' && c != ']' && c != ',')) return false;
  }
  return depth == 0 && !digits;
}

Status read_lists(std::string_view who, const ModelName& name, const Config& config,
                  std::string_view prefix, NumberRows* rows) {
  for (size_t i = 0;; ++i) {
    const auto at = config.find(key_of(prefix, i));
    if (at == config.end()) return {};
    if (read_rows(at->second, rows)) continue;
    return corrupt(who, name, "config",
                   "the value of \"" + at->first + "\" is '" + printable(at->second) +
                       "', and no list of lists of numbers");
  }
}

bool ascend(std::span<const uint32_t> numbers, size_t below) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] >= below || (i > 0 && numbers[i] <= numbers[i - 1])) return false;
  }
  return true;
}

/// What is wrong, or "".
std::string make_labels(const NumberRows& rows, const NumberRows& words, size_t n_subjects,
                        size_t n_features, SubjectLabels* out) {
  std::vector<bool> taken(n_features);
  for (size_t w = 0; w < words.size(); ++w) {
    if (!ascend(words[w], n_features)) return "the features of label word " + std::to_string(w);
    for (const uint32_t feature : words[w]) {
      if (taken[feature]) return "feature " + std::to_string(feature) + " of two label words";
      taken[feature] = true;
    }
  }
  for (size_t l = 0; l < rows.size(); ++l) {
    const auto row = rows[l];
    if (row.size() < 2 || row[0] >= n_subjects || !ascend(row.subspan(1), words.size()) ||
        (l > 0 && row[0] < out->subjects.back())) {
      return "label " + std::to_string(l);
    }
    out->subjects.push_back(row[0]);
    for (const uint32_t word : row.subspan(1)) out->labels.numbers.push_back(word);
    out->labels.end_row();
  }
  out->words = words;
  return "";
}

}  // namespace

bool is_label_key(std::string_view key) {
  return key.starts_with(kLabels) || key.starts_with(kWords);
}

Config label_texts(const SubjectLabels& labels) {
  Config config;
  {
    Lists lists(kLabels, &config);
    for (size_t l = 0; l < labels.labels.size(); ++l) {
      lists.add({&labels.subjects[l], 1}, labels.labels[l]);
    }
    Lists words(kWords, &config);
    for (size_t w = 0; w < labels.words.size(); ++w) words.add(labels.words[w], {});
  }
  return config;
}

Status read_stored_labels(std::string_view who, const ModelName& name, StoredModel* stored) {
  if (stored->config.count(key_of(kLabels, 0)) == 0) return {};
  NumberRows rows;
  NumberRows words;
  SUBJREC_TRY(read_lists(who, name, stored->config, kLabels, &rows));
  SUBJREC_TRY(read_lists(who, name, stored->config, kWords, &words));
  auto labels = std::make_shared<SubjectLabels>();
  const std::string wrong =
      make_labels(rows, words, stored->subjects.size(), stored->n_features, &*labels);
  if (!wrong.empty()) return corrupt(who, name, "config", wrong + " is not as it should be");
  stored->model.labels = std::move(labels);
  return {};
}

}  // namespace subjrec
