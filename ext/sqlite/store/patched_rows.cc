#include "sqlite/store/patched_rows.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sqlite/bindings/statement.h"
#include "sqlite/bindings/value.h"
#include "sqlite/store/checksums.h"
#include "sqlite/store/stored_subjects.h"

namespace subjrec {
namespace {

constexpr size_t kDigits = 16;

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

class Planner {
 public:
  Planner(std::string_view who, const ModelName& name, const StoredModel& stored,
          const WorkChanges& changes, std::span<const float> embeddings)
      : who_(who), name_(name), stored_(stored), changes_(changes), embeddings_(embeddings) {}

  Status open(sqlite3* db) {
    SUBJREC_ASSIGN(
        query_, Statement::prepare(db, who_,
                                   "SELECT work_id, embedding, subjects, features IS NULL FROM " +
                                       shadow(name_, "works") + " WHERE n = ?1"));
    return {};
  }

  Result<std::optional<CataloguePlan>> plan() {
    plan_.n_before = stored_.n_works;
    plan_.n_now = stored_.n_works - changes_.removed.size() + changes_.added.size();
    for (size_t i = 0; i < changes_.changed.size(); ++i) {
      SUBJREC_ASSIGN(PatchedRow * row, touch(changes_.changed[i]));
      row->now = made(row->before->id[0], i, changes_.changed_rows.row(i));
    }
    for (const uint32_t n : changes_.removed) {
      SUBJREC_ASSIGN(PatchedRow * row, touch(n));
      row->now.reset();
    }
    size_t next = plan_.n_before;
    for (size_t i = 0; i < changes_.added.size(); ++i) {
      const size_t n = i < changes_.removed.size() ? changes_.removed[i] : next++;
      plan_.rows[static_cast<uint32_t>(n)].now =
          made(changes_.added[i], changes_.changed.size() + i, changes_.added_rows.row(i));
      ++plan_.moved;
    }
    SUBJREC_TRY(fill_holes());
    if (has_features_) return std::optional<CataloguePlan>();
    return std::optional<CataloguePlan>(std::move(plan_));
  }

 private:
  /// The last works take the numbers that are left.
  Status fill_holes() {
    size_t last = plan_.n_now;
    for (size_t i = changes_.added.size(); i < changes_.removed.size(); ++i) {
      if (changes_.removed[i] >= plan_.n_now) break;
      while (std::binary_search(changes_.removed.begin(), changes_.removed.end(), last)) ++last;
      SUBJREC_ASSIGN(PatchedRow * from, touch(static_cast<uint32_t>(last++)));
      plan_.rows[changes_.removed[i]].now = std::exchange(from->now, std::nullopt);
      ++plan_.moved;
    }
    return {};
  }

  /// The row of a stored work, as it is until it is changed.
  Result<PatchedRow*> touch(uint32_t n) {
    PatchedRow& row = plan_.rows[n];
    if (row.before) return &row;
    const std::string shown = "work n = " + std::to_string(n);
    SUBJREC_ASSIGN(const bool found, query_.bind(1, int64_t{n}).step(who_));
    const auto id = found ? id_of(query_.value(0)) : std::nullopt;
    if (!id) return corrupt(who_, name_, "works", shown + " is missing");
    CatalogueRow old;
    old.id.intern(*id);
    old.embedding = query_.blob(1);
    std::vector<float> weights;
    SUBJREC_TRY(read_subjects(who_, name_, shown, query_.blob(2), stored_.n_subjects, false,
                              &old.subjects, &weights));
    has_features_ = has_features_ || query_.integer(3) == 0;
    query_.reset();
    row.now = old;
    row.before = std::move(old);
    return &row;
  }

  CatalogueRow made(const IdView& id, size_t at, std::span<const uint32_t> subjects) const {
    CatalogueRow row;
    row.id.intern(id);
    const size_t dim = stored_.model.dim;
    if (!stored_.computed) row.embedding = bytes_of(embeddings_.subspan(at * dim, dim));
    row.subjects.assign(subjects.begin(), subjects.end());
    return row;
  }

  std::string_view who_;
  const ModelName& name_;
  const StoredModel& stored_;
  const WorkChanges& changes_;
  std::span<const float> embeddings_;
  Statement query_;
  CataloguePlan plan_;
  bool has_features_ = false;
};

/// A checksum within those of a table.
Status check_sum(std::string_view who, const ModelName& name, std::string_view suffix,
                 std::string_view all, size_t at, const Checksum& sum) {
  if (all.substr(std::min(all.size(), at * kDigits), kDigits) == checksum_hex(sum)) return {};
  return not_as_stored(who, name, suffix,
                       "checksum " + std::to_string(at) + " of its rows is not what was stored");
}

void add_row(uint32_t n, const CatalogueRow& row, Checksum* sum) {
  add_integer(int64_t{n}, sum);
  add_id(row.id[0], sum);
  add_blob(row.embedding, sum);
  add_blob(bytes_of(std::span(std::as_const(row.subjects))), sum);
  add_null(sum);
  add_null(sum);
}

Result<Statement> select_rows(sqlite3* db, std::string_view who, const ModelName& name,
                              std::string_view suffix) {
  return Statement::prepare(db, who,
                            "SELECT " + std::string(checked_columns(suffix)) + " FROM " +
                                shadow(name, suffix) + " WHERE n >= ?1 AND n < ?2 ORDER BY n");
}

Status write_rows(sqlite3* db, std::string_view who, const ModelName& name,
                  const CataloguePlan& plan) {
  SUBJREC_ASSIGN(
      Statement remove,
      Statement::prepare(db, who, "DELETE FROM " + shadow(name, "works") + " WHERE n = ?1"));
  SUBJREC_ASSIGN(Statement insert,
                 Statement::prepare(db, who,
                                    "INSERT INTO " + shadow(name, "works") +
                                        "(n, work_id, embedding, subjects) VALUES (?1, ?2, ?3, "
                                        "?4)"));
  for (const auto& [n, row] : plan.rows) {
    if (row.before) SUBJREC_TRY(remove.bind(1, int64_t{n}).run(who));
  }
  for (const auto& [n, row] : plan.rows) {
    if (!row.now) continue;
    insert.bind(1, int64_t{n}).bind(2, row.now->id[0]);
    insert.bind(3, IdView{IdKind::kBlob, 0, row.now->embedding});
    SUBJREC_TRY(insert.bind(4, std::span(std::as_const(row.now->subjects))).run(who));
  }
  return {};
}

}  // namespace

Result<std::optional<CataloguePlan>> plan_patch(sqlite3* db, std::string_view who,
                                                const ModelName& name, const StoredModel& stored,
                                                const WorkChanges& changes,
                                                std::span<const float> embeddings) {
  Planner planner(who, name, stored, changes, embeddings);
  SUBJREC_TRY(planner.open(db));
  return planner.plan();
}

Result<std::string> patch_works(sqlite3* db, std::string_view who, const ModelName& name,
                                const Config& config, const CataloguePlan& plan, Monitor& monitor) {
  const size_t rows = checksum_rows(plan.n_before);
  std::string sums(stored_checksums(config, "works"));
  const std::string before = sums;
  sums.resize((plan.n_now + rows - 1) / rows * kDigits, '0');
  SUBJREC_ASSIGN(Statement query, select_rows(db, who, name, "works"));
  for (auto next = plan.rows.begin(); next != plan.rows.end();) {
    if (monitor.stop()) return Status::interrupted();
    const size_t at = next->first / rows;
    query.bind(1, static_cast<int64_t>(at * rows)).bind(2, static_cast<int64_t>((at + 1) * rows));
    Checksum old_sum;
    Checksum new_sum;
    const size_t end = std::min((at + 1) * rows, std::max(plan.n_before, plan.n_now));
    for (size_t n = at * rows; n < end; ++n) {
      if (n < plan.n_before) {
        SUBJREC_ASSIGN(const bool row, query.step(who));
        if (!row || query.integer(0) != static_cast<int64_t>(n)) {
          return not_as_stored(who, name, "works", "row n = " + std::to_string(n) + " is missing");
        }
        add_columns(query, checked_column_count("works"), &old_sum);
      }
      const bool touched = next != plan.rows.end() && next->first == n;
      if (touched && next->second.now) add_row(next->first, *next->second.now, &new_sum);
      if (!touched) add_columns(query, checked_column_count("works"), &new_sum);
      if (touched) ++next;
    }
    query.reset();
    if (at * rows < plan.n_before) {
      SUBJREC_TRY(check_sum(who, name, "works", before, at, old_sum));
    }
    if (at * rows < plan.n_now) sums.replace(at * kDigits, kDigits, checksum_hex(new_sum));
  }
  SUBJREC_TRY(write_rows(db, who, name, plan));
  return sums;
}

Result<std::string> patch_subject_works(sqlite3* db, std::string_view who, const ModelName& name,
                                        const StoredModel& stored, std::span<const uint32_t> before,
                                        std::span<const uint32_t> now,
                                        std::span<const uint32_t> read, Monitor& monitor) {
  const size_t rows = checksum_rows(stored.n_subjects);
  std::string sums(stored_checksums(stored.config, "subjects"));
  std::set<size_t> chunks;
  for (const uint32_t s : read) chunks.insert(s / rows);
  for (size_t s = 0; s < now.size(); ++s) {
    if (before[s] != now[s]) chunks.insert(s / rows);
  }
  SUBJREC_ASSIGN(Statement query, select_rows(db, who, name, "subjects"));
  for (const size_t at : chunks) {
    if (monitor.stop()) return Status::interrupted();
    query.bind(1, static_cast<int64_t>(at * rows)).bind(2, static_cast<int64_t>((at + 1) * rows));
    bool same = true;  // so far, and with it the sums
    Checksum old_sum;
    Checksum new_sum;
    for (size_t s = at * rows; s < std::min(now.size(), (at + 1) * rows); ++s) {
      SUBJREC_ASSIGN(const bool row, query.step(who));
      if (!row || query.integer(0) != static_cast<int64_t>(s)) {
        return not_as_stored(who, name, "subjects", "row n = " + std::to_string(s) + " is missing");
      }
      const Checksum so_far = old_sum;
      add_columns(query, checked_column_count("subjects"), &old_sum);
      if (same && before[s] == now[s]) continue;
      if (std::exchange(same, false)) new_sum = so_far;
      add_columns(query, 4, &new_sum);
      add_integer(int64_t{now[s]}, &new_sum);
      query.is_null(5) ? add_null(&new_sum) : add_blob(query.blob(5), &new_sum);
    }
    query.reset();
    SUBJREC_TRY(check_sum(who, name, "subjects", sums, at, old_sum));
    if (!same) sums.replace(at * kDigits, kDigits, checksum_hex(new_sum));
  }
  SUBJREC_ASSIGN(Statement count, Statement::prepare(db, who,
                                                     "UPDATE " + shadow(name, "subjects") +
                                                         " SET works = ?2 WHERE n = ?1"));
  for (size_t s = 0; s < now.size(); ++s) {
    if (before[s] == now[s]) continue;
    count.bind(1, static_cast<int64_t>(s)).bind(2, int64_t{now[s]});
    SUBJREC_TRY(count.run(who));
  }
  return sums;
}

}  // namespace subjrec
