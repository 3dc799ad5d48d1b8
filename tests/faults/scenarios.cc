#include <zlib.h>

#include <fstream>

#include "faults/scenario.h"
#include "support/files.h"

namespace subjrec::faults {
namespace {

constexpr const char* kTags =
    "CREATE TABLE tags(work, subject); INSERT INTO tags VALUES "
    "('a','x'),('a','y'),('b','x'),('b','z'),('c','z'),('c','y'),('d','y'),('d','w'),('e','w'),"
    "('e','x'),(6,'v'),(6,'w'),(x'07','v'),(x'07','x'),(NULL,'x'),('a','x');"
    "CREATE TABLE traits(work, feature, weight);"
    "INSERT INTO traits VALUES ('a','long',1),('b','long',2),('c','short',1),('d','short',1),"
    "(6,'old',1),('nobody','old',1);"
    "CREATE TABLE kinds AS SELECT DISTINCT subject, 'kind' || (subject < 'y') FROM tags;"
    "CREATE TABLE work_texts AS SELECT DISTINCT work, json_array(unicode(work), 1) FROM tags WHERE "
    "typeof(work) = 'text';"
    "CREATE TABLE subject_texts AS SELECT DISTINCT subject, json_array(1, 2, 3) FROM tags;";

std::string train(const std::string& options, const std::string& model = "rec") {
  return "SELECT subjrec_train('" + model +
         "', 'tags', '{\"threads\":1,\"epochs\":2,\"embedding_dim\":3" + options + "}');";
}

const std::string kAllFeatures = ",\"work_features\":\"traits\"";
const std::string kFeatures = kAllFeatures + ",\"min_feature_works\":1";
const std::string kBce = ",\"algorithm\":\"bce\"";
const std::string kComposed = ",\"algorithm\":\"composed\"" + kFeatures;
const std::string kInformed = kComposed +
                              ",\"subject_features\":\"kinds\",\"work_vectors\":\"work_texts\"" +
                              ",\"subject_vectors\":\"subject_texts\"";
const std::string kIals = ",\"algorithm\":\"ials\"" + kAllFeatures;
const std::string kEase = ",\"algorithm\":\"ease\"" + kFeatures;
const std::string kMap =
    "SELECT subjrec_map('rec', 'work', '{\"n_neighbors\":3,\"epochs\":2,\"threads\":1}');";

std::string work(const std::string& id, const std::string& subject) {
  return "{\"id\":\"" + id + "\",\"title\":\"Of " + subject +
         "\",\"languages\":[{\"id\":\"en\",\"label\":\"English\"}],\"subjects\":[{\"id\":\"h" +
         subject + "\",\"label\":\"" + subject + "\",\"concepts\":[{\"id\":\"" + subject +
         "\",\"label\":\"" + subject + "\",\"type\":\"Concept\"}]}]}\n";
}

void add_trainings(std::vector<Scenario>* all) {
  const std::string old_model = kTags + train(kBce);
  const std::string two = ",\"threads\":2";
  const auto threads = [](std::string sql) {
    sql.replace(sql.find("\"threads\":1"), 11, "\"threads\":2");
    return sql;
  };
  all->push_back({"train bce", kTags, train(kBce)});
  all->push_back({"train composed", kTags, train(kComposed + ",\"validation\":0.3")});
  all->push_back(
      {"train composed, sampled", kTags,
       train(",\"loss\":\"sampled_softmax\",\"negatives\":2,\"algorithm\":\"composed\"")});
  all->push_back({"train composed, informed", kTags, train(kInformed)});
  all->push_back({"train ials", kTags, train(kIals)});
  all->push_back({"train ease", kTags, train(kEase)});
  all->push_back(
      {"train ease with twins", kTags,
       train(kEase + ",\"same_as\":\"SELECT ''y'', ''x'' UNION ALL SELECT ''w'', ''y''\"")});
  all->push_back(
      {"train again, bce by two threads", old_model, threads(train(kBce + ",\"seed\":2"))});
  all->push_back({"train again, composed by two threads", old_model, threads(train(kComposed))});
  all->push_back({"train again, ials by two threads", old_model, threads(train(kIals))});
  all->push_back({"train again, ease by two threads", old_model, threads(train(kEase))});
  all->push_back({"train again by INSERT", old_model + "INSERT INTO tags VALUES('f', 'z');",
                  "INSERT INTO rec(rec) VALUES('train')"});
  all->push_back({"train again by INSERT in a transaction", old_model,
                  "INSERT INTO rec(rec) VALUES('train')",
                  "BEGIN; INSERT INTO tags VALUES('f', 'z')", true});
  all->push_back({"train as rows", old_model,
                  "SELECT epoch, loss FROM subjrec_train('rec', 'tags', "
                  "'{\"algorithm\":\"ials\",\"epochs\":2,\"embedding_dim\":3,\"threads\":1}')"});
  all->push_back({"train in a transaction", old_model, train(kIals),
                  "BEGIN; INSERT INTO tags VALUES('f', 'z')", true});
  all->push_back({"train a new model in a transaction", kTags, train(kEase),
                  "BEGIN; INSERT INTO tags VALUES('f', 'z')", true});
  all->push_back(
      {"declare", kTags,
       "CREATE VIRTUAL TABLE rec USING subjrec(source='tags', epochs=2, embedding_dim=3)"});
  all->push_back(
      {"load", kTags,
       "SELECT subjrec_load('rec', 'VALUES (1, ''[1,0.5]''), (''w'', x''0000803f0000003f'')',"
       "'VALUES (''x'', ''[0.25,2]'', 0.5), (''y'', ''[1,1]'', 0)', "
       "'{\"interactions\":\"VALUES (1, ''x'')\"}')"});
}

/// The source has a new work, one with other subjects and one less than the model.
void add_updates(std::vector<Scenario>* all) {
  const std::string changes =
      "INSERT INTO tags VALUES('f', 'z'), ('f', 'x'), ('f', 'unknown'), ('b', 'w');"
      "DELETE FROM tags WHERE work = 'e';";
  const std::string update = "SELECT subjrec_update('rec')";
  for (const auto& [name, options] : {std::pair("bce", kBce), std::pair("composed", kComposed),
                                      std::pair("ials", kIals), std::pair("ease", kEase)}) {
    all->push_back(
        {std::string("update ") + name, kTags + train(options) + kMap + changes, update});
  }
  all->push_back(
      {"update in a transaction", kTags + train(kBce), update, "BEGIN; " + changes, true});
  all->push_back({"update where nothing changed", kTags + train(kBce), update});
  all->push_back({"map what is new", kTags + train(kBce) + kMap + changes + update,
                  "SELECT subjrec_map('rec', 'work', '{\"only_new\":true,\"threads\":1}')"});
}

/// What is asked of every algorithm.
void add_questions_to_each(std::vector<Scenario>* all) {
  for (const auto& [name, options] :
       {std::pair("composed", kComposed), std::pair("ease", kEase), std::pair("ials", kIals),
        std::pair("bce", kBce), std::pair("composed, informed", kInformed)}) {
    const std::string model = kTags + train(options);
    all->push_back({std::string("suggest by ") + name, model,
                    "SELECT * FROM subjrec_suggest('rec', '[\"x\",\"w\"]', 3)"});
    all->push_back({std::string("explain by ") + name, model,
                    "SELECT * FROM subjrec_explain('rec', 'a', 'z')"});
    all->push_back({std::string("outliers by ") + name, model,
                    "SELECT * FROM subjrec_outliers('rec', 4);"
                    "SELECT * FROM subjrec_outliers('rec', 2, 'a', 0.5)"});
  }
}

/// Each of one run, since a run that is finished stays whatever happens to those after it.
void add_tunings(std::vector<Scenario>* all) {
  const auto tune = [](const std::string& options, const std::string& more) {
    return "SELECT options, epochs, best_epoch, value, loss, history, kept FROM "
           "subjrec_tune('tags', "
           "'{\"epochs\":2,\"embedding_dim\":3" +
           options + "}', '{\"validation\":0.4,\"threads\":1" + more + "}');";
  };
  const std::string kept = ",\"results\":\"trials\"";
  all->push_back({"tune", kTags, tune(kBce, "")});
  all->push_back({"tune into a new table", kTags, tune(kComposed, kept)});
  all->push_back({"tune into a table", kTags + tune(kIals, kept), tune(kEase, kept)});
  all->push_back({"tune what is kept", kTags + tune(kIals, kept), tune(kIals, kept)});
  all->push_back(
      {"tune by a function in a transaction", kTags + tune(kIals, kept),
       "SELECT json_extract(subjrec_tune('tags', '{\"algorithm\":\"bce\",\"epochs\":1}', "
       "'{\"heldout\":\"VALUES (''a'', ''z''), (''b'', ''y'')\",\"results\":\"trials\"}'),"
       " '$.best')",
       "BEGIN; INSERT INTO tags VALUES('f', 'z')", true});
}

void add_questions(std::vector<Scenario>* all) {
  const std::string composed = kTags + train(kComposed);
  const std::string ease = kTags + train(kEase);
  const std::string ials = kTags + train(kIals);
  const std::string bce = kTags + train(kBce);
  all->push_back({"topk", composed, "SELECT * FROM subjrec_topk('rec', 'a', 3, 'new')"});
  all->push_back({"topk of weights", ease, "SELECT * FROM subjrec_topk('rec', 6, 3)"});
  all->push_back({"topk in a join", bce,
                  "SELECT w.work, t.* FROM (SELECT DISTINCT work FROM tags) w, "
                  "subjrec_topk('rec', w.work, 2) t"});
  all->push_back({"topk of what is loaded", composed, "SELECT * FROM subjrec_topk('rec', 'b', 3)",
                  "SELECT * FROM subjrec_topk('rec', 'a', 3)"});
  all->push_back({"topk of candidates", ials,
                  "SELECT * FROM subjrec_topk('rec', 'a', 3, 'all', 0.5) WHERE subject_id IN "
                  "(SELECT subject FROM tags WHERE work = 'e' OR work = 6)"});
  all->push_back({"similar", bce,
                  "SELECT * FROM subjrec_similar('rec', 'work', 'a', 3);"
                  "SELECT * FROM subjrec_similar('rec', 'subject', 'x', 3);"
                  "SELECT subjrec_similarity('rec', 'subject', 'x', 'y')"});
  all->push_back({"rows of the model", composed,
                  "SELECT * FROM rec WHERE work_id = 'a'; SELECT * FROM rec WHERE subject_id = 'x';"
                  "SELECT * FROM rec WHERE work_id = 6 AND subject_id = 'v'; SELECT * FROM rec"});
  all->push_back({"evaluate", composed,
                  "SELECT * FROM subjrec_evaluate('rec', 'VALUES (''a'', ''z''), (''b'', ''q'')', "
                  "'{\"k\":2,\"threads\":2}');"
                  "SELECT * FROM subjrec_evaluate_subjects('rec', 'VALUES (''a'', ''z'')')"});
  all->push_back({"place", composed + kMap,
                  "SELECT * FROM subjrec_place('rec', 'work', '[\"x\",\"w\"]');"
                  "SELECT p.* FROM rec_works, subjrec_place('rec', 'work', embedding) p"});
  all->push_back({"map", bce, kMap});
  all->push_back(
      {"map again by two threads", bce + kMap,
       "SELECT subjrec_map('rec', 'work', '{\"n_neighbors\":2,\"epochs\":3,\"threads\":2}')"});
  all->push_back(
      {"plot",
       bce + kMap + "SELECT subjrec_map('rec', 'subject', '{\"n_neighbors\":2,\"epochs\":2}');",
       "SELECT subjrec_plot('rec', 'loss'); SELECT subjrec_plot('rec', 'works');"
       "SELECT subjrec_plot('rec', 'explorer')"});
  all->push_back(
      {"plot with labels and colors",
       bce + kMap + "CREATE TABLE names AS SELECT work, 'Work ' || work AS name FROM tags",
       "SELECT subjrec_plot('rec', 'works', '{\"labels\":\"names\"}');"
       "SELECT subjrec_plot('rec', 'works', '{\"color\":\"tags\"}')"});
  all->push_back(
      {"version", "", "SELECT subjrec_version() IS NOT NULL, subjrec_debug() IS NOT NULL"});
  all->push_back({"drop", bce + kMap, "DROP TABLE rec"});
  all->push_back({"drop in a transaction", bce, "DROP TABLE rec",
                  "BEGIN; INSERT INTO tags VALUES('f', 'z')", true});
  all->push_back({"rename", bce + kMap, "ALTER TABLE rec RENAME TO old"});
}

}  // namespace

std::vector<Scenario> scenarios(const std::string& folder) {
  const std::string first = folder + "/first.json.gz";
  const std::string second = folder + "/second.json";
  std::ofstream(first, std::ios::binary) << testing::gzip(
      work("w1", "whales") + work("w2", "seas") + "no json\n" + work("w3", "whales"));
  std::ofstream(second) << work("w2", "whales") + work("w4", "laws");
  const std::string vocabulary = folder + "/vocabulary.json";
  std::ofstream(vocabulary) << R"({"id":"whales","label":"Whales","altLabel":["Cetacea"],)"
                               R"("broader":["animals"]}{"id":"animals","label":"Animals"})";
  const std::string import = "SELECT subjrec_import('" + first + "', '{\"skipped_limit\":1}');";
  std::vector<Scenario> all = {
      {"import", "", import},
      {"import again", import,
       "SELECT subjrec_import('" + second + "', '{\"missing\":\"delete\",\"delete_limit\":1}')"},
      {"import in a transaction", import, "SELECT subjrec_import('" + second + "')",
       "BEGIN; DELETE FROM work_subjects", true},
      {"import a vocabulary", import,
       "SELECT subjrec_import('" + vocabulary + "', '{\"kind\":\"vocabulary\"}')"},
      {"import as rows", import, "SELECT stage, works_read FROM subjrec_import('" + second + "')"},
      {"snapshot", "", "SELECT * FROM subjrec_snapshot('" + first + "')"},
      {"lines", "", "SELECT * FROM subjrec_lines('" + first + "')"},
  };
  add_trainings(&all);
  add_updates(&all);
  add_tunings(&all);
  add_questions(&all);
  add_questions_to_each(&all);
  return all;
}

}  // namespace subjrec::faults
