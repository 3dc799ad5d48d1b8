#include "sqlite/source/source.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>

#include "core/base/digest.h"
#include "core/data/id_batch.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/source/pair_reader.h"
#include "sqlite/source/same_as.h"

namespace subjrec {
namespace {

constexpr size_t kPollEvery = 1024;

bool is_select(std::string_view source) {
  const size_t start = source.find_first_not_of(" \t\r\n(");
  if (start == std::string_view::npos) return false;
  for (const std::string_view word : {"select", "with", "values"}) {
    const std::string_view head = source.substr(start, word.size());
    if (head.size() < word.size()) continue;
    if (sqlite3_strnicmp(head.data(), word.data(), static_cast<int>(word.size())) != 0) continue;
    const size_t after = start + word.size();
    if (after == source.size()) return true;
    if (std::string_view(" \t\r\n(*'\"").find(source[after]) != std::string_view::npos) return true;
  }
  return false;
}

/// SELECT * FROM the table or view that `source` names, whole or as schema.table.
Result<std::string> select_from(sqlite3* db, std::string_view who, const SourceText& source) {
  const std::string whole = source.text;
  std::vector<std::string> readings = {sql("SELECT * FROM \"%w\"", whole.c_str())};
  if (const size_t dot = whole.find('.'); dot != std::string::npos) {
    readings.push_back(sql("SELECT * FROM \"%w\".\"%w\"", whole.substr(0, dot).c_str(),
                           whole.substr(dot + 1).c_str()));
  }
  for (const std::string& reading : readings) {
    const auto prepared = Statement::prepare(db, who, reading);
    if (prepared.ok()) return reading;
    const std::string& why = prepared.status().message();
    if (why.find("no such table") == std::string::npos &&
        why.find("unknown database") == std::string::npos) {
      return prepared.status();
    }
  }
  return Status(Code::kNotFound,
                std::string(who) + ": " + source.argument +
                    " must be a table, a view or a SELECT whose first columns are " +
                    source.columns + "; there is no table \"" + whole + "\"");
}

/// A SELECT that was found in the database file may compute, and read ordinary tables; it may not
/// call what SQLite forbids to views (SQLITE_DIRECTONLY), nor open virtual tables.
Status check_remembered(sqlite3* db, std::string_view who, const SourceText& source) {
  const auto refused = [&](const std::string& what) {
    return Status(Code::kInvalid, std::string(who) + ": the source that the model remembers, " +
                                      source.text + ", uses " + what +
                                      ", which is not run on the word of a database file; give the "
                                      "source again, or make it a view");
  };
  SUBJREC_ASSIGN(Statement program, Statement::prepare(db, who, "EXPLAIN " + source.text));
  SUBJREC_ASSIGN(Statement flags,
                 Statement::prepare(db, who,
                                    "SELECT 1 FROM pragma_function_list WHERE name = "
                                    "lower(?1) AND flags & ?2"));
  for (;;) {
    SUBJREC_ASSIGN(const bool row, program.step(who));
    if (!row) return {};
    if (program.text(1) == "VOpen") return refused("a virtual table");
    const std::string_view called = program.text(5);  // "name(2)" where a function is called
    const std::string_view name = called.substr(0, called.find('('));
    if (name.empty() || name.size() == called.size()) continue;
    flags.bind(1, name).bind(2, SQLITE_DIRECTONLY);
    SUBJREC_ASSIGN(const bool forbidden, flags.step(who));
    flags.reset();
    if (forbidden) return refused(std::string(name) + "()");
  }
}

Result<std::string> fingerprint(const SourcePairs& pairs, Monitor& monitor) {
  Poll poll(monitor, 1 << 14);
  Digest digest;
  for (const IdTable* ids : {&pairs.works, &pairs.subjects}) {
    digest.add_word(ids->size());
    for (size_t i = 0; i < ids->size(); ++i) {
      if (poll.stop()) return Status::interrupted();
      add_id((*ids)[i], &digest);
    }
  }
  const Interactions& y = pairs.interactions;
  for (size_t w = 0; w < y.n_works; ++w) {
    if (poll.stop()) return Status::interrupted();
    digest.add_word(y.row(w).size());
    digest.add(y.row(w).data(), y.row(w).size_bytes());
    if (y.weighted()) {
      digest.add(y.weighted_row(w).weights.data(), y.weighted_row(w).weights.size_bytes());
    }
  }
  return digest.hex();
}

struct Triple {
  uint32_t work;
  uint32_t feature;
  float weight;
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

Result<float> weight_of(std::string_view who, const SourceReader& reader) {
  if (reader.columns() < 3) return 1.0f;
  sqlite3_value* value = reader.value(2);
  const int type = sqlite3_value_type(value);
  const auto weight = static_cast<float>(sqlite3_value_double(value));
  if ((type == SQLITE_INTEGER || type == SQLITE_FLOAT) && std::isfinite(weight)) return weight;
  return Status(Code::kInvalid,
                std::string(who) + ": the weight in row " + std::to_string(reader.rows()) +
                    " of the features must be a finite number, got " + shown(value));
}

/// Sorted triples as sparse rows; repeats add up.
Result<SparseRows> sparse_rows(const std::vector<Triple>& triples, size_t n_rows, size_t n_columns,
                               Monitor& monitor) {
  Poll poll(monitor, 1 << 17);
  SparseRows rows;
  rows.n_rows = n_rows;
  rows.n_columns = n_columns;
  rows.offsets.assign(n_rows + 1, 0);
  const Triple* last = nullptr;
  for (const Triple& t : triples) {
    if (poll.stop()) return Status::interrupted();
    if (last != nullptr && last->work == t.work && last->feature == t.feature) {
      rows.weights.back() += t.weight;
    } else {
      rows.columns.push_back(t.feature);
      rows.weights.push_back(t.weight);
      ++rows.offsets[t.work + 1];
    }
    last = &t;
  }
  for (size_t w = 0; w < n_rows; ++w) rows.offsets[w + 1] += rows.offsets[w];
  return rows;
}

}  // namespace

Result<SourceReader> SourceReader::open(sqlite3* db, std::string_view who,
                                        const SourceText& source) {
  SourceReader reader(who);
  std::string select = source.text;
  if (!is_select(source.text)) {
    SUBJREC_ASSIGN(select, select_from(db, who, source));
  } else if (source.remembered) {
    SUBJREC_TRY(check_remembered(db, who, source));
  }
  SUBJREC_ASSIGN(reader.query_, Statement::prepare(db, who, select));
  SUBJREC_ASSIGN(Statement encoding, Statement::prepare(db, who, "PRAGMA encoding"));
  SUBJREC_ASSIGN(const bool known, encoding.step(who));
  if (known && encoding.text(0) != "UTF-8") {
    SUBJREC_ASSIGN(reader.recode_, Statement::prepare(db, who, "SELECT ?1"));
  }
  if (sqlite3_stmt_readonly(reader.query_.get()) == 0) {
    return Status(Code::kInvalid,
                  std::string(who) + ": " + source.argument +
                      " must be a table, a view or a SELECT, and this writes: " + source.text);
  }
  if (reader.columns() < source.column_count) {
    return Status(Code::kInvalid, std::string(who) + ": " + source.argument + " must give " +
                                      std::to_string(source.column_count) + " columns, " +
                                      source.columns + ", got " + std::to_string(reader.columns()) +
                                      (reader.columns() == 1 ? " column" : " columns"));
  }
  return reader;
}

Result<bool> SourceReader::next(Monitor& monitor) {
  if (rows_ % kPollEvery == 0 && monitor.stop()) return Status::interrupted();
  SUBJREC_ASSIGN(const bool row, query_.step(who_));
  if (row) ++rows_;
  return row;
}

Result<IdView> SourceReader::id(int column, const char* what) {
  auto id = id_of(query_.value(column));
  if (id && id->kind == IdKind::kText && recode_ && !is_ascii(id->bytes)) {
    recode_.reset();
    recode_.bind(1, *id);
    SUBJREC_ASSIGN([[maybe_unused]] const bool row, recode_.step(who_));
    const std::string_view kept = recode_.text(0);
    if (kept != id->bytes) ++recoded_;
    id->bytes = kept;
  }
  if (id) return *id;
  return Status(Code::kInvalid, who_ + ": the " + what + " id in row " + std::to_string(rows_) +
                                    " of the source must be INTEGER, TEXT or BLOB, got " +
                                    shown(query_.value(column)));
}

Result<SourcePairs> read_pairs(sqlite3* db, std::string_view who, const SourceText& source,
                               Monitor& monitor, const SameAs* same_as) {
  SUBJREC_ASSIGN(PairReader reader, PairReader::open(db, who, source));
  SourcePairs out;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::vector<float> weights;  // as many, or none where each is 1
  IdBatch works, subjects;
  const auto intern = [&] {
    const std::vector<uint32_t>& w = works.intern_into(&out.works);
    const std::vector<uint32_t>& s = subjects.intern_into(&out.subjects);
    for (size_t i = 0; i < w.size(); ++i) pairs.emplace_back(w[i], s[i]);
  };
  for (;;) {
    SUBJREC_ASSIGN(const bool pair, reader.next(monitor));
    if (!pair) break;
    SUBJREC_ASSIGN(const IdView work, reader.work());
    works.add(work, out.works);
    SUBJREC_ASSIGN(const IdView subject, reader.subject());
    const IdView canonical = same_as == nullptr ? subject : same_as->canonical(subject);
    if (!(canonical == subject)) ++out.folded;
    subjects.add(canonical, out.subjects);
    if (reader.weight() != 1 || !weights.empty()) {
      weights.resize(pairs.size() + works.size() - 1, 1.0f);
      weights.push_back(reader.weight());
    }
    if (works.size() == IdBatch::kMost) intern();
  }
  intern();
  out.weighted = reader.weighted();
  out.rows = reader.rows();
  out.nulls = reader.nulls();
  out.weightless = reader.weightless();
  out.recoded = reader.recoded();
  SUBJREC_TRY(reader.check_first_column(out.works.size()));
  if (pairs.empty()) {
    return Status(
        Code::kInvalid,
        std::string(who) +
            ": the source has no (work, subject) pairs: " + std::to_string(out.rows) + " rows, " +
            std::to_string(out.nulls) + " of them with a NULL" +
            (out.weighted ? ", " + std::to_string(out.weightless) + " with a weight of 0" : ""));
  }
  SUBJREC_ASSIGN(const std::vector<uint32_t> work_moved, out.works.sort(monitor));
  SUBJREC_ASSIGN(const std::vector<uint32_t> subject_moved, out.subjects.sort(monitor));
  Poll poll(monitor, 1 << 17);
  for (auto& [w, s] : pairs) {
    if (poll.stop()) return Status::interrupted();
    w = work_moved[w];
    s = subject_moved[s];
  }
  SUBJREC_ASSIGN(out.interactions,
                 make_interactions(std::move(pairs), out.works.size(), out.subjects.size(), monitor,
                                   &out.duplicates, std::move(weights)));
  SUBJREC_ASSIGN(out.fingerprint, fingerprint(out, monitor));
  if (same_as != nullptr) {
    SUBJREC_ASSIGN(out.twins, same_as->add_aliases(&out.subjects, monitor));
  }
  return out;
}

Result<WorkFeatures> read_work_features(sqlite3* db, std::string_view who, const SourceText& source,
                                        const IdTable& works, Monitor& monitor, const char* what,
                                        const std::function<Status(const AddFeature&)>& more) {
  WorkFeatures out;
  std::vector<Triple> triples;
  std::optional<SourceReader> rows;
  if (!source.text.empty()) {
    SUBJREC_ASSIGN(rows, SourceReader::open(db, who, source));
  }
  while (rows) {
    SourceReader& reader = *rows;
    SUBJREC_ASSIGN(const bool row, reader.next(monitor));
    if (!row) break;
    if (reader.is_null(0) || reader.is_null(1)) {
      ++out.nulls;
      continue;
    }
    SUBJREC_ASSIGN(const IdView work, reader.id(0, what));
    const auto w = works.find(work);
    if (!w) {
      ++out.unknown_works;
      continue;
    }
    SUBJREC_ASSIGN(const IdView feature, reader.id(1, "feature"));
    const uint32_t f = out.features.intern(feature);
    SUBJREC_ASSIGN(const float weight, weight_of(who, reader));
    triples.push_back({*w, f, weight});
  }
  out.source_rows = rows ? rows->rows() : 0;
  if (more) {
    SUBJREC_TRY(more([&](uint32_t work, const IdView& feature, float weight) {
      const uint32_t f = out.features.intern(feature);
      if (work != kNoWork) triples.push_back({work, f, weight});
    }));
  }
  SUBJREC_ASSIGN(const std::vector<uint32_t> moved, out.features.sort(monitor));
  for (Triple& t : triples) t.feature = moved[t.feature];
  // Weights too take part in the order, so that repeats add up the same whatever the rows' order.
  SUBJREC_TRY(stoppable_sort(
      triples.begin(), triples.end(),
      [](const Triple& a, const Triple& b) {
        return std::tie(a.work, a.feature, a.weight) < std::tie(b.work, b.feature, b.weight);
      },
      monitor));
  SUBJREC_ASSIGN(out.rows, sparse_rows(triples, works.size(), out.features.size(), monitor));
  return out;
}

}  // namespace subjrec
