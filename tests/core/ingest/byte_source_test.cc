#include "core/ingest/byte_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "support/files.h"
#include "support/monitors.h"

namespace subjrec {
namespace {

using testing::gzip;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// All of the file, or the error.
Result<std::string> read_all(const std::string& path, size_t room = 1000) {
  Monitor monitor;
  SUBJREC_ASSIGN(auto source, ByteSource::open(path, monitor));
  std::string all;
  std::string block(room, '\0');
  for (;;) {
    SUBJREC_ASSIGN(const size_t got, source->read(block.data(), room, monitor));
    if (got == 0) return all;
    all.append(block, 0, got);
  }
}

std::string in_quotes(const std::string& path) { return std::string("'").append(path).append("'"); }

std::string error_of(const std::string& path) {
  const auto all = read_all(path);
  return all.ok() ? "no error" : all.status().message();
}

std::string some_text(size_t size) {
  std::string text;
  for (uint64_t i = 0; text.size() < size; ++i) text += std::to_string(i * i * 7919) + "\n";
  return text;
}

TEST(ByteSource, TellsPlainFromGzipByContent) {
  const TemporaryFolder folder;
  const std::string text = some_text(1000000);
  for (const size_t room : {97, 4096, 3000000}) {
    EXPECT_EQ(*read_all(folder.write("plain.json.gz", text), room), text) << room;
    EXPECT_EQ(*read_all(folder.write("packed.json", gzip(text)), room), text) << room;
  }
  EXPECT_EQ(*read_all(folder.write("empty", "")), "");
  EXPECT_EQ(*read_all(folder.write("short", "\x1f")), "\x1f");
}

TEST(ByteSource, ReadsSeveralMembersAndPadding) {
  const TemporaryFolder folder;
  const std::string a = some_text(300000), b = some_text(500000);
  EXPECT_EQ(*read_all(folder.write("f", gzip(a) + gzip("") + gzip(b, 0) + gzip(a, 9))), a + b + a);
  EXPECT_EQ(*read_all(folder.write("f", gzip(a) + std::string(400000, '\0'))), a);
}

TEST(ByteSource, NamesTheByteWhereGzipIsCutOff) {
  const TemporaryFolder folder;
  const std::string first = gzip("one\ntwo\n"), second = gzip("three\nfour\n");
  const std::string whole = first + second;
  for (size_t size = 2; size < whole.size(); ++size) {
    if (size == first.size()) continue;
    const std::string path = folder.write("cut", whole.substr(0, size));
    EXPECT_EQ(error_of(path), in_quotes(path) + " ends in the middle of its gzip data, at byte " +
                                  std::to_string(size) + " of the file, in gzip member " +
                                  (size < first.size() ? "1" : "2"));
  }
  EXPECT_EQ(*read_all(folder.write("cut", first)), "one\ntwo\n");
}

TEST(ByteSource, NamesTheByteWhereGzipIsDamaged) {
  const TemporaryFolder folder;
  const std::string first = gzip("one\ntwo\n");
  std::string damaged = first + first;
  damaged[damaged.size() - 8] ^= 1;  // of the checksum
  std::string path = folder.write("crc", damaged);
  EXPECT_EQ(error_of(path), in_quotes(path) +
                                " is damaged: its gzip data is wrong (incorrect data check), at "
                                "byte " +
                                std::to_string(damaged.size() - 4) +
                                " of the file, in gzip member 2");
  damaged[damaged.size() - 8] ^= 1;
  damaged[damaged.size() - 1] ^= 1;  // of the length
  EXPECT_THAT(error_of(folder.write("length", damaged)), HasSubstr("incorrect length check"));
  for (const std::string tail : {"rest", "\x1f", "\x1f\x8b", "\x1f\x8b\x08", "{\"id\":1}\n"}) {
    EXPECT_THAT(error_of(folder.write("tail", first + tail)),
                HasSubstr(" of the file, in gzip member 2"))
        << tail;
  }
  path = folder.write("tail", first + std::string(3, '\0') + "x");
  EXPECT_EQ(
      error_of(path),
      in_quotes(path) +
          " has \"x\" after its gzip data, which is not gzip; gzip -dc unpacks what is before "
          "it, at byte " +
          std::to_string(first.size() + 3) + " of the file, in gzip member 2");
  EXPECT_THAT(error_of(folder.write("tail", first + "trailing text that goes on\n")),
              HasSubstr(" has \"trailing text that goes ...\" after its gzip data"));
}

// The last bytes of this file begin something that cannot be, and zlib takes them all before it
// says so.
TEST(ByteSource, SaysTheSameOfGzipForAnySizeOfBlock) {
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "damaged",
      std::string("\x1f\x8b\x08\0\x02\xda\xc6\x2c\xe5\x74\x72\x75\x65\x03\x1e\x45\x38", 17));
  for (const size_t room : {1, 2, 3, 1000}) {
    const auto all = read_all(path, room);
    ASSERT_FALSE(all.ok());
    EXPECT_EQ(all.status().message(),
              in_quotes(path) +
                  " is damaged: its gzip data is wrong (invalid distance too far back), at byte 17 "
                  "of the file, in gzip member 1")
        << room;
  }
}

TEST(ByteSource, SaysWhatCannotBeRead) {
  const TemporaryFolder folder;
  const std::string gone = folder.file("gone.json");
  EXPECT_EQ(error_of(gone), "cannot open " + in_quotes(gone) + ": No such file or directory");
  EXPECT_EQ(read_all(gone).status().code(), Code::kNotFound);
  EXPECT_EQ(error_of(folder.path()),
            in_quotes(folder.path()) + " is a directory; name the snapshot file in it");
  EXPECT_EQ(error_of(""), "the path is empty");
  if (::geteuid() != 0) {
    const std::string secret = folder.write("secret", "x");
    ::chmod(secret.c_str(), 0);
    EXPECT_EQ(error_of(secret), "cannot open " + in_quotes(secret) + ": Permission denied");
  }
  const std::string zstd = folder.write("works.json.zst", "\x28\xb5\x2f\xfdxxxx");
  EXPECT_EQ(error_of(zstd), in_quotes(zstd) +
                                " is packed by zstd; subjrec reads JSON in UTF-8, as it is or "
                                "packed by gzip: type zstd -dc " +
                                zstd + " | gzip > works.json.gz");
  EXPECT_THAT(error_of(folder.write("utf16", "\xff\xfe{")), HasSubstr("is UTF-16 text"));
}

TEST(ByteSource, WaitsForAPipeAndGivesUpWhenTold) {
  const TemporaryFolder folder;
  const std::string path = folder.file("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string packed = gzip("from a pipe\n");
  std::thread writer([&] {
    std::ofstream out(path, std::ios::binary);
    for (const char c : packed) out << c << std::flush;
  });
  EXPECT_EQ(*read_all(path), "from a pipe\n");
  writer.join();

  StopAfter impatient(2);
  const auto source = ByteSource::open(path, impatient);
  ASSERT_FALSE(source.ok()) << "nobody writes";
  EXPECT_EQ(source.status().code(), Code::kInterrupted);
}

TEST(ByteSource, SaysWhyAFileCannotBeRead) {
  const std::string path = "/proc/self/mem";  // nothing is at its beginning
  std::error_code none;
  if (!std::filesystem::exists(path, none)) GTEST_SKIP() << "there is no " << path;
  EXPECT_EQ(error_of(path), "cannot read '/proc/self/mem': Input/output error");
  EXPECT_EQ(read_all(path).status().code(), Code::kIo);
}

}  // namespace
}  // namespace subjrec
