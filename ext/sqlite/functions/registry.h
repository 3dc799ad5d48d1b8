// Every SQL name that loading the extension adds.
//
// One file for each name, named after it; it ends in one function, declared here and listed in
// registry.cc.
#pragma once

#include <memory>

#include "sqlite/bindings/connection.h"

namespace subjrec {

/// Returns an SQLite result code. register_train is in train.cc, and so on.
using Register = int(const std::shared_ptr<Connection>& connection);

// One a line: sorted, so that two additions seldom meet.
Register register_begin;
Register register_debug;
Register register_dot;
Register register_evaluate;
Register register_evaluate_subjects;
Register register_explain;
Register register_finish;
Register register_import;
Register register_lines;
Register register_load;
Register register_map;
Register register_merge;
Register register_next;
Register register_outliers;
Register register_place;
Register register_plot;
Register register_similar;
Register register_similarity;
Register register_snapshot;
Register register_split;
Register register_state;
Register register_step;
Register register_subjrec;
Register register_suggest;
Register register_suggest_text;
Register register_topk;
Register register_train;
Register register_tune;
Register register_update;
Register register_vector_from_json;
Register register_vector_to_json;
Register register_version;

/// Registers everything in `db`; `files`: also what opens files.
int register_all(sqlite3* db, bool files, char** error) noexcept;

}  // namespace subjrec
