#include "core/ingest/snapshot_reader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "support/files.h"

namespace subjrec {
namespace {

using testing::gzip;
using testing::TemporaryFolder;

/// Ids and first titles of a whole snapshot, or how it failed.
struct Everything {
  std::vector<std::string> works;
  std::vector<std::string> skipped;
  SnapshotCounts counts;
  Status status;
};

Everything read(const std::string& path, const SnapshotReader::Settings& settings = {}) {
  Everything all;
  Monitor monitor;
  auto reader = SnapshotReader::open(path, monitor, settings);
  if (!reader.ok()) {
    all.status = reader.status();
    return all;
  }
  RecordBatch batch;
  for (;;) {
    const auto more = (*reader)->next(&batch, monitor);
    if (!more.ok()) {
      all.status = more.status();
      return all;
    }
    all.counts = batch.counts;
    if (!*more) return all;
    for (const auto& work : batch.works) all.works.emplace_back(work.id);
    for (const auto& line : batch.skipped) all.skipped.push_back(line.reason);
  }
}

std::string numbered_works(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) {
    text += R"({"id":"w)" + std::to_string(i) + R"(","title":"Work number )" + std::to_string(i) +
            "\"}\n";
  }
  return text;
}

TEST(SnapshotReader, GivesTheSameForEverySizeOfBlockAndBatch) {
  const TemporaryFolder folder;
  const std::string path = folder.write("works", gzip(numbered_works(500) + "\n{}\noops\n"));
  const Everything expected = read(path);
  EXPECT_EQ(expected.works.size(), 500u);
  EXPECT_EQ(expected.works[499], "w499");
  EXPECT_EQ(expected.skipped.size(), 2u);
  for (const bool threads : {true, false}) {
    for (const size_t size : {1, 10, 1000}) {
      const Everything all = read(path, {.threads = threads, .block = size, .batch = size});
      EXPECT_TRUE(all.status.ok());
      EXPECT_EQ(all.works, expected.works);
      EXPECT_EQ(all.skipped, expected.skipped);
      EXPECT_EQ(all.counts.lines, 503u);
      EXPECT_EQ(all.counts.bytes, expected.counts.bytes);
      EXPECT_EQ(all.counts.blank_lines, 1u);
    }
  }
}

TEST(SnapshotReader, CountsAPlainFileCutAtAnyByte) {
  const TemporaryFolder folder;
  const std::string text = "{\"id\":\"a\"}\r\n{\"id\":\"\xc3\xa9\"}\n";
  for (size_t size = 0; size <= text.size(); ++size) {
    const Everything all = read(folder.write("cut", text.substr(0, size)));
    EXPECT_TRUE(all.status.ok());
    EXPECT_EQ(all.counts.bytes, size);
    EXPECT_EQ(all.works.size(), (size >= 10 ? 1u : 0u) + (size >= 23 ? 1u : 0u)) << size;
    const bool inside = (size > 0 && size < 10) || (size > 12 && size < 23);
    EXPECT_EQ(all.counts.lines_truncated, inside ? 1u : 0u) << size;
    EXPECT_EQ(all.counts.lines_not_json + all.counts.lines_not_utf8, 0u);
  }
}

TEST(SnapshotReader, FailsOnGzipCutAtAnyByte) {
  const TemporaryFolder folder;
  const std::string packed = gzip(numbered_works(3));
  for (size_t size = 2; size < packed.size(); ++size) {
    const Everything all = read(folder.write("cut", packed.substr(0, size)));
    EXPECT_EQ(all.status.code(), Code::kCorrupt);
    EXPECT_NE(all.status.message().find("at byte " + std::to_string(size)), std::string::npos);
  }
}

TEST(SnapshotReader, ReadsMarksReturnsAndBlanksAsJsonDoes) {
  const TemporaryFolder folder;
  const Everything all =
      read(folder.write("f", "\xef\xbb\xbf{\"id\":1}\r\n\r\n  {\"id\":2}  \r\n\t\n{\"id\":3}"));
  EXPECT_EQ(all.works, (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(all.counts.lines, 5u);
  EXPECT_EQ(all.counts.blank_lines, 2u);
  EXPECT_EQ(all.counts.skipped(), 0u);
}

TEST(SnapshotReader, NamesTheFileWhoseLinesDoNotEnd) {
  const TemporaryFolder folder;
  const std::string path = folder.write("f", "{\"id\":\"" + std::string(5000, 'x'));
  const Everything all = read(path, {.block = 100, .longest_line = 1000});
  EXPECT_EQ(all.status.message(),
            std::string("'").append(path) +
                "': the record at line 1, from byte 0 on, is longer than 1000 bytes");
}

/// The same works in another frame.
std::string framed(const std::string& lines, const std::string& before, const std::string& between,
                   const std::string& after) {
  std::string text = before;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at);
    text += (at == 0 ? "" : between) + lines.substr(at, end - at);
    at = end + 1;
  }
  return text + after;
}

TEST(SnapshotReader, GivesTheSameWorksInEveryFrame) {
  const TemporaryFolder folder;
  const std::string lines = numbered_works(300);
  const Everything expected = read(folder.write("lines", lines));
  ASSERT_EQ(expected.works.size(), 300u);
  const std::string page = R"({"type":"ResultList","results":[)";
  for (const std::string& text :
       {framed(lines, "[", ",", "]"), framed(lines, "[\n", ",\n", "\n]\n"),
        framed(lines, "", "", ""), framed(lines, "", " ", "\n"),
        framed(lines, "\x1e", "\n\x1e", "\n"), framed(lines, "", "\r", ""),
        framed(lines, page, ",", "]}"), framed(lines, page, "]}\n" + page, "]}"),
        framed(lines, "\xef\xbb\xbf[", "]\n\xef\xbb\xbf[", "]")}) {
    for (const size_t block : {1, 100, 1 << 20}) {
      const Everything all = read(folder.write("f", gzip(text)), {.block = block});
      EXPECT_TRUE(all.status.ok());
      EXPECT_EQ(all.works, expected.works) << text.substr(0, 100);
      EXPECT_EQ(all.counts.skipped(), 0u);
    }
  }
}

TEST(SnapshotReader, SaysWhatNoRecordHas) {
  const TemporaryFolder folder;
  const std::string works = folder.write("f", R"({"id":"w1","title":"One","concepts":[]})");
  const auto error = [&](const std::string& path, const SnapshotReader::Settings& settings) {
    const std::string message = read(path, settings).status.message();
    return message.substr(std::min(message.find(": ") + 2, message.size()));
  };
  EXPECT_EQ(
      error(works, {.check_shape = true}),
      "no record has the member \"subjects\", as the shape \"wellcome\" wants; the first has "
      "the members id, title, concepts: they look like {\"shape\": \"openalex\"}; or give the "
      "paths to their parts with that option");
  SnapshotReader::Settings settings{.check_shape = true};
  settings.parser.shape = *read_shape(R"({"work_id":"$.id","subject_id":"$.topics[*].id"})");
  EXPECT_EQ(
      error(works, settings),
      "no record has $.topics[*].id, as the shape \"mapped\" wants; the first has the members "
      "id, title, concepts: they look like {\"shape\": \"openalex\"}; or give the paths to "
      "their parts with that option");
  EXPECT_TRUE(read(folder.write("empty", ""), {.check_shape = true}).status.ok());
  SnapshotReader::Settings pages;
  pages.check_shape = true;
  pages.records = RecordsPath{"results"};
  EXPECT_EQ(error(folder.write("p", R"({"data":{"data":[]}})"), pages),
            "1 of its documents have no array at \"/results\"; say where the records are with the "
            "option \"records\", a JSON pointer");
}

TEST(SnapshotReader, CanBeLeftAtAnyTime) {
  const TemporaryFolder folder;
  const std::string path = folder.write("works", gzip(numbered_works(20000)));
  Monitor monitor;
  RecordBatch batch;
  for (int batches = 0; batches < 4; ++batches) {
    auto reader = SnapshotReader::open(path, monitor, {.block = 1000, .batch = 1000});
    ASSERT_TRUE(reader.ok());
    for (int i = 0; i < batches; ++i) EXPECT_TRUE(*(*reader)->next(&batch, monitor));
  }
}

TEST(SnapshotReader, ReadsWellcomesShape) {
  const std::string path = SUBJREC_SHARED_DATA "/wellcome_shape.ndjson";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const Everything all = read(path);
  EXPECT_TRUE(all.status.ok());
  EXPECT_EQ(all.works.size(), 162u);
  EXPECT_EQ(all.counts.skipped(), 0u);
  EXPECT_EQ(all.counts.malformed_fields, 0u);
  EXPECT_EQ(all.counts.concepts_without_id, 0u);
  EXPECT_EQ(all.counts.headings_without_id, 39u);
  EXPECT_EQ(all.counts.features_without_id, 18u);
}

TEST(SnapshotReader, ReadsGutenberg) {
  const std::string path = SUBJREC_SHARED_DATA "/gutenberg_works.json.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  Monitor monitor;
  auto reader = SnapshotReader::open(path, monitor);
  ASSERT_TRUE(reader.ok());
  RecordBatch batch;
  size_t mentions = 0, contributors = 0, genres = 0, languages = 0;
  std::set<std::string> concepts, works;
  while (*(*reader)->next(&batch, monitor)) {
    for (const WorkRecord& work : batch.works) {
      works.emplace(work.id);
      contributors += work.contributors.size();
      genres += work.genres.size();
      languages += work.languages.size();
      for (const Subject& subject : work.subjects) {
        mentions += subject.concepts.size();
        for (const Concept& part : subject.concepts) concepts.emplace(part.id);
      }
    }
  }
  EXPECT_EQ(batch.counts.works_read, 82415u);
  EXPECT_EQ(batch.counts.bytes, 115689734u);
  EXPECT_EQ(batch.counts.skipped() + batch.counts.malformed_fields + batch.counts.blank_lines, 0u);
  EXPECT_EQ(works.size(), 78766u);
  EXPECT_EQ(concepts.size(), 21383u);
  EXPECT_EQ(mentions, 354580u);
  EXPECT_EQ(contributors, 79449u);
  EXPECT_EQ(genres, 240439u);
  EXPECT_EQ(languages, 82671u);
}

}  // namespace
}  // namespace subjrec
