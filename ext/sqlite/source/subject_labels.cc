#include "sqlite/source/subject_labels.h"

#include <set>
#include <vector>

#include "sqlite/bindings/value.h"
#include "sqlite/source/work_text.h"

namespace subjrec {
namespace {

/// The stemmer on top of the tokenizer of texts, unless that is one, or cuts within words.
std::string stemming(const std::string& tokenizer) {
  const bool as_it_is = tokenizer.starts_with("porter") || tokenizer.starts_with("trigram");
  return as_it_is ? tokenizer : "porter " + tokenizer;
}

constexpr char kEnd = '\0';  // of a stem; no token has one

/// Such that the order of these ids is that of the subjects.
std::string begin_label(uint32_t subject) {
  std::string id;
  for (int shift = 24; shift >= 0; shift -= 8) id += static_cast<char>(subject >> shift & 255);
  return id;
}

uint32_t subject_of(const IdView& label) {
  uint32_t subject = 0;
  for (const char byte : label.bytes.substr(0, 4)) {
    subject = subject << 8 | static_cast<unsigned char>(byte);
  }
  return subject;
}

std::vector<IdView> stems_of(const IdView& label) {
  std::vector<IdView> stems;
  for (std::string_view rest = label.bytes.substr(4); !rest.empty();) {
    const size_t end = rest.find(kEnd);
    stems.push_back({IdKind::kText, 0, rest.substr(0, end)});
    rest.remove_prefix(end + 1);
  }
  return stems;
}

}  // namespace

/// The last token: of a word that was cut from a text there is one.
Result<std::string> SubjectLabelRows::stem(std::string_view word, Monitor& monitor) const {
  std::string stem(word);
  SUBJREC_TRY(stemmer_.tokenize(word, monitor, [&](std::string_view token) { stem = token; }));
  return stem;
}

Status SubjectLabelRows::add(uint32_t subject, const std::set<std::string>& features,
                             Monitor& monitor) {
  std::set<std::string> stems;
  for (const std::string& feature : features) {
    const std::string_view word = text_word({IdKind::kText, 0, feature});
    SUBJREC_ASSIGN(std::string stem, this->stem(word, monitor));
    words_.intern({IdKind::kText, 0, word});
    stems.insert(std::move(stem));
  }
  std::string label = begin_label(subject);
  for (const std::string& stem : stems) label += stem + kEnd;
  if (!stems.empty()) labels_.intern({IdKind::kBlob, 0, label});
  return {};
}

Result<SubjectLabelRows> SubjectLabelRows::read(sqlite3* db, std::string_view who,
                                                const TrainOptions& options, bool remembered,
                                                const IdTable& subjects, Monitor& monitor) {
  SUBJREC_ASSIGN(const TextReader text, TextReader::open(db, who, options));
  SUBJREC_ASSIGN(Tokenizer stemmer, Tokenizer::open(db, who, stemming(options.tokenizer)));
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, who,
                                                         {.text = options.subject_labels,
                                                          .argument = "option \"subject_labels\"",
                                                          .columns = "subject and label",
                                                          .remembered = remembered}));
  SubjectLabelRows rows(std::move(stemmer));
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor));
    if (!row) break;
    if (reader.is_null(0) || reader.is_null(1)) continue;
    SUBJREC_ASSIGN(const IdView id, reader.id(0, "subject"));
    const auto subject = subjects.find(id);
    if (sqlite3_value_type(reader.value(1)) == SQLITE_BLOB) {
      return Status(Code::kInvalid, std::string(who) + ": option \"subject_labels\", row " +
                                        std::to_string(reader.rows()) + ", subject " + id_text(id) +
                                        ": wanted a text, got " + shown(reader.value(1)));
    }
    std::set<std::string> words;
    SUBJREC_TRY(text.read(text_of(reader.value(1)), monitor, &words));
    if (!subject) {
      if (!words.empty()) rows.unknown_subjects_.intern(id);
      continue;
    }
    SUBJREC_TRY(rows.add(*subject, words, monitor));
  }
  SUBJREC_ASSIGN([[maybe_unused]] const auto moved, rows.labels_.sort(monitor));
  return rows;
}

void SubjectLabelRows::intern_words(const AddFeature& add) const {
  const auto intern = [&](const IdView& word) {
    const std::string id = text_feature(word.bytes);
    add(kNoWork, {IdKind::kText, 0, id}, 0);
  };
  for (size_t i = 0; i < words_.size(); ++i) intern(words_[i]);
  for (size_t l = 0; l < labels_.size(); ++l) {
    for (const IdView& stem : stems_of(labels_[l])) intern(stem);
  }
}

Result<std::shared_ptr<const SubjectLabels>> SubjectLabelRows::by_features(const IdTable& features,
                                                                           Monitor& monitor) const {
  IdTable stems;
  Poll poll(monitor, 1 << 12);
  for (size_t l = 0; l < labels_.size(); ++l) {
    if (poll.stop()) return Status::interrupted();
    for (const IdView& stem : stems_of(labels_[l])) stems.intern(stem);
  }
  SUBJREC_ASSIGN([[maybe_unused]] const auto moved, stems.sort(monitor));
  std::vector<std::vector<uint32_t>> forms(stems.size());
  for (uint32_t f = 0; f < features.size(); ++f) {
    if (poll.stop()) return Status::interrupted();
    const std::string_view word = text_word(features[f]);
    if (word.empty()) continue;
    SUBJREC_ASSIGN(const std::string stem, this->stem(word, monitor));
    if (const auto at = stems.find({IdKind::kText, 0, stem})) forms[*at].push_back(f);
  }
  auto out = std::make_shared<SubjectLabels>();
  for (const std::vector<uint32_t>& some : forms) {
    for (const uint32_t feature : some) out->words.numbers.push_back(feature);
    out->words.end_row();
  }
  for (size_t l = 0; l < labels_.size(); ++l) {
    out->subjects.push_back(subject_of(labels_[l]));
    for (const IdView& stem : stems_of(labels_[l])) {
      out->labels.numbers.push_back(*stems.find(stem));
    }
    out->labels.end_row();
  }
  return std::shared_ptr<const SubjectLabels>(std::move(out));
}

}  // namespace subjrec
