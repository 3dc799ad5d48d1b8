#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using PlotOptionsTest = Catalogue;

TEST_F(PlotOptionsTest, LeaveOutSubjectsOnFewWorks) {
  db.run("SELECT subjrec_map('rec', 'subject')");
  const std::string all = "SELECT count(*) FROM rec_subjects";
  const std::string known = "SELECT count(*) FROM rec_subjects WHERE works >= 3";
  ASSERT_NE(db.value(all), db.value(known));
  EXPECT_THAT(db.value("SELECT subjrec_plot('rec', 'subjects')"),
              HasSubstr(">" + db.value(all) + " subjects;"));
  EXPECT_THAT(db.value("SELECT subjrec_plot('rec', 'subjects', '{\"min_works\": 3}')"),
              HasSubstr(">" + db.value(known) + " subjects;"));
  // Everything that the explorer shows has a place among those that are left.
  const std::string page = db.value("SELECT subjrec_plot('rec', 'explorer', '{\"min_works\": 3}')");
  EXPECT_THAT(page, HasSubstr("\"facts\":\"" + db.value(known) + " subjects"));
  EXPECT_THAT(db.value("SELECT subjrec_plot('rec', 'subjects', '{\"min_works\": 1000}')"),
              HasSubstr("no points to draw"));
  EXPECT_THAT(db.value("SELECT subjrec_plot('rec', 'explorer', '{\"min_works\": 1000}')"),
              HasSubstr("\"facts\":\"0 subjects"));
}

TEST_F(PlotOptionsTest, OneColourAndOneSize) {
  db.run("SELECT subjrec_map('rec', 'subject')");
  const std::string plain = db.value(
      "SELECT subjrec_plot('rec', 'subjects', "
      "'{\"color\": \"#aa3377\", \"size_by\": \"none\", \"opacity\": 0.25}')");
  EXPECT_THAT(plain, HasSubstr("--one:#aa3377"));
  EXPECT_THAT(plain, HasSubstr("fill-opacity=\"0.25\""));
  EXPECT_THAT(plain, Not(HasSubstr("in no group")));
  EXPECT_EQ(db.error("SELECT subjrec_plot('rec', 'subjects', '{\"color\": \"#12\"}')"),
            "subjrec_plot: option \"color\" must be a table, a SELECT or a colour such as "
            "\"#0072b2\", got \"#12\"");
  EXPECT_THAT(db.value("SELECT subjrec_plot('rec', 'subjects', '{\"clusters\": false}')"),
              Not(HasSubstr("in no group")));
}

TEST_F(PlotOptionsTest, DrawATuningAndTheReliability) {
  db.run("CREATE TABLE trials(options TEXT, ndcg REAL)");
  db.run(
      "INSERT INTO trials VALUES ('{\"embedding_dim\":8}', 0.25), ('{\"embedding_dim\":16}', 0.5), "
      "('{\"embedding_dim\":32}', NULL)");
  const std::string tuning = db.value("SELECT subjrec_plot('trials', 'tuning')");
  EXPECT_THAT(tuning, HasSubstr("trials: ndcg by embedding_dim"));
  EXPECT_THAT(tuning, HasSubstr("1 could not be evaluated"));
  EXPECT_THAT(db.error("SELECT subjrec_plot('trials', 'tuning', '{\"metric\": \"recall\"}')"),
              HasSubstr("it has none called recall"));
  db.run("INSERT INTO trials VALUES ('{\"embedding_dim\":', 0.5)");
  EXPECT_NE(db.error("SELECT subjrec_plot('trials', 'tuning')"), "");
  EXPECT_THAT(db.value("SELECT subjrec_plot('rec', 'reliability', '{\"heldout\": \"SELECT work_id, "
                       "subject_id FROM rec WHERE NOT tagged\"}')"),
              HasSubstr("are the probabilities right?"));
  EXPECT_THAT(db.error("SELECT subjrec_plot('rec', 'reliability')"),
              HasSubstr("needs the option \"heldout\""));
  EXPECT_THAT(
      db.error("SELECT subjrec_plot('rec', 'reliability', '{\"heldout\": \"SELECT -1, -1\"}')"),
      HasSubstr("knows no work of the held-out rows"));
}

}  // namespace
}  // namespace subjrec::test
