// Plans: thousands of queries put together at random over a model and over each table-valued
// function, and over ordinary tables with the same rows and row ids. Whatever plan SQLite takes,
// the rows are the same. A failure prints the query and its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/base/random.h"
#include "faults/long.h"
#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using Strings = std::vector<std::string>;

/// A virtual table, its columns, and its twin.
struct Subject {
  std::string call;
  std::string twin;
  std::string id;      // a column of ids
  std::string number;  // and one of numbers
  std::string other;   // and another of ids or numbers
};

const Subject kSubjects[] = {
    {"rec", "t_rec", "subject_id", "tagged", "work_id"},
    {"subjrec_topk('rec', 'a', 3)", "t_topk", "subject_id", "rank", "tagged"},
    {"subjrec_topk('rec', 'b', 9, 'new')", "t_new", "subject_id", "rank", "tagged"},
    {"subjrec_suggest('rec', '[\"x\"]', 2)", "t_suggest", "subject_id", "rank", "rank"},
    {"subjrec_similar('rec', 'work', 'a', 3)", "t_similar", "id", "rank", "rank"},
    {"subjrec_explain('rec', 'a', 'x')", "t_explain", "id", "works_with_both", "cause"},
    {"subjrec_outliers('rec', 4)", "t_outliers", "subject_id", "rank", "work_id"},
    {"subjrec_place('rec', 'subject', (SELECT embedding FROM rec_subjects WHERE n = 1))", "t_place",
     "x", "y", "x"},
    {"subjrec_evaluate('rec', 'tags')", "t_evaluate", "metric", "value", "metric"},
    {"subjrec_evaluate_subjects('rec', 'tags')", "t_judged", "subject_id", "support", "support"},
};

/// Draws a query with V for the table.
class Generator {
 public:
  /// `outer`: RIGHT and FULL JOIN may be drawn.
  Generator(const Subject& subject, bool outer, uint64_t seed)
      : v_(subject), outer_(outer), random_(seed) {}

  std::string query() {
    const std::string a = "v." + v_.id, n = "v." + v_.number, o = "v." + v_.other;
    const std::string where =
        one_of({"", " WHERE " + condition(), " WHERE " + condition() + " AND " + condition()});
    switch (random_.below(14)) {
      case 0:
        return "SELECT v.rowid, v.* FROM V AS v" + where;
      case 1:
        return "SELECT " + join_columns() + " FROM s " + join() + " V AS v ON " + on() + where;
      case 2:
        return "SELECT " + join_columns() + " FROM V AS v " + join() + " s ON " + on() + where;
      case 3:
        return "SELECT s.k, s.x, (SELECT count(*) FROM V AS v WHERE " + on() +
               ") FROM s WHERE s.x IS NOT 4";
      case 4:
        return "SELECT s.k FROM s WHERE " + one_of({"", "NOT "}) +
               "EXISTS (SELECT 1 FROM V AS v "
               "WHERE " +
               on() + " AND " + condition() + ")";
      case 5:
        return "WITH c AS " + one_of({"MATERIALIZED ", "NOT MATERIALIZED ", ""}) +
               "(SELECT v.rowid AS rowid, v.* FROM V AS v) SELECT * FROM c AS v" + where;
      case 6:
        return "SELECT " + o + ", count(*), min(" + n + "), max(" + n + ") FROM V AS v" + where +
               " GROUP BY 1";
      case 7:
        return "SELECT DISTINCT " + a + ", " + o + " FROM V AS v" + where;
      case 8:
        return "SELECT " + n + ", row_number() OVER (PARTITION BY " + o + " ORDER BY " + n +
               ", v.rowid) FROM V AS v" + where;
      case 9:
        return "SELECT v.*, w." + v_.id + " FROM V AS v JOIN V AS w ON v.rowid = w.rowid" + where;
      case 10:
        return "SELECT v.rowid FROM V AS v" + where +
               one_of({" UNION ", " EXCEPT ", " INTERSECT "}) +
               "SELECT v.rowid FROM V AS v WHERE " + condition();
      case 11:
        return "SELECT * FROM (SELECT v.*, v.rowid AS r FROM V AS v ORDER BY " + n +
               one_of({"", " DESC"}) + ", v.rowid LIMIT " + std::to_string(random_.below(5)) +
               ") AS v";
      case 12:
        return "SELECT s.k, s.x FROM s WHERE s.k " + one_of({"", "NOT "}) + "IN (SELECT " + a +
               " FROM V AS v" + where + ")";
      default:
        return "SELECT v.rowid, " + a + " FROM s NATURAL JOIN (SELECT v.rowid AS rowid, v.*, " + a +
               " AS k FROM V AS v) AS v" + where;
    }
  }

 private:
  std::string one_of(const Strings& choices) { return choices[random_.below(choices.size())]; }
  std::string id() {
    return one_of({"'x'", "'y'", "'z'", "'w'", "'a'", "'b'", "NULL", "1", "'q'"});
  }
  std::string number() { return std::to_string(random_.below(5)); }
  std::string join() {
    return outer_ ? one_of({"JOIN", "LEFT JOIN", "CROSS JOIN", "FULL JOIN", "RIGHT JOIN"})
                  : one_of({"JOIN", "LEFT JOIN", "CROSS JOIN"});
  }
  std::string join_columns() { return "v.rowid, v." + v_.id + ", v." + v_.number + ", s.k, s.x"; }

  bool has_probability() const {
    return v_.twin == "t_rec" || v_.twin == "t_topk" || v_.twin == "t_new" ||
           v_.twin == "t_suggest" || v_.twin == "t_outliers";
  }
  /// What a probability may be compared with; those of the model lie around 0.5.
  std::string bound() {
    return one_of({"0.5", "'0.5'", "' 0.4 '", "'much'", "NULL", "x'00'", "0", "1", "-1", "2",
                   "1e-9", "9007199254740993", "1e400", "-1e400", "CAST(0.6 AS TEXT)",
                   "(SELECT avg(probability) FROM t_rec)", "(SELECT max(probability) FROM t_rec)",
                   "(SELECT probability FROM t_rec ORDER BY probability LIMIT 1 OFFSET 7)"});
  }

  std::string on() {
    const std::string a = "v." + v_.id, n = "v." + v_.number, o = "v." + v_.other;
    if (has_probability() && random_.below(4) == 0) {
      return one_of({"v.probability >= s.x / 4.0", "v.probability > s.k",
                     o + " = s.k AND v.probability >= s.x / 5.0",
                     a + " = s.k AND s.x / 5.0 <= v.probability"});
    }
    return one_of({a + " = s.k", o + " = s.k", n + " = s.x", a + " = s.k AND " + n + " = s.x",
                   "(" + a + " = s.k OR " + n + " = s.x)", a + " <> s.k", n + " < s.x",
                   "(" + a + ", " + n + ") = (s.k, s.x)", a + " IS s.k"});
  }

  /// Conditions on ids that are the function's to apply are left out but for the model's.
  std::string term() {
    const std::string a = "v." + v_.id, n = "v." + v_.number, o = "v." + v_.other;
    Strings terms = {n + " = " + number(),
                     n + " <> " + number(),
                     n + " IN (" + number() + ", 1)",
                     n + " NOT IN (0, " + number() + ")",
                     n + " BETWEEN 1 AND " + number(),
                     "v.rowid = " + number(),
                     "v.rowid IN (1, " + number() + ", 7)",
                     n + " IS NOT NULL",
                     o + " IN (SELECT x FROM s)"};
    if (has_probability()) {
      for (const char* op : {">=", ">", "<", "="}) {
        terms.push_back("v.probability " + std::string(op) + " " + bound());
      }
      terms.insert(
          terms.end(),
          {bound() + " <= v.probability", "v.probability BETWEEN " + bound() + " AND " + bound(),
           "(v.probability, v.score) >= (" + bound() + ", 0)",
           "v.probability >= " + bound() + " AND v.probability > " + bound()});
    }
    if (v_.call == "rec") {
      for (const std::string& column : {a, o}) {
        terms.insert(terms.end(),
                     {column + " = " + id(), column + " IN (" + id() + ", " + id() + ")",
                      column + " IN (SELECT k FROM s)", column + " NOT IN (" + id() + ", 'e')",
                      column + " <> " + id(), column + " > " + id(), column + " IS " + id(),
                      column + " = " + id() + " COLLATE NOCASE", column + " LIKE 'A'"});
      }
      terms.push_back("(v.work_id, v.subject_id) = (" + id() + ", " + id() + ")");
      terms.push_back("(v.work_id, v.subject_id) IN (SELECT k, j FROM s)");
    }
    return one_of(terms);
  }

  std::string condition() {
    switch (random_.below(4)) {
      case 0:
        return "(" + term() + " OR " + term() + ")";
      case 1:
        return "((" + term() + " AND " + term() + ") OR (" + term() + " AND " + term() + ") OR " +
               term() + ")";
      case 2:
        return "NOT (" + term() + " AND " + term() + ")";
      default:
        return term();
    }
  }

  const Subject& v_;
  bool outer_;
  Random random_;
};

std::string replaced(std::string text, const std::string& to) {
  for (size_t at = 0; (at = text.find("V AS ", at)) != std::string::npos; at += to.size()) {
    text.replace(at, 1, to);
  }
  return text;
}

class Plans : public ::testing::Test {
 protected:
  Plans() {
    db.run(kCatalogue);
    db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":3"));
    db.run("SELECT subjrec_map('rec', 'subject', '{\"n_neighbors\":2,\"epochs\":3}')");
    db.run(
        "CREATE TABLE s(k, j, x); INSERT INTO s VALUES ('x', 'y', 1), ('y', 'x', 2), ('q', 'z', "
        "0), "
        "(NULL, 'w', 3), ('a', 'x', 4), ('b', 'z', NULL), ('x', NULL, 0), (1, 'x', 1), ('a', 'x', "
        "2)");
    for (const Subject& v : kSubjects) {
      db.run("CREATE TABLE " + v.twin + " AS SELECT * FROM " + v.call + " WHERE 0");
      const std::string columns =
          db.value("SELECT group_concat(name) FROM pragma_table_info('" + v.twin + "')");
      db.run("INSERT INTO " + v.twin + "(rowid, " + columns + ") SELECT rowid, * FROM " + v.call);
      EXPECT_EQ(db.value("SELECT count(*) FROM " + v.call),
                db.value("SELECT count(DISTINCT rowid) FROM " + v.twin));
    }
  }

  Strings sorted(const std::string& sql) {
    Strings rows;
    const std::string error = db.attempt(sql, &rows);
    EXPECT_EQ(error, "") << sql;
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  Database db;
};

TEST_F(Plans, GiveTheRowsOfAnOrdinaryTable) {
  const double seconds = faults::repetitions(15, 60);
  const auto start = std::chrono::steady_clock::now();
  // Some versions of SQLite hand no arguments to the function of a RIGHT JOIN; json_each tells.
  const bool outer =
      db.value("SELECT count(a) FROM (SELECT 1 AS a) RIGHT JOIN json_each('[1]') ON value = a") ==
      "1";
  uint64_t queries = 0, rows = 0;
  for (uint64_t seed = 1; !HasFailure(); ++seed) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    if (passed.count() > seconds) break;
    for (const Subject& v : kSubjects) {
      const std::string query = Generator(v, outer || v.call == "rec", seed).query();
      const Strings wanted = sorted(replaced(query, v.twin));
      EXPECT_EQ(sorted(replaced(query, v.call)), wanted)
          << replaced(query, v.call) << "\nseed " << seed;
      ++queries;
      rows += wanted.size();
    }
  }
  std::printf("counted: plans, SQLite %s%s: %llu queries, %llu rows\n", sqlite3_libversion(),
              outer ? "" : ", no RIGHT JOIN of functions", static_cast<unsigned long long>(queries),
              static_cast<unsigned long long>(rows));
  EXPECT_GT(rows, queries / 2);
}

// An id that is not known, and NULL, gives no row, and a row of NULLs on the other side of a LEFT
// JOIN.
TEST_F(Plans, GiveNoRowsForWhatIsUnknownInAJoin) {
  db.run("CREATE TABLE ids(i); INSERT INTO ids VALUES ('a'), ('nobody'), (NULL), (1.5), (x'00')");
  for (const std::string call :
       {"subjrec_topk('rec', i, 1)", "subjrec_similar('rec', 'work', i, 1)",
        "subjrec_explain('rec', i, 'x')", "subjrec_outliers('rec', 1, i)",
        "subjrec_suggest('rec', json_array(CASE i WHEN 'a' THEN 'x' ELSE 'nobody' END), 1)"}) {
    const std::string known =
        std::to_string(db.rows("SELECT * FROM (SELECT 'a' AS i) JOIN " + call).size());
    for (const std::string join : {"JOIN", "CROSS JOIN", "NATURAL JOIN", ","}) {
      EXPECT_EQ(db.value("SELECT count(*) FROM ids " + join + " " + call), known) << join << call;
    }
    for (const std::string join : {"LEFT JOIN", "FULL JOIN"}) {
      EXPECT_EQ(db.value("SELECT count(DISTINCT i IS NULL OR i) + (count(*) > 0) FROM ids " + join +
                         " " + call + " ON 1"),
                db.value("SELECT count(DISTINCT i IS NULL OR i) + 1 FROM ids"))
          << join << call;
      EXPECT_EQ(db.value("SELECT group_concat(quote(i)) FROM (SELECT DISTINCT i FROM ids " + join +
                         " " + call + " ON 1 ORDER BY 1)"),
                "NULL,1.5,'a','nobody',X'00'")
          << join << call;
    }
    EXPECT_EQ(
        db.value("SELECT sum(n) FROM (SELECT (SELECT count(*) FROM " + call + ") AS n FROM ids)"),
        known);
    EXPECT_EQ(db.rows("SELECT i FROM ids WHERE EXISTS (SELECT 1 FROM " + call + ")"), Strings{"a"})
        << call;
    EXPECT_EQ(
        db.value("WITH c AS MATERIALIZED (SELECT 'nobody' AS i) SELECT count(*) FROM c, " + call),
        "0");
    EXPECT_EQ(db.value("WITH c(i) AS (VALUES ('nobody')) SELECT count(*) FROM c JOIN " + call),
              "0");
  }
}

TEST_F(Plans, AreRefusedWithoutTheirArguments) {
  for (const std::string from :
       {"subjrec_topk('rec', 'a')", "subjrec_topk('rec', 'a') WHERE rank = 1",
        "subjrec_topk('rec', 'a') WHERE rank = 1 OR rank = 2",
        "subjrec_topk('rec', 'a') WHERE subject_id IN ('x', 'y')",
        "s JOIN subjrec_topk('rec', s.k)", "s LEFT JOIN subjrec_topk('rec', s.k) ON rank = s.x",
        "s CROSS JOIN subjrec_topk('rec', s.k) WHERE rank = s.x OR subject_id = s.k",
        "(SELECT * FROM subjrec_topk('rec', 'a') WHERE rank < 3)"}) {
    EXPECT_EQ(db.error("SELECT * FROM " + from), "subjrec_topk: argument 3 (k) is missing") << from;
  }
}

}  // namespace
}  // namespace subjrec::test
