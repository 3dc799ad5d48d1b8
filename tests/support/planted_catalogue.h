// A catalogue large enough that lists differ: 120 works, 40 subjects of very different popularity.
#pragma once

#include <gtest/gtest.h>

#include "support/catalogue.h"

namespace subjrec::test {

constexpr const char* kPlantedCatalogue =
    "CREATE TABLE tags(work INTEGER, subject INTEGER);"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4799)"
    "INSERT INTO tags SELECT i / 40, i % 40 FROM n "
    "WHERE (i * 7919 + i / 40 * 104729) % 1000 < 400 / (1 + i % 40) + 40;";

/// The catalogue, and the model "rec" trained on it with the algorithm that is the parameter.
class PlantedCatalogue : public ::testing::TestWithParam<const char*> {
 protected:
  PlantedCatalogue() {
    db.run(kPlantedCatalogue);
    db.run(train_sql("rec", GetParam(), ",\"epochs\":4,\"embedding_dim\":8"));
  }
  Database db;
};

}  // namespace subjrec::test
