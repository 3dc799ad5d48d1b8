// A small catalogue for tests of the SQL face, and models of it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "support/database.h"

namespace subjrec::test {

/// 5 works, 4 subjects, 9 pairs; besides them one NULL and one duplicate.
constexpr const char* kCatalogue =
    "CREATE TABLE tags(work, subject);"
    "INSERT INTO tags VALUES ('a','x'),('a','y'),('b','x'),('b','z'),('c','z'),('d','y'),"
    "('d','w'),('e','w'),('e','x'),(NULL,'x'),('a','x');";

inline std::string train_sql(const std::string& model, const std::string& algorithm,
                             const std::string& more = "", const std::string& source = "tags") {
  return "SELECT subjrec_train('" + model + "', '" + source + "', '{\"algorithm\":\"" + algorithm +
         "\"" + more + "}')";
}

inline std::string digest_sql(const std::string& model) {
  return "SELECT value FROM " + model + "_config WHERE key = 'digest'";
}

/// The catalogue, and the model "rec" trained on it with "bce" in four dimensions.
class Catalogue : public ::testing::Test {
 protected:
  Catalogue() {
    db.run(kCatalogue);
    db.run(train_sql("rec", "bce", ",\"embedding_dim\":4,\"epochs\":5"));
  }
  Database db;
};

}  // namespace subjrec::test
