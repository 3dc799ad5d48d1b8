#include "core/ingest/foreign_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ingest/record_stream.h"
#include "support/files.h"

namespace subjrec {
namespace {

using testing::gzip;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::string error_of(const std::string& bytes, bool lines_of_text = false) {
  const TemporaryFolder folder;
  Monitor monitor;
  RecordStream::Settings settings;
  settings.splitter.every_line = lines_of_text;
  const auto stream = RecordStream::open(folder.write("f", bytes), monitor, settings);
  return stream.ok() ? "" : stream.status().message();
}

TEST(ForeignFormat, IsNamedWithWhatToType) {
  const std::string tar = std::string(257, 'x') + "ustar";
  const std::string leader = "00714cam a2200205 a 4500001001300000";
  const std::pair<std::string, const char*> cases[] = {
      {gzip(gzip("{}")), "packed by gzip twice"},
      {"BZh91AY", "packed by bzip2"},
      {"\xfd"
       "7zXZ" +
           std::string(1, '\0'),
       "packed by xz; subjrec reads JSON in UTF-8, as it is or packed by gzip: type xz -dc "},
      {"PK\x03\x04", "a zip archive"},
      {gzip(tar), "a tar archive"},
      {tar, "tar -xOf "},
      {"%PDF-1.4", "a PDF document"},
      {gzip("\xff\xfe{"), "UTF-16 text"},
      {std::string("{\0\"\0", 4), "iconv -f UTF-16LE "},
      {std::string("\0{\0\"", 4), "iconv -f UTF-16BE "},
      {"<?xml version=\"1.0\"?><mods/>", "XML;"},
      {" <collection xmlns=\"http://www.loc.gov/MARC21/slim\">",
       "yaz-marcdump -i marcxml -o json "},
      {"<!DOCTYPE html><html>", "an HTML page"},
      {leader, "MARC (ISO 2709);"},
      {"=LDR  00714cam", "MARC as text"},
      {"<http://a> <http://b> \"c\" .\n", "RDF in N-Triples"},
      {"@prefix skos: <http://x> .\n", "RDF in Turtle"},
      {"id,title,subjects\n1,One,a|b\n", "CSV"},
      {"id;title\n1;One\n", "CSV"},
      {"id\ttitle\n1\tOne\n", "TSV"},
  };
  for (const auto& [bytes, wanted] : cases) {
    EXPECT_THAT(error_of(bytes), HasSubstr(wanted));
    EXPECT_THAT(error_of(bytes), HasSubstr("subjrec reads JSON in UTF-8"));
  }
}

TEST(ForeignFormat, JsonIsNone) {
  for (const std::string text : {"", "{}", " [\n", "\xef\xbb\xbf{}", "\x1e{}", "{", "nonsense\n",
                                 "a, b\n{\"id\":1}\n", "/type/work\t/works/OL1W\t{}", "\n\n{}"}) {
    EXPECT_EQ(error_of(text), "") << text;
  }
  EXPECT_EQ(error_of("A text\t<uri>\nAnother\t<uri>\n", true), "");
}

}  // namespace
}  // namespace subjrec
