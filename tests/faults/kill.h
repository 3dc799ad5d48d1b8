// What the process that is killed does, and the test has to know.
#pragma once

#include <string>

namespace subjrec::faults {

/// Two trainings with different results, 0 and 1, of the table "tags".
inline std::string train_sql(int recipe) {
  return recipe == 0 ? "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"ials\",\"epochs\":1,"
                       "\"embedding_dim\":16,\"threads\":1}')"
                     : "SELECT subjrec_train('rec', 'tags', '{\"algorithm\":\"bce\",\"epochs\":1,"
                       "\"embedding_dim\":8,\"threads\":2}')";
}

/// Two imports with different results.
inline std::string import_sql(const std::string& folder, int snapshot) {
  return "SELECT subjrec_import('" + folder + "/" + std::to_string(snapshot) +
         ".json', '{\"missing\":\"delete\",\"delete_limit\":1}')";
}

/// Forty runs, whose results go into `table` one by one.
inline std::string tune_sql(const std::string& table) {
  return "SELECT subjrec_tune('tags', '{\"algorithm\":[\"ials\",\"bce\"],\"epochs\":[1,2,3,4],"
         "\"embedding_dim\":[2,4,6,8,10],\"patience\":0}', '{\"results\":\"" +
         table + "\"}')";
}

}  // namespace subjrec::faults
