#include "core/ingest/line_reader.h"

#include <simdjson.h>

#include "core/ingest/host_simdjson.h"
#include "core/ingest/json_repair.h"

namespace subjrec {

struct LineReader::State {
  std::unique_ptr<RecordStream> records;
  simdjson::dom::parser parser;
  uint64_t count = 0;

  /// Whether the text is JSON; its error otherwise.
  simdjson::error_code check(std::string_view text) {
    simdjson::dom::element element;
    return parser.parse(text.data(), text.size(), false).get(element);
  }
  void classify(const Record& record, simdjson::error_code error, JsonRecord* out);
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::~LineReader() = default;

Result<std::unique_ptr<LineReader>> LineReader::open(const std::string& path,
                                                     const std::optional<RecordsPath>& records,
                                                     Monitor& monitor) {
  SUBJREC_TRY(check_simdjson_is_ours());
  RecordStream::Settings settings;
  settings.splitter.records = records;
  auto state = std::make_unique<State>();
  SUBJREC_ASSIGN(state->records, RecordStream::open(path, monitor, settings));
  return std::unique_ptr<LineReader>(new LineReader(std::move(state)));
}

void LineReader::State::classify(const Record& record, simdjson::error_code error,
                                 JsonRecord* out) {
  out->text.clear();
  out->error = std::string("not JSON: ") + simdjson::error_message(error);
  if (record.state != Record::State::kWhole) return;
  out->text = repair_json(record.text).text;
  out->text.append(simdjson::SIMDJSON_PADDING, ' ');
  const std::string_view repaired(out->text.data(), out->text.size() - simdjson::SIMDJSON_PADDING);
  const bool good = check(repaired) == simdjson::SUCCESS;
  out->text.resize(good ? repaired.size() : 0);
}

Result<bool> LineReader::next(JsonRecord* out, Monitor& monitor) {
  State& self = *state_;
  Record record;
  SUBJREC_ASSIGN(const bool more, self.records->next(&record, monitor));
  if (!more) return false;
  auto error = simdjson::SUCCESS;
  if (record.state != Record::State::kCutOff) error = self.check(record.text);
  if (error != simdjson::SUCCESS && record.state == Record::State::kGuess) {
    SUBJREC_TRY(self.records->again(&record, monitor));
    error = record.state == Record::State::kCutOff ? simdjson::SUCCESS : self.check(record.text);
  }
  if (error == simdjson::MEMALLOC) return Status(Code::kNoMemory, "out of memory");
  out->number = ++self.count;
  out->offset = record.offset;
  out->error.clear();
  if (record.state == Record::State::kCutOff) {
    out->text.clear();
    out->error = "the file ends inside it";
  } else if (error == simdjson::SUCCESS) {
    out->text = record.text;
    while (!out->text.empty() &&
           std::string_view(" \t\r\n").find(out->text.back()) != std::string_view::npos) {
      out->text.pop_back();
    }
  } else {
    self.classify(record, error, out);
  }
  return true;
}

}  // namespace subjrec
