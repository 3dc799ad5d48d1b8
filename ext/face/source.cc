#include "face/source.h"

#include "core/base/digest.h"

namespace subjrec {
namespace {

constexpr size_t kPollEvery = 4096;

bool is_select(std::string_view source) {
  const size_t start = source.find_first_not_of(" \t\r\n(");
  if (start == std::string_view::npos) return false;
  for (const std::string_view word : {"select", "with", "values"}) {
    if (source.size() < start + word.size()) continue;
    if (sqlite3_strnicmp(source.data() + start, word.data(), static_cast<int>(word.size())) == 0) {
      const size_t after = start + word.size();
      if (after == source.size()) return true;
      const char c = source[after];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '(' || c == '*') return true;
    }
  }
  return false;
}

/// A temporary view of a remembered SELECT, dropped again at the end.
class TemporaryView {
 public:
  explicit TemporaryView(sqlite3* db) : db_(db) {}
  TemporaryView(const TemporaryView&) = delete;
  TemporaryView& operator=(const TemporaryView&) = delete;
  ~TemporaryView() {
    sqlite3_exec(db_, "DROP VIEW IF EXISTS temp.subjrec_source", nullptr, nullptr, nullptr);
  }
  Status create(std::string_view who, const std::string& select) {
    SUBJREC_TRY(execute(db_, who, "DROP VIEW IF EXISTS temp.subjrec_source"));
    return execute(db_, who, "CREATE TEMP VIEW subjrec_source AS " + select);
  }

 private:
  sqlite3* db_;
};

Status bad_id(std::string_view who, const char* what, size_t row, sqlite3_value* value) {
  return {Code::kInvalid, std::string(who) + ": the " + what + " id in row " + std::to_string(row) +
                              " of the source must be INTEGER, TEXT or BLOB, got " + shown(value)};
}

std::string fingerprint(const SourcePairs& pairs) {
  Digest digest;
  for (const IdTable* ids : {&pairs.works, &pairs.subjects}) {
    digest.add_word(ids->size());
    for (size_t i = 0; i < ids->size(); ++i) {
      digest.add_word(static_cast<uint64_t>((*ids)[i].kind));
      digest.add_word(static_cast<uint64_t>((*ids)[i].integer));
      digest.add((*ids)[i].bytes);
    }
  }
  const Interactions& y = pairs.interactions;
  for (size_t w = 0; w < y.n_works; ++w) {
    digest.add_word(y.row(w).size());
    digest.add(y.row(w).data(), y.row(w).size_bytes());
  }
  return digest.hex();
}

Status read_rows(std::string_view who, Statement* query, Monitor& monitor, SourcePairs* out,
                 std::vector<std::pair<uint32_t, uint32_t>>* pairs) {
  for (;;) {
    SUBJREC_ASSIGN(const bool row, query->step(who));
    if (!row) return {};
    if (++out->rows % kPollEvery == 0 && monitor.stop()) return Status::interrupted();
    if (query->is_null(0) || query->is_null(1)) {
      ++out->nulls;
      continue;
    }
    const auto work = id_of(query->value(0));
    if (!work) return bad_id(who, "work", out->rows, query->value(0));
    const uint32_t w = out->works.intern(*work);
    const auto subject = id_of(query->value(1));
    if (!subject) return bad_id(who, "subject", out->rows, query->value(1));
    pairs->emplace_back(w, out->subjects.intern(*subject));
  }
}

}  // namespace

Result<std::string> source_query(sqlite3* db, std::string_view who, std::string_view source) {
  if (is_select(source)) return std::string(source);
  const auto exists = [&](const std::string& query) {
    return Statement::prepare(db, who, query).ok();
  };
  const std::string whole(source);
  std::string query = sql("SELECT * FROM \"%w\"", whole.c_str());
  if (exists(query)) return query;
  const size_t dot = whole.find('.');
  if (dot != std::string::npos) {
    query = sql("SELECT * FROM \"%w\".\"%w\"", whole.substr(0, dot).c_str(),
                whole.substr(dot + 1).c_str());
    if (exists(query)) return query;
  }
  const Status why =
      Statement::prepare(db, who, sql("SELECT * FROM \"%w\"", whole.c_str())).status();
  if (why.code() != Code::kSql) return why;
  return Status(Code::kNotFound,
                std::string(who) +
                    ": argument 2 (source) must be a table, a view or a SELECT whose "
                    "first two columns are work and subject; there is no table \"" +
                    whole + "\"");
}

Result<SourcePairs> read_source(sqlite3* db, std::string_view who, std::string_view source,
                                bool remembered, Monitor& monitor) {
  SUBJREC_ASSIGN(std::string select, source_query(db, who, source));
  TemporaryView view(db);
  if (remembered && is_select(source)) {
    SUBJREC_TRY(view.create(who, select));
    select = "SELECT * FROM temp.subjrec_source";
  }
  SUBJREC_ASSIGN(Statement query, Statement::prepare(db, who, select));
  const int columns = sqlite3_column_count(query.get());
  if (columns < 2 || sqlite3_stmt_readonly(query.get()) == 0) {
    return Status(Code::kInvalid, std::string(who) +
                                      ": the source must be a SELECT with two columns, work and "
                                      "subject, got " +
                                      std::to_string(columns) +
                                      (columns == 1 ? " column" : " columns"));
  }
  SourcePairs out;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  SUBJREC_TRY(read_rows(who, &query, monitor, &out, &pairs));
  if (pairs.empty()) {
    return Status(Code::kInvalid, std::string(who) + ": the source has no (work, subject) pairs: " +
                                      std::to_string(out.rows) + " rows, " +
                                      std::to_string(out.nulls) + " of them with a NULL");
  }
  const std::vector<uint32_t> work_moved = out.works.sort();
  const std::vector<uint32_t> subject_moved = out.subjects.sort();
  for (auto& [w, s] : pairs) {
    w = work_moved[w];
    s = subject_moved[s];
  }
  out.interactions =
      make_interactions(std::move(pairs), out.works.size(), out.subjects.size(), &out.duplicates);
  out.fingerprint = fingerprint(out);
  return out;
}

}  // namespace subjrec
