// The snapshot reader, and the sorter behind it, on any bytes.
//
// Byte 0: bit 0 packs the rest by gzip first; bit 1 cuts the packed bytes short; bits 2 to 7 choose
// the size of the blocks. Byte 1: bits 0 to 2 choose the shape, bit 3 takes labels for ids, bit 4
// gives a pointer to the records, bit 6 takes the records for those of a vocabulary. What
// subjrec_lines makes of it is JSON. However the file is cut into blocks and batches, and with or
// without threads, the records, the skipped lines and the counts are the same.
#include <simdjson.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "core/ingest/catalogue.h"
#include "core/ingest/line_reader.h"
#include "core/ingest/snapshot_reader.h"
#include "core/ingest/vocabulary.h"
#include "fuzz/input.h"

namespace subjrec::fuzz {
namespace {

std::string packed(std::string_view text) {
  z_stream z{};
  check(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  std::string out(deflateBound(&z, text.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  check(deflate(&z, Z_FINISH) == Z_STREAM_END, "zlib");
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

/// A file that exists in memory alone.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(::memfd_create("snapshot", 0)) {
    check(fd_ >= 0, "memfd_create");
    check(::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "write");
  }
  ~MemoryFile() { ::close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

void add(std::string* out, Text text) {
  *out += text.data() == nullptr ? "-" : std::to_string(text.size()) + ":" + std::string(text);
}

void add(std::string* out, const Concept& item) {
  add(out, item.id);
  add(out, item.label);
  add(out, item.type);
}

std::string shown(const WorkRecord& work) {
  std::string out = std::to_string(work.line);
  check(work.id.data() != nullptr, "a work has an id");
  add(&out, work.id);
  add(&out, work.title);
  for (const Text title : work.alternative_titles) add(&out, title);
  add(&out, work.work_type);
  add(&out, work.production_date);
  for (const Subject& subject : work.subjects) {
    add(&out, subject.heading);
    for (const Concept& part : subject.concepts) add(&out, part);
  }
  for (const Feature& feature : work.features) {
    add(&out, feature.kind);
    add(&out, feature.item);
  }
  for (const auto& list : {work.contributors, work.genres, work.languages}) {
    for (const Concept& item : list) add(&out, item);
  }
  return out + "\n";
}

/// Everything that the reader says of the file.
std::string read(const std::string& path, const SnapshotReader::Settings& settings,
                 Catalogue* catalogue, Vocabulary* vocabulary) {
  Monitor monitor;
  auto reader = SnapshotReader::open(path, monitor, settings);
  if (!reader.ok()) return reader.status().message();
  std::string all;
  std::string skipped;
  RecordBatch batch;
  for (;;) {
    const auto more = (*reader)->next(&batch, monitor);
    // How many records come before an error depends on the blocks.
    if (!more.ok()) return more.status().message();
    const SnapshotCounts& c = batch.counts;
    if (!*more) {
      check(c.records == c.works_read + c.skipped(), "every record is of one kind");
      return all + skipped + std::to_string(c.lines) + " " + std::to_string(c.bytes) + " " +
             std::to_string(c.malformed_fields) + " " + std::to_string(c.concepts_without_id);
    }
    for (const WorkRecord& work : batch.works) all += shown(work);
    for (const SkippedLine& line : batch.skipped) skipped += line.reason + "\n";
    if (catalogue != nullptr) check(catalogue->add(batch).ok(), "a batch can be sorted");
    if (vocabulary != nullptr) check(vocabulary->add(batch).ok(), "a batch can be sorted");
  }
}

RecordParser::Settings parser_settings(uint8_t how) {
  constexpr const char* kMapping =
      R"({"work_id": ["$.id", "$['a b'][0]"], "title": "$.title", "subject_id": "$.subjects[*].id",
          "label": "$.subjects[*].label", "features": {"x": "$.languages[*].id", "y": "$.title"}})";
  if ((how & 64) != 0) return {*read_vocabulary_shape(""), false};
  const auto& names = shape_names();
  const size_t which = how & 7;
  const auto shape = read_shape(which < names.size() ? names[which] : kMapping);
  check(shape.ok(), "a shape can be read");
  return {*shape, (how & 8) != 0};
}

/// What subjrec_lines gives: JSON, or an error, in ascending places.
void read_lines(const std::string& path, const std::optional<RecordsPath>& records) {
  Monitor monitor;
  auto lines = LineReader::open(path, records, monitor);
  if (!lines.ok()) return;
  JsonRecord record;
  uint64_t count = 0, last = 0;
  simdjson::dom::parser parser;
  for (auto more = (*lines)->next(&record, monitor); more.ok() && *more;
       more = (*lines)->next(&record, monitor)) {
    check(record.number == ++count, "records are numbered");
    check(record.offset >= last, "offsets ascend");
    last = record.offset;
    check(!record.text.empty() || !record.error.empty(), "a record is JSON, or says why it is not");
    if (!record.text.empty()) {
      check(parser.parse(record.text).error() == simdjson::SUCCESS, "a record is JSON");
    }
  }
}

void sort(Catalogue* catalogue) {
  check(catalogue->finish().ok(), "what was read can be sorted");
  std::string last;
  CatalogueEntry entry;
  for (auto more = catalogue->next_subject(&entry); *more; more = catalogue->next_subject(&entry)) {
    check(last.empty() || last < entry.id, "subjects ascend");
    last = entry.id;
  }
  while (*catalogue->next_feature(&entry)) {
  }
  last.clear();
  CatalogueWork work;
  for (auto more = catalogue->next_work(&work); *more; more = catalogue->next_work(&work)) {
    check(last.empty() || last < work.id, "works ascend");
    last = work.id;
    check(std::is_sorted(work.subjects.begin(), work.subjects.end()), "their subjects ascend");
  }
}

void sort(Vocabulary* vocabulary) {
  check(vocabulary->finish().ok(), "what was read can be sorted");
  std::string last;
  VocabularySubject subject;
  while (*vocabulary->next(&subject)) {
    check(last.empty() || last < subject.id, "subjects ascend");
    last = subject.id;
    for (const auto* list : {&subject.labels, &subject.broader}) {
      check(std::is_sorted(list->begin(), list->end()), "labels and ids ascend");
    }
  }
}

}  // namespace
}  // namespace subjrec::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace subjrec;
  using namespace subjrec::fuzz;
  Input input(bytes, size);
  const uint8_t how = input.byte();
  const uint8_t shape = input.byte();
  std::string file(input.rest());
  if ((how & 1) != 0) {
    file = packed(file);
    if ((how & 2) != 0) file.resize(file.size() - file.size() / 3);
  }
  const MemoryFile memory(file);
  SnapshotReader::Settings whole;
  whole.threads = false;
  whole.longest_line = 4096;
  whole.parser = parser_settings(shape);
  if ((shape & 16) != 0) whole.records = RecordsPath{"a", "b"};
  whole.check_shape = (shape & 32) != 0;
  read_lines(memory.path(), whole.records);
  Catalogue catalogue({.level = SubjectLevel::kConcept, .features = true, .memory = 512});
  Vocabulary vocabulary(512);
  const std::string all = read(memory.path(), whole, &catalogue, &vocabulary);
  sort(&catalogue);
  sort(&vocabulary);
  SnapshotReader::Settings small = whole;
  small.block = 1 + static_cast<size_t>(how >> 2);
  small.batch = 64;
  small.threads = (how & 4) != 0;
  const std::string again = read(memory.path(), small, nullptr, nullptr);
  if (all != again) {
    std::fprintf(stderr, "--- whole:\n%s\n--- in blocks of %zu:\n%s\n", all.c_str(), small.block,
                 again.c_str());
    check(false, "the same records for any size of block");
  }
  return 0;
}
