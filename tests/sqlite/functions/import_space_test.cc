// The check of free space: statvfs() is this file's, and says of the disk what a test wants.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <optional>

#include "support/database.h"
#include "support/files.h"

namespace {

std::optional<unsigned long> free_blocks;  // of 4096 bytes; nothing: as the disk has it

}  // namespace

extern "C" int statvfs(const char* path, struct statvfs* disk) noexcept {
  using Function = int (*)(const char*, struct statvfs*);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "statvfs"));
  const int code = real(path, disk);
  if (code == 0 && free_blocks) {
    disk->f_frsize = 4096;
    disk->f_bavail = *free_blocks;
  }
  return code;
}

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ImportSpace : public ::testing::Test {
 protected:
  ~ImportSpace() override { free_blocks.reset(); }

  std::string import(const std::string& options) {
    return "SELECT subjrec_import('" +
           folder.write("file.json", R"({"id":"a","label":"A",)"
                                     R"("title":"A","subjects":["s"]})") +
           "', '" + options + "') IS NOT NULL";
  }

  TemporaryFolder folder;
};

TEST_F(ImportSpace, AFullDiskIsSaidBeforeAnythingIsWritten) {
  Database db(folder.file("catalogue.db"));
  for (const char* options : {"{}", R"({"kind":"vocabulary"})"}) {
    free_blocks = 0;
    EXPECT_THAT(db.error(import(options)),
                AllOf(HasSubstr("subjrec_import: the tables need at least 1 MB, and the disk of '"),
                      HasSubstr("catalogue.db' has 0 MB left; nothing was imported")));
    EXPECT_THAT(db.rows("SELECT name FROM sqlite_schema"), IsEmpty());
  }
  free_blocks = 1;
  EXPECT_EQ(db.value(import("{}")), "1");
}

TEST_F(ImportSpace, NothingIsSaidOfTablesThatAreFilledAndOfMemory) {
  Database file(folder.file("catalogue.db"));
  EXPECT_EQ(file.value(import("{}")), "1");
  free_blocks = 0;
  EXPECT_EQ(file.value(import("{}")), "1");
  Database memory;
  EXPECT_EQ(memory.value(import("{}")), "1");
}

}  // namespace
}  // namespace subjrec::test
