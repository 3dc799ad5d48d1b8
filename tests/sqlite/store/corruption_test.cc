// Every kind of damage to every shadow table, met by everything that reads a model: an error that
// names the table and the repair, or, where that table is not read, the answer of the whole model.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "support/catalogue.h"
#include "support/files.h"

namespace subjrec::test {
namespace {

using ::subjrec::testing::TemporaryFolder;

constexpr const char* kReaders[] = {
    "SELECT * FROM subjrec_topk('rec', 'a', 9)",
    "SELECT * FROM subjrec_topk('rec', 'c', 2, 'new')",
    "SELECT * FROM subjrec_suggest('rec', '[\"x\", \"z\"]', 9)",
    "SELECT * FROM subjrec_similar('rec', 'work', 'a', 9)",
    "SELECT * FROM subjrec_similar('rec', 'subject', 'x', 9)",
    "SELECT subjrec_similarity('rec', 'work', 'a', 'c')",
    "SELECT subjrec_similarity('rec', 'subject', 'x', 'z')",
    "SELECT * FROM subjrec_explain('rec', 'a', 'z')",
    "SELECT * FROM subjrec_evaluate('rec', 'SELECT ''a'', ''z''')",
    "SELECT * FROM subjrec_evaluate_subjects('rec', 'SELECT ''a'', ''z''')",
    "SELECT * FROM rec",
    "SELECT * FROM rec WHERE work_id = 'c'",
    "SELECT * FROM rec WHERE subject_id = 'z'",
    "SELECT * FROM rec WHERE work_id = 'c' AND subject_id = 'z'",
    "SELECT subjrec_plot('rec', 'loss')",
    "SELECT subjrec_plot('rec', 'works')",
    "SELECT subjrec_plot('rec', 'explorer')",
    "SELECT * FROM subjrec_place('rec', 'work', '[\"x\"]')",
    "BEGIN; SELECT subjrec_map('rec', 'work', '{\"n_neighbors\":2,\"epochs\":2}'); ROLLBACK",
};

/// Columns of the shadow tables that hold BLOBs, and those that hold an id.
const std::multimap<std::string, std::string> kBlobs = {
    {"works", "embedding"},    {"works", "subjects"},
    {"works", "features"},     {"works", "feature_weights"},
    {"subjects", "embedding"}, {"subjects", "input"},
    {"features", "input"},     {"weights", "subjects"},
    {"weights", "weights"},    {"packed", "data"}};
const std::map<std::string, std::string> kIds = {
    {"works", "work_id"}, {"subjects", "subject_id"}, {"features", "feature_id"}};

/// Statements that damage the model's tables, which have lost their constraints.
std::vector<std::string> damages() {
  std::vector<std::string> all;
  for (const std::string table : {"works", "subjects", "features", "weights", "packed"}) {
    const std::string name = "rec_" + table;
    all.push_back("DROP TABLE " + name);
    all.push_back("DELETE FROM " + name);
    for (const char* which : {"n = 0", "n = 2", "n = (SELECT max(n) FROM "}) {
      all.push_back("DELETE FROM " + name + " WHERE " + which +
                    (std::string(which).back() == ' ' ? name + ")" : ""));
    }
    all.push_back("INSERT INTO " + name + " SELECT * FROM " + name + " WHERE n = 1");
    all.push_back("INSERT INTO " + name + " SELECT * FROM " + name);
    for (const char* n : {"n + 1", "-n", "NULL", "'x'", "n + 0.5", "0", "n * 4294967296"}) {
      all.push_back("UPDATE " + name + " SET n = " + n);
    }
  }
  for (const auto& [table, column] : kBlobs) {
    for (const std::string value :
         {"NULL", "x''", "x'00'", "x'000000'", "substr(@, 1, length(@) - 4)", "substr(@, 5)",
          "CAST(@ || x'00000000' AS BLOB)", "CAST(@ || x'00' AS BLOB)",
          "CAST(x'0000c07f' || substr(@, 5) AS BLOB)", "CAST(x'0000807f' || substr(@, 5) AS BLOB)",
          "CAST(x'ffffffff' || substr(@, 5) AS BLOB)", "CAST(@ || @ AS BLOB)", "'text'", "7", "1.5",
          "zeroblob(100000)"}) {
      std::string set = value;
      for (size_t at = 0; (at = set.find('@', at)) != std::string::npos;)
        set.replace(at, 1, column);
      if (column == "feature_weights" && value == "NULL") continue;  // all are 1
      const char* where = table == "packed" ? "" : " WHERE n = 1";
      all.push_back("UPDATE rec_" + table + " SET " + column + " = " + set + where);
    }
  }
  for (const char* value : {"NULL", "'x'", "1.5", "0", "-checksum"}) {
    all.push_back(std::string("UPDATE rec_packed SET checksum = ") + value);
  }
  for (const auto& [table, id] : kIds) {
    for (const char* value : {"NULL", "1.5", "(SELECT * FROM (SELECT @ FROM rec_# WHERE n = 2))"}) {
      std::string set = value;
      if (const size_t at = set.find('#'); at != std::string::npos) {
        set.replace(at, 1, table);
        set.replace(set.find('@'), 1, id);
      }
      all.push_back("UPDATE rec_" + table + " SET " + id + " = " + set + " WHERE n = 1");
    }
  }
  for (const std::string value : {"NULL", "'x'", "1e39", "-1e400", "x'00'"}) {
    all.push_back(std::string("UPDATE rec_subjects SET bias = ") + value + " WHERE n = 1");
    all.push_back(std::string("UPDATE rec_subjects SET works = ") + value + " WHERE n = 1");
    if (value != "1e39") {  // a number as good as any
      all.push_back("UPDATE rec_map SET x = " + value + " WHERE id = 'a'");
      all.push_back("UPDATE rec_history SET value = " + value + " WHERE step = 1");
    }
    if (value == "NULL" || value == "x'00'")  // of a column of texts the others are texts
      all.push_back("UPDATE rec_history SET metric = " + value + " WHERE step = 1");
  }
  all.push_back("UPDATE rec_subjects SET works = -1 WHERE n = 1");
  all.push_back("DROP TABLE rec_map");
  all.push_back("DELETE FROM rec_map WHERE id = 'a'");
  all.push_back("DROP TABLE rec_history");
  all.push_back("DROP TABLE rec_config");
  for (const char* key :
       {"format_version", "algorithm", "embedding_dim", "n_works", "n_subjects", "n_features",
        "probability_slope", "probability_intercept", "unobserved_weight", "regularization",
        "regularization_exponent", "feature_weight", "map_options_work"}) {
    const std::string where = std::string(" WHERE key = '") + key + "'";
    if (key != std::string("map_options_work")) all.push_back("DELETE FROM rec_config" + where);
    all.push_back("INSERT INTO rec_config SELECT * FROM rec_config" + where);
    const bool real = std::string(key).find('_') != std::string::npos && key[1] != '_' &&
                      std::string(key) != "format_version" && std::string(key) != "embedding_dim" &&
                      std::string(key) != "map_options_work";
    for (const std::string value : {"NULL", "''", "'x'", "'99999999999999999999'", "'1e999'",
                                    "'nan'", "x'00ff'", "'{\"a\":1}'", "'-3'"}) {
      // Of a real number these are as good as any.
      if ((real || key == std::string("regularization")) && (value == "'-3'" || value[1] == '9')) {
        continue;
      }
      all.push_back(std::string("UPDATE rec_config SET value = ") + value + where);
    }
  }
  return all;
}

class Distrust : public ::testing::TestWithParam<const char*> {
 protected:
  Distrust() {
    Database db(whole);
    db.run("PRAGMA synchronous = off");
    db.run(kCatalogue);
    db.run(
        "CREATE TABLE features(work, feature, weight); INSERT INTO features VALUES('a','f',1),"
        "('b','f',1),('b','g',2),('c','g',0.5),('c','f',1),('d','g',1),('e','h',1),('a','h',3)");
    const bool rare = GetParam() != std::string("ials") && GetParam() != std::string("bce");
    db.run(train_sql("rec", GetParam(),
                     std::string(",\"embedding_dim\":3,\"epochs\":3") +
                         ",\"work_features\":\"features\"" +
                         (rare ? ",\"min_feature_works\":1" : "")));
    for (const char* kind : {"work", "subject"}) {
      db.run(std::string("SELECT subjrec_map('rec', '") + kind +
             "', '{\"n_neighbors\":2,\"epochs\":3}')");
    }
    digest = db.value(digest_sql("rec"));
    db.run("VACUUM INTO '" + constrained + "'");
    // Whoever writes a file by hand is bound by no constraint.
    for (const std::string table :
         {"works", "subjects", "features", "weights", "history", "config", "map", "packed"}) {
      db.run("CREATE TABLE copy AS SELECT * FROM rec_" + table + "; DROP TABLE rec_" + table +
             "; ALTER TABLE copy RENAME TO rec_" + table);
    }
    for (const char* reader : kReaders) answers.push_back(ask(whole, reader).second);
  }
  /// (error or "", rows) of a query in a connection of its own.
  static std::pair<std::string, std::vector<std::string>> ask(const std::string& path,
                                                              const std::string& query) {
    Database db(path);
    std::pair<std::string, std::vector<std::string>> result;
    result.first = db.attempt(query, &result.second);
    return result;
  }

  TemporaryFolder folder;
  std::string whole = folder.write("works.db", "");
  std::string constrained = folder.file("constrained.db");  // the tables as subjrec makes them
  std::string damaged = folder.file("damaged.db");
  std::string digest;
  std::vector<std::vector<std::string>> answers;
};

TEST_P(Distrust, NamesTheTableAndTheRepairOrDoesNotReadIt) {
  std::set<std::string> unnoticed;
  size_t repaired = 0;
  for (const std::string& damage : damages()) {
    SCOPED_TRACE(damage);
    std::filesystem::copy_file(whole, damaged, std::filesystem::copy_options::overwrite_existing);
    std::string table = damage.substr(damage.find("rec_"));
    table = table.substr(0, table.find(' '));
    {
      Database db(damaged);
      db.run("PRAGMA synchronous = off;" + damage);
      if (damage.rfind("DROP", 0) != 0 && sqlite3_total_changes(db.get()) == 0) continue;
    }
    size_t errors = 0;
    for (size_t r = 0; r < std::size(kReaders); ++r) {
      SCOPED_TRACE(kReaders[r]);
      const auto [error, rows] = ask(damaged, kReaders[r]);
      if (error.empty()) {
        EXPECT_EQ(rows, answers[r]);
        continue;
      }
      // subjrec_map writes, and only where it has made the tables.
      if (error.find("is not that table") != std::string::npos) continue;
      ++errors;
      const bool version = error.find("has format version") != std::string::npos;
      EXPECT_TRUE(version || error.find('"' + table + '"') != std::string::npos ||
                  error.find("the map of model \"rec\" lacks") != std::string::npos)
          << error;
      const bool repair =
          error.find("train it again") != std::string::npos ||
          error.find("; make the map again with SELECT subjrec_map('rec', 'work'") !=
              std::string::npos ||
          error.find("; place them with SELECT subjrec_map('rec', 'work'") != std::string::npos;
      EXPECT_TRUE(repair) << error;
    }
    if (errors == 0) unnoticed.insert(damage);
    // A training repairs everything but what it reads itself, in tables that are the model's.
    std::filesystem::copy_file(constrained, damaged,
                               std::filesystem::copy_options::overwrite_existing);
    Database db(damaged);
    std::vector<std::string> ignored;
    if (!db.attempt("PRAGMA synchronous = off;" + damage, &ignored).empty()) continue;
    ++repaired;
    const std::string error = db.attempt("SELECT subjrec_train('rec')", &ignored);
    if (error.empty()) {
      EXPECT_EQ(db.value(digest_sql("rec")), digest);
      EXPECT_EQ(db.rows(kReaders[0]), answers[0]);
    } else {
      EXPECT_EQ(table, "rec_config") << error;
      EXPECT_NE(error.find("train it again with SELECT subjrec_train('rec'"), std::string::npos)
          << error;
    }
  }
  EXPECT_GT(repaired, damages().size() / 2);
  for (const std::string& damage : unnoticed) std::cout << "  not read: " << damage << "\n";
}

INSTANTIATE_TEST_SUITE_P(Algorithms, Distrust,
                         ::testing::Values("bce", "composed", "ials", "ease", "blend"));

}  // namespace
}  // namespace subjrec::test
