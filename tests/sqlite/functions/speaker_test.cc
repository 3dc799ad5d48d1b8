// An error that arises below says the name of the function that was called, whichever that is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {
namespace {

using ::testing::StartsWith;

using Speaker = Catalogue;

TEST_F(Speaker, IsTheFunctionThatWasCalled) {
  EXPECT_THAT(db.error("SELECT subjrec_map('rec', 'work', '{\"min_dist\": 2}')"),
              StartsWith("subjrec_map: option \"min_dist\" must be at most the option \"spread\""));
  db.run("SELECT subjrec_map('rec', 'work', '{\"epochs\": 2}')");
  db.run(
      "UPDATE rec_config SET value = json_set(value, '$.min_dist', 2) "
      "WHERE key = 'map_options_work'");
  EXPECT_THAT(
      db.error("SELECT * FROM subjrec_place('rec', 'work', "
               "(SELECT json_array(subject_id) FROM rec_subjects LIMIT 1))"),
      StartsWith("subjrec_place: option \"min_dist\" must be at most the option \"spread\""));
  db.run("DELETE FROM rec_history");
  EXPECT_THAT(db.error("SELECT subjrec_plot('rec', 'loss')"),
              StartsWith("subjrec_plot: model \"rec\" has no history to plot"));
}

}  // namespace
}  // namespace subjrec::test
