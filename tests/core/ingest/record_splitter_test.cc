#include "core/ingest/record_splitter.h"

#include <gtest/gtest.h>

#include <string>

namespace subjrec {
namespace {

/// The text, a few bytes at a time.
RecordSplitter::Refill in_steps(const std::string& text, size_t step) {
  return [text, step, at = size_t{0}](std::vector<char>* buffer) mutable -> Result<bool> {
    const size_t n = std::min(step, text.size() - at);
    buffer->insert(buffer->end(), text.begin() + static_cast<ptrdiff_t>(at),
                   text.begin() + static_cast<ptrdiff_t>(at + n));
    at += n;
    return n > 0;
  };
}

/// Records as "line:offset text", with a mark where they are none.
struct Split {
  std::vector<std::string> records;
  uint64_t lines = 0, blank_lines = 0;
  std::string error;
  bool operator==(const Split&) const = default;
};

/// A reader that knows bad JSON when it sees "bad", and takes back guesses of two values.
bool accepts(std::string_view text) {
  JsonScanner scanner;
  const auto state = scanner.feed(text);
  const auto rest = text.substr(static_cast<size_t>(scanner.used()));
  return state == JsonScanner::State::kWhole && rest.find_first_not_of(" \t\r") == rest.npos;
}

Split split_in_steps(const std::string& text, size_t step, RecordSplitter::Settings settings) {
  RecordSplitter splitter(in_steps(text, step), std::move(settings));
  Split all;
  Record record;
  for (;;) {
    const auto more = splitter.next(&record);
    if (!more.ok()) {
      all.error = more.status().message();
      return all;
    }
    if (!*more) break;
    if (record.state == Record::State::kGuess && !accepts(record.text)) {
      EXPECT_TRUE(splitter.again(&record).ok());
    }
    const char* mark = record.state == Record::State::kBroken   ? " broken"
                       : record.state == Record::State::kCutOff ? " cut off"
                       : record.state == Record::State::kLine   ? " line"
                                                                : "";
    std::string shown(record.text);
    while (!shown.empty() && (shown.back() == '\r' || shown.back() == ' ')) shown.pop_back();
    all.records.push_back(std::to_string(record.number) + ":" + std::to_string(record.offset) +
                          " " + shown + mark);
  }
  EXPECT_EQ(splitter.bytes(), text.size());
  EXPECT_FALSE(*splitter.next(&record)) << "the end stays the end";
  all.lines = splitter.lines();
  all.blank_lines = splitter.blank_lines();
  return all;
}

/// However the stream is cut, it is the same.
Split split(const std::string& text, const RecordSplitter::Settings& settings = {}) {
  const Split whole = split_in_steps(text, text.size() + 1, settings);
  for (const size_t step : {1, 2, 3, 7, 64, 1001}) {
    EXPECT_EQ(split_in_steps(text, step, settings).records, whole.records) << step << " " << text;
  }
  return whole;
}

std::vector<std::string> records(const std::string& text,
                                 const RecordSplitter::Settings& settings = {}) {
  return split(text, settings).records;
}

using Records = std::vector<std::string>;

TEST(RecordSplitter, LinesOfEveryKind) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text = "{\"id\":1}" + end + end + "{\"id\":2}" + end + " {\"id\":3}";
    const Split all = split(text);
    const uint64_t e = end.size();
    EXPECT_EQ(all.records,
              (Records{"1:0 {\"id\":1}", "3:" + std::to_string(8 + 2 * e) + " {\"id\":2}",
                       "4:" + std::to_string(17 + 3 * e) + " {\"id\":3}"}));
    EXPECT_EQ(all.lines, 4u);
    EXPECT_EQ(all.blank_lines, 1u);
  }
  EXPECT_TRUE(records("").empty());
  EXPECT_EQ(split("\n").lines, 1u);
}

TEST(RecordSplitter, DocumentsThatFollowEachOther) {
  EXPECT_EQ(records("{\"id\":1}{\"id\":2} {\"id\":3}"),
            (Records{"1:0 {\"id\":1}", "1:8 {\"id\":2}", "1:17 {\"id\":3}"}));
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2} {\"id\":3}\n{\"id\":4}\n"),
            (Records{"1:0 {\"id\":1}", "2:9 {\"id\":2}", "2:18 {\"id\":3}", "3:27 {\"id\":4}"}))
      << "several on a line between lines of one";
  EXPECT_EQ(records("{\n \"id\": 1\n}\n{\n \"id\": 2\n}\n{\"id\":3}\n{\n \"id\": 4\n}"),
            (Records{"1:0 {\n \"id\": 1\n}", "4:13 {\n \"id\": 2\n}", "7:26 {\"id\":3}",
                     "8:35 {\n \"id\": 4\n}"}));
  EXPECT_EQ(records("\x1e{\"id\":1}\n\x1e{\"id\":2}\n"),
            (Records{"1:1 {\"id\":1}", "2:11 {\"id\":2}"}))
      << "RFC 7464";
  const std::string mark = "\xef\xbb\xbf";
  EXPECT_EQ(records(mark + "{\"id\":1}\n" + mark + "{\"id\":2}"),
            (Records{"1:3 {\"id\":1}", "2:15 {\"id\":2}"}))
      << "parts joined by cat";
  EXPECT_EQ(records("{\"id\":1}\n\xef\xbb"), (Records{"1:0 {\"id\":1}", "2:9 \xef\xbb line"}));
}

TEST(RecordSplitter, Arrays) {
  EXPECT_EQ(records("[{\"id\":1},{\"id\":[2]}]"), (Records{"1:1 {\"id\":1}", "1:10 {\"id\":[2]}"}));
  EXPECT_EQ(records("[\n{\"id\":1},\n{\"id\":2}\n]\n"),
            (Records{"2:2 {\"id\":1}", "3:12 {\"id\":2}"}));
  EXPECT_EQ(records("[7, \"a\", null, [{}]]"),
            (Records{"1:1 7", "1:4 \"a\"", "1:9 null", "1:15 [{}]"}));
  EXPECT_EQ(records("[{\"id\":1}]\n[{\"id\":2}]\n{\"id\":3}"),
            (Records{"1:1 {\"id\":1}", "2:12 {\"id\":2}", "3:22 {\"id\":3}"}))
      << "arrays joined by cat";
  EXPECT_TRUE(records("[]").empty());
  EXPECT_EQ(records("[{\"id\":1},{\"id\""), (Records{"1:1 {\"id\":1}", "1:10 {\"id\" cut off"}));
  EXPECT_EQ(records("[{\"id\":1},"), (Records{"1:1 {\"id\":1}", "1:10  cut off"}));
}

TEST(RecordSplitter, PagesOfAnApi) {
  const std::string page = R"({"type":"ResultList","total":{"a":[1]},"results":[)";
  EXPECT_EQ(records(page + R"({"id":1},{"id":2}],"next":null})"),
            (Records{"1:50 {\"id\":1}", "1:59 {\"id\":2}"}));
  EXPECT_EQ(records(page + "]}\n" + page + "{\"id\":1}]}\n"), (Records{"2:103 {\"id\":1}"}))
      << "the first page is empty";
  EXPECT_EQ(records(R"({"took":1,"hits":{"total":2,"hits":[{"_id":"a"}]}})"),
            (Records{"1:36 {\"_id\":\"a\"}"}));
  EXPECT_EQ(records(R"({"items":[{"id":1}]})"), (Records{"1:10 {\"id\":1}"}));
  EXPECT_EQ(records(R"({"items":[{"id":1}],"subjects":[]})").size(), 1u) << "a work has items, too";
  EXPECT_EQ(records(R"({"results":[{"id":1}],"id":"w"})"),
            (Records{R"(1:0 {"results":[{"id":1}],"id":"w"})"}))
      << "what has an id is a record";
  EXPECT_EQ(records(page + "{\"id\":1}"), (Records{"1:50 {\"id\":1}", "1:58  cut off"}));
  RecordSplitter::Settings settings;
  settings.records = RecordsPath{"a", "b"};
  EXPECT_EQ(records(R"({"id":0,"b":[{}],"a":{"b":[{"id":1}],"c":[{}]},"x":1} {"a":{"b":[{}]}})",
                    settings),
            (Records{"1:27 {\"id\":1}", "1:65 {}"}));
  settings.records = RecordsPath{};
  EXPECT_EQ(records(page + "{}]}", settings).size(), 1u);
  RecordSplitter none(in_steps(R"({"a":{}} {"a":{"b":[]}})", 5),
                      {.records = RecordsPath{"a", "b"}});
  Record record;
  EXPECT_FALSE(*none.next(&record));
  EXPECT_EQ(none.documents(), 2u);
  EXPECT_EQ(none.documents_without_records(), 1u);
}

TEST(RecordSplitter, APageThatIsLongerThanItsBeginning) {
  std::string page = R"({"data":[)";
  for (int i = 0; i < 30000; ++i)
    page += R"({"id":1,"title":"forty characters of a title or so"},)";
  EXPECT_EQ(split_in_steps(page + "{}]}", 65536, {}).records.size(), 30001u);
}

TEST(RecordSplitter, DamageCostsOneRecord) {
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2,\"s\":\"x\n{\"id\":3}\n"),
            (Records{"1:0 {\"id\":1}", "2:9 {\"id\":2,\"s\":\"x broken", "3:24 {\"id\":3}"}));
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2,\"s\":\n{\"id\":3}\n{\"id\":4}\n"),
            (Records{"1:0 {\"id\":1}", "2:9 {\"id\":2,\"s\": broken", "3:22 {\"id\":3}",
                     "4:31 {\"id\":4}"}));
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2,\"s\":\n{\"id\":3}\n").size(), 3u)
      << "the file ends inside what the second begins";
  EXPECT_EQ(records("{\"id\":1}\nnonsense\n[1,\n{\"id\":2}\n"),
            (Records{"1:0 {\"id\":1}", "2:9 nonsense line", "3:18 [1, line", "4:22 {\"id\":2}"}));
  EXPECT_EQ(records("{\"id\":1}\r{\"id\":2,\"s\r{\"id\":3}\r"),
            (Records{"1:0 {\"id\":1}", "2:9 {\"id\":2,\"s broken", "3:20 {\"id\":3}"}));
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":"), (Records{"1:0 {\"id\":1}", "2:9 {\"id\": cut off"}));
}

TEST(RecordSplitter, InnerPartsOfADamagedRecordAreNoRecords) {
  const std::string text =
      "[\n  {\n    \"id\": 1,\n    \"x\" 7,\n    \"c\": [\n      {\"id\": \"inner\"}\n    ]\n  },\n"
      "  {\n    \"id\": 2\n  }\n]\n";
  EXPECT_EQ(records(text), (Records{"2:4 { broken", "9:76 {\n    \"id\": 2\n  }"}));
  EXPECT_EQ(records("[\n  {\n    \"id\" 1\n  }\n]\n"), (Records{"2:4 { broken"}));
  EXPECT_EQ(records("[\n{\"id\" 1},\n{\"id\": }\n]\n"),
            (Records{"2:2 {\"id\" 1}, broken", "3:12 {\"id\": } broken"}));
}

TEST(RecordSplitter, RefusesARecordWithoutEnd) {
  const RecordSplitter::Settings settings{.longest = 1000};
  for (const size_t step : {1, 100, 10000}) {
    for (const std::string head : {"", "{\"id\":1}\n", "["}) {
      const Split all =
          split_in_steps(head + "{\"id\":\"" + std::string(5000, 'x'), step, settings);
      EXPECT_EQ(all.error, "the record at line " + std::to_string(head.size() == 9 ? 2 : 1) +
                               ", from byte " + std::to_string(head.size()) +
                               " on, is longer than 1000 bytes");
    }
  }
}

TEST(RecordSplitter, TheLastColumnOfOpenLibrary) {
  EXPECT_EQ(records("/type/work\t/works/OL1W\t3\t2010\t{\"key\": \"/works/OL1W\"}\n"),
            (Records{"1:30 {\"key\": \"/works/OL1W\"} line"}));
}

TEST(RecordSplitter, LinesThatAreNoJson) {
  const RecordSplitter::Settings settings{.every_line = true};
  EXPECT_EQ(records("[a] text\t<u>\n\n{b}\t<v>", settings),
            (Records{"1:0 [a] text\t<u> line", "3:14 {b}\t<v> line"}));
  EXPECT_EQ(records("{\"id\":1}\n{\"id\":2}", settings),
            (Records{"1:0 {\"id\":1}", "2:9 {\"id\":2}"}));
}

}  // namespace
}  // namespace subjrec
