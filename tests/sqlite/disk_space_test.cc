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

class TrainingSpace : public ImportSpace {};

TEST_F(TrainingSpace, AFullDiskIsSaidBeforeAnythingIsTrained) {
  Database db(folder.file("rec.db"));
  db.run("CREATE TABLE tags(w, s); INSERT INTO tags VALUES (1, 1), (1, 2), (2, 1), (2, 2)");
  const std::string train = "SELECT length(subjrec_train('rec', 'tags')) > 0";
  free_blocks = 0;
  EXPECT_THAT(db.error(train),
              AllOf(HasSubstr("subjrec_train: storing the model needs at least 1 MB, and the disk "
                              "of '"),
                    HasSubstr("rec.db' has 0 MB left; nothing was trained; make room, or train in "
                              "an attached database on another disk, as aux.rec")));
  EXPECT_THAT(db.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'rec%'"), IsEmpty());
  db.run("ATTACH ':memory:' AS aux");
  EXPECT_EQ(db.value("SELECT length(subjrec_train('aux.rec', 'main.tags')) > 0"), "1");
  EXPECT_EQ(db.value("SELECT length(subjrec_train('temp.rec', 'main.tags')) > 0"), "1");
  db.run("CREATE TABLE large(x); INSERT INTO large VALUES (zeroblob(1000000)); DROP TABLE large");
  EXPECT_EQ(db.value(train), "1") << "free pages of the file are room";
  db.run("VACUUM");
  EXPECT_EQ(db.value(train), "1") << "a model that is stored leaves room for the next";
}

}  // namespace
}  // namespace subjrec::test
