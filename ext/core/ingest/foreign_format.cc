#include "core/ingest/foreign_format.h"

#include <algorithm>
#include <cctype>

namespace subjrec {
namespace {

using namespace std::string_view_literals;

struct Foreign {
  size_t offset;
  std::string_view magic;
  std::string_view what;
  std::string_view command;  // FILE stands for the path
};
constexpr Foreign kForeign[] = {
    {0, "\x28\xb5\x2f\xfd"sv, "packed by zstd", "zstd -dc FILE | gzip > works.json.gz"},
    {0, "BZh"sv, "packed by bzip2", "bzip2 -dc FILE | gzip > works.json.gz"},
    {0, "\xfd\x37zXZ\0"sv, "packed by xz", "xz -dc FILE | gzip > works.json.gz"},
    {0, "PK\x03\x04"sv, "a zip archive", "unzip -p FILE | gzip > works.json.gz"},
    {257, "ustar"sv, "a tar archive", "tar -xOf FILE | gzip > works.json.gz"},
    {0, "SQLite format 3\0"sv, "an SQLite database", "ATTACH 'FILE' AS other"},
    {0, "PAR1"sv, "a Parquet file", "duckdb -c \"COPY (FROM 'FILE') TO 'works.json'\""},
    {0, "%PDF"sv, "a PDF document", ""},
    {0, "\xff\xfe"sv, "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE > works.json"},
    {0, "\xfe\xff"sv, "UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE > works.json"},
};

constexpr std::string_view kMarcCommand =
    "yaz-marcdump -i marc -o json -f marc8 -t utf-8 FILE > works.json (-f utf-8 if it is UTF-8 "
    "already), and import that with the option {\"shape\": \"marc\"}";
constexpr std::string_view kMarcXmlCommand =
    "yaz-marcdump -i marcxml -o json FILE > works.json, and import that with the option "
    "{\"shape\": \"marc\"}";
constexpr std::string_view kSheetCommand =
    ".import --csv FILE sheet in the sqlite3 shell, see sql/CATALOGUES.md";
constexpr std::string_view kTabsCommand =
    ".import FILE sheet in the sqlite3 shell after .mode tabs, see sql/CATALOGUES.md";
constexpr std::string_view kTriplesCommand =
    "rapper -q -o ntriples ..., see sql/CATALOGUES.md for vocabularies in SKOS";

/// A path as a shell takes it.
std::string for_a_shell(const std::string& path) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '_' || c == '-';
  };
  if (std::all_of(path.begin(), path.end(), plain)) return path;
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

Status foreign(const std::string& path, std::string_view what, std::string_view command) {
  std::string text = "'" + path + "' is " + std::string(what) +
                     "; subjrec reads JSON in UTF-8, as it is or packed by gzip";
  if (!command.empty()) {
    std::string shown(command);
    const size_t at = shown.find("FILE");
    if (at != std::string::npos) shown.replace(at, 4, for_a_shell(path));
    text += ": type " + shown;
  }
  return {Code::kInvalid, text};
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// The leader of ISO 2709: the record's length, "22", the address of the data, "4500".
bool is_marc(std::string_view head) {
  return head.size() >= 24 && all_digits(head.substr(0, 5)) && all_digits(head.substr(10, 7)) &&
         head.substr(20, 2) == "45";
}

bool begins_with(std::string_view text, std::string_view lower_case) {
  if (text.size() < lower_case.size()) return false;
  return std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char a, char b) {
    return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
  });
}

/// How many of `separator` both of the first two lines have, or the one line.
size_t columns(std::string_view head, char separator) {
  const size_t end = std::min(head.find_first_of("\r\n"), head.size());
  const std::string_view first = head.substr(0, end);
  std::string_view rest = head.substr(end);
  rest.remove_prefix(std::min(rest.find_first_not_of("\r\n"), rest.size()));
  const std::string_view second = rest.substr(0, rest.find_first_of("\r\n"));
  const auto count = [&](std::string_view line) {
    return static_cast<size_t>(std::count(line.begin(), line.end(), separator));
  };
  if (second.empty()) return count(first);
  return second[0] == '{' ? 0 : std::min(count(first), count(second));
}

}  // namespace

Status check_packing(const std::string& path, std::string_view head) {
  for (const Foreign& known : kForeign) {
    if (head.size() < known.offset + known.magic.size()) continue;
    if (head.substr(known.offset, known.magic.size()) == known.magic) {
      return foreign(path, known.what, known.command);
    }
  }
  if (head.size() >= 2 && (head[0] == '\0') != (head[1] == '\0')) {
    return foreign(path, "UTF-16 text",
                   head[0] == '\0' ? "iconv -f UTF-16BE -t UTF-8 FILE > works.json"
                                   : "iconv -f UTF-16LE -t UTF-8 FILE > works.json");
  }
  return {};
}

Status check_text(const std::string& path, std::string_view head, bool lines_of_text) {
  SUBJREC_TRY(check_packing(path, head));
  if (head.substr(0, 2) == "\x1f\x8b"sv) {
    return foreign(path, "packed by gzip twice", "gzip -dc FILE > works.json.gz");
  }
  if (head.substr(0, 3) == "\xef\xbb\xbf"sv) head.remove_prefix(3);
  head.remove_prefix(std::min(head.find_first_not_of(" \t\r\n\x1e"), head.size()));
  if (head.empty() || head[0] == '{' || head[0] == '[' || begins_with(head, "/type/")) return {};
  if (is_marc(head)) return foreign(path, "MARC (ISO 2709)", kMarcCommand);
  if (begins_with(head, "=ldr")) return foreign(path, "MARC as text (mnemonic)", "");
  if (begins_with(head, "<!doctype html") || begins_with(head, "<html")) {
    return foreign(path, "an HTML page: perhaps what a server answered instead of the file", "");
  }
  if (begins_with(head, "@prefix") || begins_with(head, "@base")) {
    return foreign(path, "RDF in Turtle", kTriplesCommand);
  }
  if (head[0] == '<') {
    const bool triples = begins_with(head, "<http") && head.find("> <") != std::string_view::npos;
    if (triples) return foreign(path, "RDF in N-Triples", kTriplesCommand);
    if (head.find("MARC21/slim") != std::string_view::npos) {
      return foreign(path, "MARCXML", kMarcXmlCommand);
    }
    return foreign(path, "XML", "one of examples/catalogues, see sql/CATALOGUES.md");
  }
  if (lines_of_text) return {};
  if (columns(head, '\t') > 0) return foreign(path, "TSV, or other text with tabs", kTabsCommand);
  if (columns(head, ',') > 0 || columns(head, ';') > 0) {
    return foreign(path, "CSV, or other text", kSheetCommand);
  }
  return {};
}

}  // namespace subjrec
