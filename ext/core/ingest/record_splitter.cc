#include "core/ingest/record_splitter.h"

#include <algorithm>
#include <cstring>

namespace subjrec {
namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf";  // byte order mark of UTF-8
constexpr char kRecordSeparator = '\x1e';           // RFC 7464
constexpr uint64_t kBeginning = 1 << 20;            // what tells whether an object is a page
constexpr std::string_view kNewline = "\n";
constexpr std::string_view kLineEnds = "\n\r";

}  // namespace

/// Makes room by dropping what lies before the record at hand, and appends.
Result<bool> RecordSplitter::more() {
  if (done_) return false;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<ptrdiff_t>(record_ - start_));
  start_ = record_;
  SUBJREC_ASSIGN(const bool grown, refill_(&buffer_));
  done_ = !grown;
  buffer_.reserve(buffer_.size() + kPadding);
  return grown;
}

/// Whether the stream has a byte at `position`, which is then in the buffer.
Result<bool> RecordSplitter::there(uint64_t position) {
  while (position >= loaded()) {
    SUBJREC_ASSIGN(const bool grown, more());
    if (!grown) return false;
  }
  return true;
}

void RecordSplitter::pass_byte() {
  const uint64_t before = line_ends_.lines();
  const char c = at(position_);
  line_ends_.byte(c);
  ++position_;
  if (c == '\n' || c == '\r') line_start_ = position_;
  if (line_ends_.lines() == before) return;
  if (!line_in_use_) ++blank_lines_;
  line_in_use_ = false;
}

Status RecordSplitter::pass_separators() {
  for (;;) {
    record_ = position_;
    SUBJREC_ASSIGN(const bool more_bytes, there(position_));
    if (!more_bytes) return {};
    const char c = at(position_);
    if (c == kMark[0]) {
      SUBJREC_ASSIGN([[maybe_unused]] const bool whole, there(position_ + kMark.size() - 1));
      const uint64_t end = std::min<uint64_t>(loaded(), position_ + kMark.size());
      if (view(position_, end) != kMark) return {};
      position_ = end;
      line_start_ = line_in_use_ ? line_start_ : end;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' ||
               c == kRecordSeparator) {
      pass_byte();
    } else {
      return {};
    }
  }
}

/// Behind the first line of a record that is broken. In a frame of lines the next line is a record
/// again; otherwise the next one is where a line begins as the broken one did, so that its own
/// inner parts are not taken for records.
Status RecordSplitter::pass_broken() {
  broken_ = false;
  if (frame_ == Frame::kLines || !indent_) return {};
  const uint64_t indent = *indent_;
  for (bool beginning = false;;) {
    record_ = position_;
    SUBJREC_ASSIGN(const bool more_bytes, there(position_));
    if (!more_bytes) return {};
    const char c = at(position_);
    const uint64_t column = position_ - line_start_;
    if (beginning && c == '{' && column == indent) return {};
    if (beginning && c == ']' && column <= indent) return {};  // the end of their array
    const bool line_ended = c == '\n' || c == '\r';
    beginning = line_ended || (beginning && (c == ' ' || c == '\t'));
    line_in_use_ = true;  // so that no line counts as blank
    pass_byte();
    if (line_ended) line_in_use_ = false;
  }
}

/// The first of the line ends from `from` on, or the end of the file; false where there is none
/// within the longest record.
Result<bool> RecordSplitter::line_end(uint64_t from, std::string_view ends, uint64_t* end) {
  for (uint64_t searched = from;;) {
    const std::string_view rest = view(searched, loaded());
    const size_t found = ends.size() == 1 ? rest.find(ends[0]) : rest.find_first_of(ends);
    *end = found == std::string_view::npos ? loaded() : searched + found;
    if (*end - from > settings_.longest) return false;
    if (found != std::string_view::npos) return true;
    searched = loaded();
    SUBJREC_ASSIGN(const bool grown, more());
    if (!grown) return true;
  }
}

void RecordSplitter::begin_record() {
  record_ = position_;
  record_line_ = line();
  indent_.reset();
  if (!line_in_use_) indent_ = position_ - line_start_;
}

Result<bool> RecordSplitter::next(Record* record) {
  for (;;) {
    if (broken_) SUBJREC_TRY(pass_broken());
    SUBJREC_TRY(pass_separators());
    SUBJREC_ASSIGN(const bool more_bytes, there(position_));
    if (!more_bytes) return end_of_file(record);
    begin_record();
    SUBJREC_ASSIGN(const bool found,
                   inside_ == Inside::kNothing ? outside(record) : inside(record));
    if (found) return true;
  }
}

/// Between the stream's values.
Result<bool> RecordSplitter::outside(Record* record) {
  const char c = at(position_);
  if (c == '{' && frame_ == Frame::kUnknown) settings_.every_line = false;
  if (settings_.every_line) frame_ = Frame::kLines;
  if (settings_.every_line || (c != '{' && (c != '[' || frame_ == Frame::kLines))) {
    SUBJREC_TRY(take_line(record, Record::State::kLine));
    if (!settings_.every_line) pass_columns(record);
    return true;
  }
  if (c == '[') {
    line_in_use_ = true;
    pass_byte();
    inside_ = Inside::kArray;
    return false;
  }
  if (!path_) SUBJREC_TRY(decide());
  if (!path_->empty()) {
    ++documents_;
    page_has_array_ = false;
    page_.start();
    watcher_->start();
    return walk_page(record);
  }
  SUBJREC_TRY(frame_ == Frame::kLines ? guess_line(record) : take_value(record));
  return true;
}

/// Open Library's dumps are lines of tab-separated columns, and the last of them is the record.
void RecordSplitter::pass_columns(Record* record) {
  if (record->text.substr(0, 6) != "/type/") return;
  const size_t tab = record->text.find("\t{");
  if (tab == std::string_view::npos) return;
  record->text.remove_prefix(tab + 1);
  record->offset += tab + 1;
}

/// In an array of records.
Result<bool> RecordSplitter::inside(Record* record) {
  if (at(position_) != ']') {
    SUBJREC_TRY(take_value(record));
    return true;
  }
  if (inside_ == Inside::kPage) return walk_page(record);
  line_in_use_ = true;
  pass_byte();
  inside_ = Inside::kNothing;
  frame_ = Frame::kValues;
  return false;
}

/// Whether the objects of this stream are records, or pages of them.
Status RecordSplitter::decide() {
  if (settings_.records) {
    path_ = settings_.records;
  } else {
    JsonScanner scanner;
    uint64_t end = position_;
    for (auto state = JsonScanner::State::kOpen; state == JsonScanner::State::kOpen;) {
      SUBJREC_ASSIGN(const bool more_bytes, there(end));
      if (!more_bytes || end - position_ >= kBeginning) break;
      const uint64_t to = std::min(loaded(), position_ + kBeginning);
      state = scanner.feed(view(end, to));
      end = position_ + scanner.used();
    }
    path_ = find_records(view(position_, end)).value_or(RecordsPath());
  }
  watcher_.emplace(&*path_);
  return {};
}

/// Goes on through a page: into its array of records, or to its end.
Result<bool> RecordSplitter::walk_page(Record* record) {
  line_in_use_ = true;
  inside_ = Inside::kPage;
  for (;;) {
    record_ = position_;
    SUBJREC_ASSIGN(const bool more_bytes, there(position_));
    if (!more_bytes) return false;
    const uint64_t used = page_.used(), line_ends = page_.lines().lines();
    const auto state = page_.feed(view(position_, loaded()), *watcher_);
    position_ += page_.used() - used;
    line_ends_inside_ += page_.lines().lines() - line_ends;
    if (state == JsonScanner::State::kStopped) {
      if (!page_has_array_) ++arrays_;
      page_has_array_ = true;
      return false;
    }
    if (state == JsonScanner::State::kOpen) continue;
    inside_ = Inside::kNothing;
    frame_ = Frame::kValues;
    if (state == JsonScanner::State::kWhole) return false;
    begin_record();
    SUBJREC_TRY(take_line(record, Record::State::kBroken));
    return true;
  }
}

Status RecordSplitter::guess_line(Record* record) {
  uint64_t end = 0;
  SUBJREC_ASSIGN(const bool short_enough, line_end(position_, kNewline, &end));
  if (!short_enough) return take_value(record);
  take(end, Record::State::kGuess, record);
  return {};
}

Status RecordSplitter::again(Record* record) {
  position_ = record_;
  return take_value(record);
}

Status RecordSplitter::take_line(Record* record, Record::State state) {
  uint64_t end = 0;
  SUBJREC_ASSIGN(const bool short_enough, line_end(position_, kLineEnds, &end));
  if (!short_enough) {
    return {Code::kCorrupt, "the record at line " + std::to_string(record_line_) + ", from byte " +
                                std::to_string(record_) + " on, is longer than " +
                                std::to_string(settings_.longest) + " bytes"};
  }
  broken_ = state == Record::State::kBroken;
  take(end, state, record);
  return {};
}

Status RecordSplitter::take_value(Record* record) {
  JsonScanner scanner;
  auto state = JsonScanner::State::kOpen;
  bool more_bytes = true;
  while (state == JsonScanner::State::kOpen) {
    const uint64_t used = record_ + scanner.used();
    SUBJREC_ASSIGN(more_bytes, there(used));
    if (!more_bytes || used - record_ > settings_.longest) break;
    state = scanner.feed(view(used, loaded()));
  }
  const uint64_t end = record_ + scanner.used();
  // take_line() says that the record is too long, unless its lines are short and can be passed.
  if (scanner.used() > settings_.longest) return take_line(record, Record::State::kBroken);
  if (state == JsonScanner::State::kWhole || (!more_bytes && scanner.whole_at_end())) {
    const uint64_t line_ends = scanner.lines().lines();
    SUBJREC_TRY(settle_frame(end, line_ends == 0));
    take(end, Record::State::kWhole, record);
    line_ends_inside_ += line_ends;
    return {};
  }
  const bool one_of_lines =
      frame_ == Frame::kLines && view(record_, end).find('\n') != std::string_view::npos;
  if (state == JsonScanner::State::kOpen && !more_bytes && !one_of_lines) {
    inside_ = Inside::kNothing;
    line_ends_inside_ += scanner.lines().lines();
    take(loaded(), Record::State::kCutOff, record);
    return {};
  }
  return take_line(record, Record::State::kBroken);
}

void RecordSplitter::take(uint64_t end, Record::State state, Record* record) {
  record->text = view(record_, end);
  record->number = record_line_;
  record->offset = record_;
  record->state = state;
  position_ = end;
  line_in_use_ = true;
}

/// A record that has a line for itself lets the next ones be looked for as lines.
Status RecordSplitter::settle_frame(uint64_t end, bool one_line) {
  if (inside_ != Inside::kNothing) return {};
  for (;; ++end) {
    SUBJREC_ASSIGN(const bool more_bytes, there(end));
    if (!more_bytes) return {};
    const char c = at(end);
    if (c != ' ' && c != '\t') break;
  }
  if (at(end) == '\r') {
    SUBJREC_ASSIGN(const bool more_bytes, there(end + 1));
    if (more_bytes) ++end;
  }
  frame_ = one_line && indent_ && at(end) == '\n' ? Frame::kLines : Frame::kValues;
  return {};
}

/// What was opened must have been closed.
bool RecordSplitter::end_of_file(Record* record) {
  if (inside_ == Inside::kNothing) return false;
  inside_ = Inside::kNothing;
  begin_record();
  const bool in_use = line_in_use_;
  take(position_, Record::State::kCutOff, record);
  line_in_use_ = in_use;
  return true;
}

}  // namespace subjrec
