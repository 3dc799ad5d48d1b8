// The tables of options in sql/REFERENCE.md say what the option tables say.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "core/ingest/import_options.h"
#include "core/train/options.h"
#include "core/umap/umap_options.h"
#include "sqlite/jobs/plot_data.h"
#include "sqlite/jobs/tune_options.h"

namespace subjrec {
namespace {

std::string reference() {
  std::ifstream file(SUBJREC_SOURCE_DIR "/sql/REFERENCE.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// "| `epochs` | 10 | a whole number from 1 to 100000 | passes over the works |"
template <class T>
std::string line_of(const OptionSpec<T>& spec) {
  std::string wanted = "a text";
  if (!spec.choices.empty()) {
    wanted = option_detail::choices_text(spec.choices);
  } else if (std::holds_alternative<bool T::*>(spec.field)) {
    wanted = "true or false";
  } else if (!std::holds_alternative<std::string T::*>(spec.field)) {
    wanted = option_detail::range_text(spec.least, spec.most, spec.open,
                                       !std::holds_alternative<double T::*>(spec.field));
  }
  return "| `" + std::string(spec.name) + "` | " + OptionTable<T>::value_json(spec, T()) + " | " +
         wanted + " | " + std::string(spec.help) + " |\n";
}

template <class T>
std::string table_of(const OptionTable<T>& options) {
  std::string table = "| option | default | may be | what it is |\n| --- | --- | --- | --- |\n";
  for (const OptionSpec<T>& spec : options.specs()) table += line_of(spec);
  return table;
}

void expect_in_reference(const std::string& table) {
  EXPECT_NE(reference().find(table), std::string::npos) << "sql/REFERENCE.md lacks this table:\n"
                                                        << table;
}

TEST(Reference, HasTheOptionsOfTraining) { expect_in_reference(table_of(train_option_table())); }
TEST(Reference, HasTheOptionsOfTunings) { expect_in_reference(table_of(tune_option_table())); }
TEST(Reference, HasTheOptionsOfMaps) { expect_in_reference(table_of(map_option_table())); }
TEST(Reference, HasTheOptionsOfPlots) { expect_in_reference(table_of(plot_option_table())); }
TEST(Reference, HasTheOptionsOfImports) { expect_in_reference(table_of(import_option_table())); }

}  // namespace
}  // namespace subjrec
