// Every SQL name that loading the extension adds.
//
// One file for each name, named after it; it ends in one function, declared here and listed in
// registry.cc.
#pragma once

#include <memory>

#include "sqlite/bindings/connection.h"

namespace subjrec {

// Each returns an SQLite result code.
int register_subjrec(const std::shared_ptr<Connection>& connection);     // subjrec.cc
int register_train(const std::shared_ptr<Connection>& connection);       // train.cc
int register_topk(const std::shared_ptr<Connection>& connection);        // topk.cc
int register_similar(const std::shared_ptr<Connection>& connection);     // similar.cc
int register_split(const std::shared_ptr<Connection>& connection);       // split.cc
int register_similarity(const std::shared_ptr<Connection>& connection);  // similarity.cc
int register_evaluate(const std::shared_ptr<Connection>& connection);    // evaluate.cc
int register_evaluate_subjects(const std::shared_ptr<Connection>& connection);
int register_load(const std::shared_ptr<Connection>& connection);     // load.cc
int register_map(const std::shared_ptr<Connection>& connection);      // map.cc
int register_place(const std::shared_ptr<Connection>& connection);    // place.cc
int register_plot(const std::shared_ptr<Connection>& connection);     // plot.cc
int register_suggest(const std::shared_ptr<Connection>& connection);  // suggest.cc
int register_suggest_text(const std::shared_ptr<Connection>& connection);
int register_explain(const std::shared_ptr<Connection>& connection);   // explain.cc
int register_outliers(const std::shared_ptr<Connection>& connection);  // outliers.cc
int register_update(const std::shared_ptr<Connection>& connection);    // update.cc
int register_tune(const std::shared_ptr<Connection>& connection);      // tune.cc
int register_snapshot(const std::shared_ptr<Connection>& connection);  // snapshot.cc
int register_lines(const std::shared_ptr<Connection>& connection);     // lines.cc
int register_import(const std::shared_ptr<Connection>& connection);    // import.cc
int register_begin(const std::shared_ptr<Connection>& connection);     // begin.cc
int register_step(const std::shared_ptr<Connection>& connection);      // step.cc
int register_merge(const std::shared_ptr<Connection>& connection);     // merge.cc
int register_next(const std::shared_ptr<Connection>& connection);      // next.cc
int register_state(const std::shared_ptr<Connection>& connection);     // state.cc
int register_finish(const std::shared_ptr<Connection>& connection);    // finish.cc
int register_version(const std::shared_ptr<Connection>& connection);   // version.cc
int register_debug(const std::shared_ptr<Connection>& connection);     // debug.cc
int register_dot(const std::shared_ptr<Connection>& connection);       // dot.cc
int register_vector_to_json(const std::shared_ptr<Connection>& connection);
int register_vector_from_json(const std::shared_ptr<Connection>& connection);

/// Registers everything in `db`; `files`: also what opens files.
int register_all(sqlite3* db, bool files, char** error) noexcept;

}  // namespace subjrec
