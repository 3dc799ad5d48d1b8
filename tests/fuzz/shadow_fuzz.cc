// Models whose tables somebody has damaged: errors, and never a crash or an answer that is no
// number.
//
// Triples of bytes choose table, column and row; then follows what is put there. After that every
// reader of the model is called.
#include <array>

#include "fuzz/database.h"
#include "fuzz/input.h"

namespace subjrec::fuzz {
namespace {

constexpr std::array kModels = {"bce", "composed", "ials", "ease"};

struct Table {
  const char* name;
  std::array<const char*, 6> columns;
};
constexpr std::array<Table, 7> kTables = {{
    {"config", {"value", "key", "value", "value", "value", "value"}},
    {"works", {"work_id", "embedding", "subjects", "features", "feature_weights", "n"}},
    {"subjects", {"subject_id", "embedding", "bias", "works", "input", "n"}},
    {"features", {"feature_id", "input", "n", "input", "feature_id", "n"}},
    {"weights", {"subjects", "weights", "n", "subjects", "weights", "n"}},
    {"history", {"step", "epoch", "metric", "value", "value", "metric"}},
    {"map", {"kind", "id", "x", "y", "x", "id"}},
}};

constexpr std::array kExpressions = {"NULL",
                                     "''",
                                     "x''",
                                     "zeroblob(12)",
                                     "zeroblob(16)",
                                     "-1",
                                     "0",
                                     "1",
                                     "4294967295",
                                     "9223372036854775807",
                                     "1e400",
                                     "-1e400",
                                     "1e30",
                                     "'99'",
                                     "'bce'",
                                     "'ease'",
                                     "'{'",
                                     "'nan'",
                                     "x'0000c07f0000c07f0000c07f'",
                                     "x'ffffffff'",
                                     "x'0000000001000000'",
                                     "x'0100000000000000'",
                                     "randomblob(12)",
                                     "'0'",
                                     "'-1'",
                                     "'3.5'",
                                     "'65537'",
                                     "'4294967294'",
                                     "'1000000'"};

/// Binds what the input says to ?1 and runs the statement; what SQLite refuses is refused.
void put(Database* db, const std::string& sql, Input* input) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db->get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) return;
  const uint8_t kind = input->byte();
  const std::string text = input->text(64);
  if (kind % 3 == 0) {
    sqlite3_bind_blob(statement, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  } else if (kind % 3 == 1) {
    sqlite3_bind_text(statement, 1, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  } else {
    sqlite3_bind_int64(statement, 1, static_cast<int8_t>(kind));
  }
  sqlite3_step(statement);
  sqlite3_finalize(statement);
}

void damage(Database* db, const std::string& model, Input* input) {
  const Table& table = kTables[input->choice(kTables.size())];
  const std::string name = model + "_" + table.name;
  const std::string column = table.columns[input->choice(table.columns.size())];
  const uint8_t place = input->byte();
  const std::string where = " WHERE rowid = (SELECT rowid FROM " + name + " LIMIT 1 OFFSET " +
                            std::to_string(place % 24) + ")";
  const size_t how = input->choice(9);
  switch (how) {
    case 0:
      db->run("DELETE FROM " + name + where);
      break;
    case 1:
      db->run("INSERT OR IGNORE INTO " + name + " SELECT * FROM " + name + where);
      break;
    case 2:
      db->run("DELETE FROM " + name);
      break;
    case 3:
      db->run((place % 2 == 0 ? "DROP TABLE " : "ALTER TABLE ") + name +
              (place % 2 == 0 ? "" : " DROP COLUMN " + column));
      break;
    case 4:
    case 5:
      db->run("UPDATE OR IGNORE " + name + " SET " + column + " = " +
              kExpressions[input->choice(kExpressions.size())] + where);
      break;
    case 6:
      db->run("UPDATE OR IGNORE " + name + " SET " + column + " = substr(" + column + ", " +
              std::to_string(1 + place % 3) + ") || x'00'" + where);
      break;
    default:
      put(db, "UPDATE OR IGNORE " + name + " SET " + column + " = ?1" + where, input);
  }
}

void ask(Database* db, const std::string& sql) { db->ask(sql); }

void ask_everything(Database* db, const std::string& m) {
  ask(db, "SELECT * FROM subjrec_topk('" + m + "', 'a', 4)");
  ask(db, "SELECT * FROM subjrec_topk('" + m + "', 6, 9, 'new')");
  ask(db, "SELECT t.* FROM " + m + "_works w, subjrec_topk('" + m + "', w.work_id, 2) t");
  ask(db, "SELECT * FROM subjrec_suggest('" + m + "', '[\"x\",\"w\"]', 3)");
  ask(db, "SELECT * FROM subjrec_suggest('" + m + "', '[\"y\"]', 3, '[\"long\"]')");
  ask(db, "SELECT * FROM subjrec_similar('" + m + "', 'work', 'b', 3)");
  ask(db, "SELECT * FROM subjrec_similar('" + m + "', 'subject', 'x', 3)");
  ask(db, "SELECT subjrec_similarity('" + m + "', 'work', 'a', 'b')");
  ask(db, "SELECT * FROM subjrec_explain('" + m + "', 'a', 'z')");
  ask(db,
      "SELECT * FROM subjrec_topk('" + m + "', 'a', 3, 'all', 0.5) WHERE subject_id IN ('x', 'v')");
  ask(db, "SELECT * FROM subjrec_outliers('" + m + "', 5)");
  ask(db, "SELECT * FROM subjrec_outliers('" + m + "', 2, 'a', 1)");
  ask(db, "SELECT * FROM subjrec_place('" + m + "', 'work', '[\"x\"]')");
  ask(db, "SELECT * FROM subjrec_place('" + m + "', 'subject', x'0000803f0000003f0000803f')");
  ask(db, "SELECT * FROM " + m);
  ask(db, "SELECT * FROM " + m + " WHERE work_id = 'c'");
  ask(db, "SELECT * FROM " + m + " WHERE subject_id = 'x'");
  ask(db, "SELECT * FROM " + m + " WHERE subject_id = 'x' AND work_id = 'a'");
  ask(db, "SELECT * FROM subjrec_evaluate('" + m + "', 'tags')");
  ask(db, "SELECT subjrec_map('" + m + "', 'subject', '{\"n_neighbors\":2,\"epochs\":1}')");
  ask(db, "SELECT subjrec_map('" + m + "', 'work', '{\"only_new\":true}')");
  for (const char* what : {"loss", "log_loss", "subjects", "works", "explorer"}) {
    ask(db, "SELECT subjrec_plot('" + m + "', '" + what + "')");
  }
}

}  // namespace
}  // namespace subjrec::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace subjrec::fuzz;
  Input input(bytes, size);
  Database db;
  const std::string model = kModels[input.choice(kModels.size())];
  // Loaded already, or not yet.
  if (input.choice(2) == 1) ask(&db, "SELECT * FROM subjrec_topk('" + model + "', 'a', 4)");
  for (int i = 0; i < 6 && !input.empty(); ++i) damage(&db, model, &input);
  ask_everything(&db, model);
  db.run("INSERT INTO tags VALUES('f', 'z'), ('f', 'x'), ('a', 'v')");
  db.run("SELECT subjrec_update('" + model + "')");
  db.run("SELECT subjrec_train('" + model + "')");
  db.run("ALTER TABLE " + model + " RENAME TO other");
  db.run("DROP TABLE " + model);
  db.run("DROP TABLE other");
  db.check_integrity();
  return 0;
}
