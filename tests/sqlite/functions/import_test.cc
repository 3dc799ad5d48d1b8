#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/database.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::gzip;
using ::subjrec::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHead =
    R"({"id":"w2","title":"Two","workType":{"id":"a","label":"Books"},"languages":[{"id":"en"}],)"
    R"("production":[{"dates":[{"label":"1900"}]}],"subjects":[{"id":"h1","label":"Whales - Sea",)"
    R"("concepts":[{"id":"whale","label":"Whales","type":"Concept"},{"id":"sea","label":"Sea"},)"
    R"({"label":"never identified"}]}]})"
    "\n\n"
    R"({"id":"w1","title":"One","subjects":[]})"
    "\n";
const std::string kTail =
    R"({"id":"w2","subjects":[{"label":"no id","concepts":[{"id":"boat","label":"Boats"}]}],)"
    R"("contributors":[{"agent":{"id":"en","label":"E. N."}}]})"
    "\n";
const std::string kFirst = kHead + kTail;
const std::string kDamaged = kHead + "not json\n" + kTail;
const std::string kSecond =
    R"({"id":"w2","title":"Two, revised","subjects":[{"id":"h1","label":"Whales - Sea",)"
    R"("concepts":[{"id":"whale","label":"Cetaceans"},{"id":"law","label":"Law"}]}]})"
    "\n"
    R"({"id":"w3","title":"Three","subjects":[{"id":"h3","concepts":[{"id":"law"}]}]})"
    "\n";

class Import : public ::testing::Test {
 protected:
  std::string import(const char* name, const std::string& bytes, const std::string& options = "") {
    return "SELECT subjrec_import('" + folder.write(name, bytes) + "'" +
           (options.empty() ? "" : ", '" + options + "'") + ")";
  }
  /// One number of the summary.
  std::string count(std::string summary, const char* key) {
    for (size_t at = 0; (at = summary.find('\'', at)) != std::string::npos; at += 2) {
      summary.insert(at, 1, '\'');
    }
    return db.value("SELECT json_extract('" + summary + "', '$." + key + "')");
  }
  std::vector<std::string> everything() {
    std::vector<std::string> all;
    for (const char* table : {"works", "subjects", "work_subjects", "features", "work_features"}) {
      for (const std::string& row : db.rows(std::string("SELECT * FROM ") + table)) {
        all.push_back(row);
      }
    }
    return all;
  }

  TemporaryFolder folder;
  Database db;
};

TEST_F(Import, FillsTheTables) {
  const std::string summary =
      db.value(import("f.json.gz", gzip(kDamaged), R"({"skipped_limit":0.25})"));
  EXPECT_THAT(everything(),
              ElementsAre("w1|One|NULL|NULL|NULL", "w2|Two|Books|1900|NULL",          //
                          "boat|Boats|NULL", "sea|Sea|NULL", "whale|Whales|Concept",  //
                          "w2|boat", "w2|sea", "w2|whale",                            //
                          "contributor:en|contributor|E. N.", "language:en|language|NULL",
                          "work_type:a|work_type|Books",  //
                          "w2|contributor:en", "w2|language:en", "w2|work_type:a"));
  const std::pair<const char*, const char*> counts[] = {{"works_read", "3"},
                                                        {"works", "2"},
                                                        {"works_repeated", "1"},
                                                        {"works_without_subjects", "1"},
                                                        {"subjects", "3"},
                                                        {"interactions", "3"},
                                                        {"features", "3"},
                                                        {"work_features", "3"},
                                                        {"concepts_without_id", "1"},
                                                        {"headings_without_id", "1"},
                                                        {"blank_lines", "1"},
                                                        {"lines_not_json", "1"},
                                                        {"lines", "5"},
                                                        {"works_changed", "2"},
                                                        {"interactions_added", "3"}};
  for (const auto& [key, expected] : counts) EXPECT_EQ(count(summary, key), expected) << key;
  EXPECT_THAT(count(summary, "first_skipped"), HasSubstr("line 4, from byte "));
}

TEST_F(Import, ImportingAgainChangesNothing) {
  db.run(import("f", kFirst));
  const std::vector<std::string> before = everything();
  const std::string summary = db.value(import("f", kFirst));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(count(summary, "works_changed"), "0");
  EXPECT_EQ(count(summary, "interactions_added"), "0");
  EXPECT_EQ(count(summary, "interactions_deleted"), "0");
}

TEST_F(Import, ANewerSnapshotUpdates) {
  db.run(import("f", kFirst));
  const std::string summary = db.value(import("f", kSecond));
  EXPECT_THAT(db.rows("SELECT work_id, title, work_type FROM works"),
              ElementsAre("w1|One|NULL", "w2|Two, revised|NULL", "w3|Three|NULL"));
  EXPECT_THAT(db.rows("SELECT * FROM work_subjects"), ElementsAre("w2|law", "w2|whale", "w3|law"));
  EXPECT_THAT(
      db.rows("SELECT * FROM subjects"),
      ElementsAre("boat|Boats|NULL", "law|Law|NULL", "sea|Sea|NULL", "whale|Cetaceans|Concept"));
  EXPECT_EQ(db.value("SELECT count(*) FROM work_features"), "0");
  EXPECT_EQ(count(summary, "works_changed"), "2");
  EXPECT_EQ(count(summary, "interactions_added"), "2");
  EXPECT_EQ(count(summary, "interactions_deleted"), "2");
}

TEST_F(Import, DeletesWhatIsMissingWhenTold) {
  db.run(import("f", kFirst));
  db.run("INSERT INTO works(work_id) VALUES ('a'), ('w2b'), ('z')");
  const std::string summary =
      db.value(import("f", kSecond, R"({"missing":"delete","delete_limit":1})"));
  EXPECT_EQ(count(summary, "works_deleted"), "4");
  const std::vector<std::string> updated = everything();
  Database fresh;
  fresh.run(import("f", kSecond));
  std::vector<std::string> expected;
  for (const char* table : {"works", "subjects", "work_subjects"}) {
    for (const auto& row : fresh.rows(std::string("SELECT * FROM ") + table)) {
      expected.push_back(row);
    }
  }
  // A type that only the older snapshot gave is kept, as a label would be.
  for (std::string& row : expected) {
    if (row == "whale|Cetaceans|NULL") row = "whale|Cetaceans|Concept";
  }
  EXPECT_EQ(updated, expected);
}

TEST_F(Import, TakesHeadingsIntoAnotherDatabase) {
  db.run("ATTACH ':memory:' AS \"o\"\"ther\"");
  db.run(import("f", kFirst, R"({"level":"heading","schema":"o\"ther","features":false})"));
  EXPECT_THAT(db.rows("SELECT * FROM \"o\"\"ther\".subjects"), ElementsAre("h1|Whales - Sea|NULL"));
  EXPECT_THAT(db.rows("SELECT * FROM \"o\"\"ther\".work_subjects"), ElementsAre("w2|h1"));
  EXPECT_EQ(db.value("SELECT count(*) FROM \"o\"\"ther\".sqlite_schema"), "3");
  EXPECT_EQ(db.value("SELECT count(*) FROM main.sqlite_schema"), "0");
}

TEST_F(Import, ErrorsLeaveEverythingAsItWas) {
  db.run(import("f", kFirst));
  const std::vector<std::string> before = everything();
  const std::string packed = gzip(kSecond);
  EXPECT_THAT(db.error(import("cut", packed.substr(0, packed.size() - 1))),
              HasSubstr("ends in the middle of its gzip data, at byte " +
                        std::to_string(packed.size() - 1) + " of the file"));
  // Fails while it writes: the last table refuses.
  db.run(
      "CREATE TRIGGER no BEFORE INSERT ON work_subjects WHEN new.work_id = 'w3' "
      "BEGIN SELECT raise(ABORT, 'no w3'); END");
  EXPECT_EQ(db.error(import("f", kSecond)), "subjrec_import: no w3");
  EXPECT_EQ(everything(), before);
  db.run("BEGIN; INSERT INTO works(work_id) VALUES ('mine')");
  EXPECT_EQ(db.error(import("f", kSecond)), "subjrec_import: no w3");
  EXPECT_EQ(db.value("SELECT count(*) FROM works WHERE work_id = 'mine'"), "1")
      << "the transaction around it goes on";
  db.run("ROLLBACK");
  EXPECT_EQ(everything(), before);
}

TEST_F(Import, SaysWhatIsWrong) {
  const std::string path = folder.write("empty", "");
  EXPECT_EQ(db.error("SELECT subjrec_import('" + path + "')"),
            std::string("subjrec_import: '").append(path).append("' holds no works: it is empty"));
  EXPECT_EQ(db.error("SELECT subjrec_import()"),
            "subjrec_import: wanted 1 or 2 arguments (path, options), got 0");
  EXPECT_EQ(db.error("SELECT subjrec_import(7)"),
            "subjrec_import: argument 1 (path) must be a text, like 'works.json.gz', got 7");
  EXPECT_EQ(db.error("SELECT subjrec_import('/no/such/file')"),
            "subjrec_import: cannot open '/no/such/file': No such file or directory");
  EXPECT_EQ(db.error(import("f", kFirst, R"({"levle":"heading"})")),
            "subjrec_import: unknown option \"levle\"; did you mean \"level\"?");
  EXPECT_EQ(
      db.error(import("f", kFirst, R"({"level":"word"})")),
      "subjrec_import: option \"level\" must be one of \"concept\", \"heading\", \"both\", got "
      "\"word\"");
  EXPECT_EQ(db.error(import("f", kFirst, R"({"schema":"aux"})")),
            "subjrec_import: option \"schema\" must be one of temp, main, got \"aux\"");
  db.run("CREATE TABLE works(id, name)");
  EXPECT_EQ(db.error(import("f", kFirst)),
            "subjrec_import: main.works is not a table that an import can fill: wanted the columns "
            "work_id, title, work_type, production_date, alternative_titles with the primary key "
            "(work_id), got the columns id, name; rename it, or attach another database and name "
            "it with the option \"schema\"");
  db.run(
      "DROP TABLE works; CREATE TABLE works(work_id, title PRIMARY KEY, work_type, "
      "production_date, alternative_titles)");
  EXPECT_EQ(db.error(import("f", kFirst)),
            "subjrec_import: main.works is not a table that an import can fill: wanted the columns "
            "work_id, title, work_type, production_date, alternative_titles with the primary key "
            "(work_id), got the columns work_id, title, work_type, production_date, "
            "alternative_titles with another key; rename it, or attach another database and name "
            "it with the option \"schema\"");
  EXPECT_EQ(db.error("CREATE VIEW v AS SELECT subjrec_import('x'); SELECT * FROM v"),
            "unsafe use of subjrec_import()");
}

TEST_F(Import, RefusesAReadOnlyDatabase) {
  const std::string path = folder.file("ro.db");
  Database(path).run("CREATE TABLE t(x)");
  Database read_only(path, SQLITE_OPEN_READONLY);
  EXPECT_EQ(read_only.error(import("f", kFirst)),
            "subjrec_import: the database main is read-only; nothing can be imported into it");
}

TEST_F(Import, CanBeInterruptedWhileItReadsAndWrites) {
  std::string many;
  for (int i = 0; i < 20000; ++i) {
    many += R"({"id":"w)" + std::to_string(i) + R"(","subjects":[{"concepts":[{"id":"c)" +
            std::to_string(i % 50) + "\"}]}]}\n";
  }
  const std::string call = import("many", many);
  for (const int after : {1, 2, 5, 20, 100, 1000, 5000}) {
    int left = after;
    sqlite3_progress_handler(
        db.get(), 500, [](void* p) { return --*static_cast<int*>(p) < 0 ? 1 : 0; }, &left);
    const int code = db.code(call);
    sqlite3_progress_handler(db.get(), 0, nullptr, nullptr);
    EXPECT_NE(sqlite3_get_autocommit(db.get()), 0) << after;
    if (code == SQLITE_OK) break;
    EXPECT_EQ(code, SQLITE_INTERRUPT);
    EXPECT_EQ(db.value("SELECT count(*) FROM sqlite_schema"), "0") << after;
  }
  db.run(call);
  EXPECT_EQ(db.value("SELECT count(*) FROM work_subjects"), "20000");
}

TEST_F(Import, SnapshotGivesARowPerWorkSubjectAndConcept) {
  const std::string from = " FROM subjrec_snapshot('" + folder.write("f", gzip(kDamaged)) + "')";
  EXPECT_THAT(db.rows("SELECT work_id, title, work_type, subject_id, subject_label, concept_id, "
                      "concept_label, concept_type, line" +
                      from + " WHERE error IS NULL"),
              ElementsAre("w2|Two|Books|h1|Whales - Sea|whale|Whales|Concept|1",
                          "w2|Two|Books|h1|Whales - Sea|sea|Sea|NULL|1",
                          "w2|Two|Books|h1|Whales - Sea|NULL|never identified|NULL|1",
                          "w1|One|NULL|NULL|NULL|NULL|NULL|NULL|3",
                          "w2|NULL|NULL|NULL|no id|boat|Boats|NULL|5"));
  EXPECT_EQ(db.value("SELECT line || substr(error, 1, 6)" + from + " WHERE work_id IS NULL"),
            "4line 4");
  EXPECT_EQ(db.value("SELECT count(*)" + from +
                     " a JOIN subjrec_snapshot(a.path_argument) b USING (line)"),
            "12")
      << "3 x 3 of line 1, and one of each other line";
  EXPECT_EQ(db.error("SELECT * FROM subjrec_snapshot"),
            "subjrec_snapshot: argument 1 (path) is missing");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_snapshot(7)"),
            "subjrec_snapshot: argument 1 (path) must be a text, like 'works.json.gz', got 7");
  EXPECT_EQ(db.error("SELECT * FROM subjrec_snapshot('/')"),
            "subjrec_snapshot: '/' is a directory; name the snapshot file in it");
  EXPECT_EQ(db.code("SELECT * FROM subjrec_snapshot('/')"), SQLITE_CANTOPEN);
  EXPECT_EQ(db.error("SELECT * FROM subjrec_snapshot('/no/such/file')"),
            "subjrec_snapshot: cannot open '/no/such/file': No such file or directory");
}

TEST_F(Import, Gutenberg) {
  const std::string path = SUBJREC_SHARED_DATA "/gutenberg_works.json.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  const std::string summary = db.value("SELECT subjrec_import('" + path + "')");
  EXPECT_EQ(count(summary, "works_read"), "82415");
  EXPECT_EQ(db.value("SELECT count(*) FROM works"), "78766") << "3,649 lines repeat a work";
  EXPECT_EQ(db.value("SELECT count(*) FROM subjects"), "21383");
  EXPECT_EQ(db.value("SELECT count(*), count(DISTINCT work_id) FROM work_subjects"),
            "274285|78607");
  EXPECT_EQ(db.value("SELECT count(*) FROM work_features"), "466552");
}

TEST_F(Import, AsRowsEndsWithTheSummary) {
  const std::string rows =
      "SELECT stage, works_read, json_extract(summary, '$.works') FROM subjrec_import('" +
      folder.write("r.json", kSecond) + "')";
  EXPECT_EQ(db.rows(rows).back(), "written|2|2");
  EXPECT_EQ(db.value("SELECT typeof(seconds) || (seconds >= 0) FROM subjrec_import('" +
                     folder.file("r.json") + "') LIMIT 1"),
            "real1");
  EXPECT_THAT(db.error("SELECT * FROM subjrec_import('/nowhere')"), HasSubstr("cannot open"));
}

}  // namespace
}  // namespace subjrec::test
