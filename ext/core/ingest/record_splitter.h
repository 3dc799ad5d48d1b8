// A stream of bytes, cut into JSON records whatever their frame: NDJSON and JSON Lines,
// concatenated and pretty-printed documents, an array, an API's pages, RFC 7464 sequences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/ingest/json_scanner.h"
#include "core/ingest/page_finder.h"

namespace subjrec {

struct Record {
  enum class State {
    kGuess,   // a line that begins as an object; if it is no JSON, ask again()
    kWhole,   // its brackets and commas are in order
    kLine,    // a line that is that whoever reads it has to classify
    kBroken,  // a line: what begins there is no JSON
    kCutOff,  // the file ends inside it
  };
  std::string_view text;  // kPadding readable bytes follow
  uint64_t number = 0;    // line of its first byte, from 1
  uint64_t offset = 0;    // of its first byte in the unpacked stream, from 0
  State state = State::kWhole;
};

/// Records are objects that follow each other, on lines of their own or not, with or without
/// commas and white space between them; the elements of arrays; and, where the first object of the
/// stream is an API's page, the elements of that array in every object. A byte order mark and the
/// record separator of RFC 7464 between two records are passed over; "\n", "\r\n" and "\r" end
/// lines.
///
/// As long as each record is a line, a line is found by its newline alone, and taken for a record
/// until its reader says that it is none. Everything else is scanned byte by byte. What is damaged
/// is given up up to the end of its first line. One buffer holds the record at hand and grows with
/// the longest; of an array or a page no more is held.
class RecordSplitter {
 public:
  /// What simdjson may read beyond the end of a document.
  static constexpr size_t kPadding = 64;
  static constexpr size_t kLongest = size_t{64} << 20;

  struct Settings {
    size_t longest = kLongest;                // bytes of a record; a longer one is Code::kCorrupt
    std::optional<RecordsPath> records = {};  // where documents have records; none: found out
    bool every_line =
        false;  // lines are records, whatever is in them, unless the first is an object
  };

  /// Appends some bytes to the buffer; false where there are no more.
  using Refill = std::function<Result<bool>(std::vector<char>* buffer)>;

  RecordSplitter(Refill refill, Settings settings)
      : refill_(std::move(refill)), settings_(std::move(settings)) {}

  /// The next record, until the next call; false after the last.
  Result<bool> next(Record* record);
  /// Instead of a record that was a guess: what is really there.
  Status again(Record* record);

  uint64_t bytes() const { return position_; }
  uint64_t lines() const { return line() - (line_in_use_ ? 0 : 1); }
  uint64_t blank_lines() const { return blank_lines_; }
  /// Whether documents were seen that lack the array that `records` names, and how many had it.
  uint64_t documents() const { return documents_; }
  uint64_t documents_without_records() const { return documents_ - arrays_; }
  const std::optional<RecordsPath>& records() const { return path_; }

 private:
  uint64_t line() const { return 1 + line_ends_.lines() + line_ends_inside_; }

  enum class Frame { kUnknown, kLines, kValues };
  enum class Inside { kNothing, kArray, kPage };

  Result<bool> more();
  Result<bool> there(uint64_t position);
  char at(uint64_t position) const { return buffer_[static_cast<size_t>(position - start_)]; }
  std::string_view view(uint64_t from, uint64_t to) const {
    return {buffer_.data() + (from - start_), static_cast<size_t>(to - from)};
  }
  uint64_t loaded() const { return start_ + buffer_.size(); }

  void pass_byte();
  Status pass_separators();
  Status pass_broken();
  Result<bool> line_end(uint64_t from, std::string_view ends, uint64_t* end);
  void begin_record();
  Result<bool> outside(Record* record);
  Result<bool> inside(Record* record);
  void pass_columns(Record* record);
  Status decide();
  Result<bool> walk_page(Record* record);
  Status guess_line(Record* record);
  Status take_line(Record* record, Record::State state);
  Status take_value(Record* record);
  void take(uint64_t end, Record::State state, Record* record);
  Status settle_frame(uint64_t end, bool one_line);
  bool end_of_file(Record* record);

  Refill refill_;
  Settings settings_;
  std::vector<char> buffer_;
  uint64_t start_ = 0;     // of the buffer, in the stream
  uint64_t position_ = 0;  // of what comes next
  bool done_ = false;

  uint64_t record_ = 0;             // where the record at hand begins; what is before it may go
  uint64_t record_line_ = 0;        // its line
  std::optional<uint64_t> indent_;  // white space before it on its line, if nothing else is there
  bool broken_ = false;             // it is: the next one begins where pass_broken() says

  Frame frame_ = Frame::kUnknown;
  Inside inside_ = Inside::kNothing;
  std::optional<RecordsPath> path_;  // once the first object has been looked at
  std::optional<PathWatcher> watcher_;
  JsonScanner page_;  // of the page that is being walked through
  bool page_has_array_ = false;
  uint64_t documents_ = 0, arrays_ = 0;

  LineCounter line_ends_;
  uint64_t line_ends_inside_ = 0;  // of records
  uint64_t line_start_ = 0;
  uint64_t blank_lines_ = 0;
  bool line_in_use_ = false;  // something stands on the line at hand
};

}  // namespace subjrec
