// The check of free space: statvfs() is this file's, and says of the disk what a test wants.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/statvfs.h>

#include <filesystem>
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

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

/// What it says that storing needs, of a model that has been stored, is most of its file.
TEST_F(TrainingSpace, WhatIsNeededIsMostOfWhatIsStored) {
  for (const std::string options :
       {R"({"algorithm": "neighbours"})",
        R"({"algorithm": "blend", "epochs": 1, "embedding_dim": 4, "max_weights": 1})",
        R"({"algorithm": "blend", "epochs": 1, "embedding_dim": 4, "max_weights": 1,
            "work_embeddings": "computed"})",
        R"({"algorithm": "composed", "epochs": 1, "embedding_dim": 32})"}) {
    SCOPED_TRACE(options);
    free_blocks.reset();
    const std::string path = folder.write("of_this_size.db", "");
    Database db(path);
    db.run(
        "PRAGMA journal_mode = memory; PRAGMA synchronous = off; CREATE TEMP TABLE tags AS WITH "
        "n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) SELECT i AS w, (i * 7 + "
        "k) % 2000 AS s FROM n, (SELECT 0 AS k UNION SELECT 1 UNION SELECT 5 UNION SELECT 11)");
    const std::string train = "SELECT length(subjrec_train('rec', 'temp.tags', '" + options + "'))";
    free_blocks = 0;
    const std::string error = db.error(train);
    free_blocks.reset();
    const std::string before = "needs at least ";
    const double needed = std::stod(error.substr(error.find(before) + before.size())) * 1e6;
    db.run(train);
    const double stored = static_cast<double>(std::filesystem::file_size(path));
    EXPECT_LT(needed - 1e6, stored);
    EXPECT_GT(needed, 0.6 * stored);
  }
}

/// A disk that fills up while the model is stored, after the check found room.
class StoringFails : public TrainingSpace {
 protected:
  StoringFails() {
    db.run(
        "CREATE TABLE tags(w, s); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
        "< 900) INSERT INTO tags SELECT i, (i * 7 + k) % 90 FROM n, "
        "(SELECT 0 AS k UNION SELECT 1 UNION SELECT 5)");
  }
  void fill() {
    db.run("PRAGMA max_page_count = " + db.value("SELECT page_count + 5 FROM pragma_page_count"));
  }
  void make_room() { db.run("PRAGMA max_page_count = 1000000"); }
  static std::string train(const std::string& model, const std::string& options = "{}",
                           const std::string& source = "tags") {
    return "SELECT json_extract(s, '$.trained_before'), json_extract(s, '$.digest') FROM (SELECT "
           "subjrec_train('" +
           model + "', '" + source + "', '" + options + "') AS s)";
  }

  Database db{folder.file("rec.db")};
};

TEST_F(StoringFails, TheModelIsKeptAndTheSameCallStoresIt) {
  db.run(train("twin"));
  const std::string digest = db.value("SELECT value FROM twin_config WHERE key = 'digest'");
  fill();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(db.error(train("rec")),
                AllOf(HasSubstr("database or disk is full"),
                      HasSubstr("; the trained model is kept in this connection, and the same call "
                                "again stores it without training")));
    EXPECT_THAT(db.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'rec%'"), IsEmpty());
  }
  make_room();
  EXPECT_THAT(db.rows(train("rec")), ElementsAre("1|" + digest));
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_topk('rec', 1, 5)"), "5");
  EXPECT_THAT(db.rows(train("rec")), ElementsAre("NULL|" + digest)) << "kept once";
}

TEST_F(StoringFails, ARowForEachEpochIsTheLastOneAlone) {
  fill();
  EXPECT_THAT(db.error("SELECT * FROM subjrec_train('rec', 'tags')"), HasSubstr("is full"));
  make_room();
  EXPECT_EQ(db.value("SELECT count(*) FROM subjrec_train('rec', 'tags')"), "1");
  EXPECT_EQ(db.value("SELECT max(epoch) FROM rec_history"),
            db.value("SELECT value ->> 'epochs' FROM rec_config WHERE key = 'options'"));
}

TEST_F(StoringFails, WhatIsAskedOtherwiseIsTrained) {
  const std::vector<std::string> others = {
      train("other"), train("rec", R"({"seed": 2})"),
      train("rec", "{}", "SELECT w, s FROM tags WHERE w < 800"),
      train("rec", R"({"work_features": "SELECT w, s % 3 FROM tags"})")};
  for (const std::string& other : others) {
    fill();
    EXPECT_THAT(db.error(train("rec")), HasSubstr("is kept"));
    make_room();
    EXPECT_THAT(db.rows(other), ElementsAre(StartsWith("NULL|"))) << other;
    EXPECT_THAT(db.rows(train("rec")), ElementsAre(StartsWith("NULL|"))) << "let go of";
    db.run("DROP TABLE rec; DROP TABLE IF EXISTS other; VACUUM");
  }
  fill();
  EXPECT_THAT(db.error(train("rec")), HasSubstr("is kept"));
  make_room();
  db.run("UPDATE tags SET s = 1 WHERE w = 1 AND s <> 1");
  EXPECT_THAT(db.rows(train("rec")), ElementsAre(StartsWith("NULL|"))) << "another source by now";
}

TEST_F(StoringFails, LabelsThatChangeTurnsAreOthers) {
  db.run(
      "CREATE TABLE texts AS SELECT DISTINCT w, 'about ' || (w % 90) || ' things' FROM tags; "
      "CREATE TABLE labels AS SELECT DISTINCT s, CAST(s AS TEXT) AS label FROM tags");
  const std::string labelled = train(
      "rec", R"({"algorithm": "blend", "epochs": 2, "embedding_dim": 8, "work_text": "texts", )"
             R"("subject_labels": "labels"})");
  fill();
  EXPECT_THAT(db.error(labelled), HasSubstr("is kept"));
  make_room();
  db.run("UPDATE labels SET label = CAST(3 - s AS TEXT) WHERE s IN (1, 2)");
  EXPECT_THAT(db.rows(labelled), ElementsAre(StartsWith("NULL|")));
}

TEST_F(StoringFails, ALockKeepsItToo) {
  Database reader(folder.file("rec.db"));
  reader.run("BEGIN IMMEDIATE");
  EXPECT_THAT(db.error(train("rec")), AllOf(HasSubstr("is busy"), HasSubstr("is kept")));
  reader.run("COMMIT");
  EXPECT_THAT(db.rows(train("rec")), ElementsAre(StartsWith("1|")));
}

}  // namespace
}  // namespace subjrec::test
