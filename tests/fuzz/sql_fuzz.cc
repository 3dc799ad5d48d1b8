// The SQL surface: statements put together from a grammar by the bytes of the input.
//
// Byte 0 of each statement chooses its form; 255 takes the rest of the input as SQL. Each @ of a
// form becomes a value, each # a model, each ? options.
#include <algorithm>
#include <array>

#include "fuzz/database.h"
#include "fuzz/input.h"

namespace subjrec::fuzz {
namespace {

constexpr std::array kForms = {
    "SELECT subjrec_train(@, @, ?)",
    "SELECT subjrec_train(#, @, ?)",
    "SELECT subjrec_train(#)",
    "SELECT * FROM subjrec_train(#, @, ?)",
    "SELECT * FROM subjrec_topk(#, @, @)",
    "SELECT * FROM subjrec_topk(#, @, @, @) WHERE @ ORDER BY score",
    "SELECT * FROM tags, subjrec_topk(#, work, @)",
    "SELECT * FROM subjrec_suggest(#, @, @)",
    "SELECT * FROM subjrec_suggest(#, @, @, @)",
    "SELECT * FROM subjrec_similar(#, @, @, @)",
    "SELECT subjrec_similarity(#, @, @, @)",
    "SELECT subjrec_similarity(@, @)",
    "SELECT * FROM subjrec_explain(#, @, @)",
    "SELECT * FROM subjrec_evaluate(#, @, ?)",
    "SELECT * FROM subjrec_evaluate_subjects(#, @, ?)",
    "SELECT subjrec_load(#, @, @, ?)",
    "SELECT subjrec_load(@, 'SELECT work, ''[1,2]'' FROM tags GROUP BY 1', @)",
    "SELECT subjrec_map(#, @, ?)",
    "SELECT * FROM subjrec_map(#, @, ?)",
    "SELECT subjrec_plot(#, @, ?)",
    "SELECT length(subjrec_plot(@, @))",
    "SELECT subjrec_version(), subjrec_debug()",
    "SELECT * FROM bce WHERE work_id = @ ORDER BY score DESC LIMIT 3",
    "SELECT * FROM ease WHERE subject_id = @",
    "SELECT * FROM composed WHERE work_id = @ AND subject_id = @",
    "SELECT count(*), max(score) FROM ials WHERE tagged = @ AND score > @",
    "INSERT INTO bce(bce) VALUES(@)",
    "INSERT INTO ials VALUES(@, @, @, @, @)",
    "DELETE FROM ease WHERE work_id = @",
    "UPDATE composed SET score = @ WHERE subject_id = @",
    "DROP TABLE bce",
    "ALTER TABLE ials RENAME TO other",
    "CREATE VIRTUAL TABLE made USING subjrec(source=@, epochs=@)",
    "CREATE VIRTUAL TABLE temp.made USING subjrec(?)",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT subjrec",
    "RELEASE subjrec",
    "INSERT INTO tags VALUES(@, @)",
    "CREATE TABLE other AS SELECT * FROM ease",
    "CREATE TRIGGER t AFTER INSERT ON tags BEGIN SELECT subjrec_train(#); END",
    "CREATE VIEW v AS SELECT subjrec_train(#)",
    "SELECT * FROM v",
    "SELECT subjrec_update(#)",
    "SELECT * FROM subjrec_outliers(#, @, @, @)",
    "SELECT * FROM subjrec_outliers(#, @) WHERE work_id = @",
    "SELECT * FROM subjrec_place(#, @, @, @)",
    "SELECT * FROM subjrec_suggest_text(#, @, @, @)",
    "SELECT subjrec_dot(@, @), subjrec_vector_to_json(@), subjrec_vector_from_json(@)",
    "SELECT p.* FROM bce_works, subjrec_place('bce', 'work', embedding) p",
    "SELECT * FROM subjrec_topk(#, @, @, @, @) WHERE subject_id IN (SELECT subject FROM tags)",
    "SELECT * FROM subjrec_topk(#, @, @) WHERE subject_id IN (@, @, @)",
    "SELECT * FROM subjrec_suggest(#, @, @, @, @, @) WHERE subject_id IN (@, @)",
    "SELECT * FROM subjrec_split(@, ?)",
    "SELECT * FROM subjrec_topk(#, @, @, @, @, @, @)",
    "DELETE FROM tags WHERE work = @",
    "SELECT subjrec_tune(@, ?, ?)",
    "SELECT * FROM subjrec_tune('tags', ?, @)",
    "SELECT * FROM subjrec_tune('tags', ?, '{\"results\":\"trials\"}')",
    "UPDATE trials SET epochs = @, history = @, best_epoch = @",
};

constexpr std::array kValues = {
    "NULL",
    "0",
    "1",
    "-1",
    "3",
    "10",
    "1.5",
    "9223372036854775807",
    "-9e999",
    "''",
    "'a'",
    "'x'",
    "6",
    "x'07'",
    "x''",
    "x'0000803f0000003f0000803f'",
    "'work'",
    "'subject'",
    "'new'",
    "'all'",
    "'tags'",
    "'seen'",
    "'traits'",
    "'nothing'",
    "'SELECT work, subject FROM tags'",
    "'VALUES (''a'', ''x''), (''q'', 1)'",
    "'SELECT * FROM bce'",
    "'SELECT subjrec_train(''bce'')'",
    "'[\"x\",\"w\"]'",
    "'[1,2.5,null]'",
    "'[]'",
    "'loss'",
    "'log_loss'",
    "'works'",
    "'subjects'",
    "'explorer'",
    "'train'",
    "'ease'",
    "randomblob(12)",
    "zeroblob(2000)",
    "'VALUES (''a'', ''[1,0]''), (''b'', ''[0,1]'')'",
    "(SELECT work FROM tags LIMIT 1)",
};

constexpr std::array kModels = {"'bce'",      "'composed'", "'ials'",      "'ease'",
                                "'main.bce'", "'made'",     "'temp.made'", "'\"ease\"'",
                                "'tags'",     "'other'",    "'a\" \"b'",   "'nowhere.bce'"};

constexpr std::array kOptions = {"\"algorithm\":\"bce\"",
                                 "\"algorithm\":\"ials\"",
                                 "\"algorithm\":\"ease\"",
                                 "\"algorithm\":\"composed\"",
                                 "\"epochs\":2",
                                 "\"embedding_dim\":5",
                                 "\"batch_size\":2",
                                 "\"validation\":0.4",
                                 "\"patience\":1",
                                 "\"seed\":-7",
                                 "\"threads\":2",
                                 "\"loss\":\"sampled_softmax\"",
                                 "\"negatives\":1",
                                 "\"dropout\":0.9",
                                 "\"learning_rate\":100",
                                 "\"work_features\":\"traits\"",
                                 "\"min_feature_works\":1",
                                 "\"regularization\":1e9",
                                 "\"regularization\":0",
                                 "\"unobserved_weight\":0",
                                 "\"init_stddev\":100",
                                 "\"max_weights\":1",
                                 "\"max_columns\":3",
                                 "\"recipe\":\"notebook\"",
                                 "\"k\":2",
                                 "\"rare_below\":1",
                                 "\"n_neighbors\":2",
                                 "\"metric\":\"cosine\"",
                                 "\"init\":\"pca\"",
                                 "\"init\":\"random\"",
                                 "\"min_dist\":0",
                                 "\"spread\":0.1",
                                 "\"only_new\":true",
                                 "\"interactions\":\"tags\"",
                                 "\"labels\":\"tags\"",
                                 "\"titles\":\"tags\"",
                                 "\"epsilon\":1",
                                 "\"gradient_samples\":1",
                                 "\"warmup_steps\":0",
                                 "\"bad\":1",
                                 "\"popularity\":0.5",
                                 "\"work_vectors\":\"SELECT work, ''[1,2]'' FROM traits\"",
                                 "\"subject_vectors\":\"VALUES (''x'', ''[1]'')\"",
                                 "\"subject_features\":\"SELECT subject, ''f'' FROM tags\"",
                                 "\"same_as\":\"VALUES (''x'', ''y'')\"",
                                 "\"same_as\":\"tags\"",
                                 "\"memory_limit\":1",
                                 "\"embedding_dim\":[2,3]",
                                 "\"results\":\"trials\"",
                                 "\"heldout\":\"VALUES (''a'', ''z'')\""};

/// A text of the input as a literal.
std::string quoted(const std::string& text) {
  char* literal = sqlite3_mprintf("%Q", text.c_str());
  std::string copy = literal;
  sqlite3_free(literal);
  return copy;
}

std::string options(Input* input) {
  std::string json = "{";
  for (size_t n = input->choice(6); n > 0; --n) {
    json += (json.size() > 1 ? "," : "") + std::string(kOptions[input->choice(kOptions.size())]);
  }
  return "'" + json + "}'";
}

std::string statement(Input* input) {
  const uint8_t form = input->byte();
  if (form == 255) {
    std::string sql(input->rest());
    *input = Input(nullptr, 0);
    return sql;
  }
  std::string sql;
  for (const char* c = kForms[form % kForms.size()]; *c != '\0'; ++c) {
    if (*c == '@') {
      const size_t which = input->choice(kValues.size() + 2);
      sql += which < kValues.size() ? kValues[which] : quoted(input->text(40));
    } else if (*c == '#') {
      sql += kModels[input->choice(kModels.size())];
    } else if (*c == '?') {
      sql += options(input);
    } else {
      sql += *c;
    }
  }
  return sql;
}

/// Whether the statements may leave a transaction open, in whatever case they are written.
bool may_open(std::string sql) {
  std::transform(sql.begin(), sql.end(), sql.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return sql.find("begin") != std::string::npos || sql.find("savepoint") != std::string::npos;
}

}  // namespace
}  // namespace subjrec::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  subjrec::fuzz::Input input(bytes, size);
  subjrec::fuzz::Database db;
  for (int i = 0; i < 8 && !input.empty(); ++i) {
    const bool outside = sqlite3_get_autocommit(db.get()) != 0;
    const std::string sql = subjrec::fuzz::statement(&input);
    db.run(sql);
    if (outside && !subjrec::fuzz::may_open(sql)) {
      subjrec::fuzz::check(sqlite3_get_autocommit(db.get()) != 0, "no transaction stays open");
    }
  }
  if (sqlite3_get_autocommit(db.get()) == 0) db.run("ROLLBACK");
  db.check_integrity();
  return 0;
}
