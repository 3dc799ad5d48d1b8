#include "sqlite/source/same_as.h"

#include <memory>
#include <string>

namespace subjrec {

Result<SameAs> SameAs::read(sqlite3* db, std::string_view who, const SourceText& source,
                            Monitor& monitor) {
  SUBJREC_ASSIGN(SourceReader reader, SourceReader::open(db, who, source));
  SameAs same;
  const auto position = [&](const IdView& id) {
    const uint32_t at = same.ids_.intern(id);
    if (at == same.canonical_.size()) same.canonical_.push_back(at);
    return at;
  };
  for (;;) {
    SUBJREC_ASSIGN(const bool row, reader.next(monitor));
    if (!row) break;
    if (reader.is_null(0) || reader.is_null(1)) continue;
    SUBJREC_ASSIGN(const IdView subject, reader.id(0, "subject"));
    const uint32_t from = position(subject);
    SUBJREC_ASSIGN(const IdView canonical, reader.id(1, "canonical subject"));
    const uint32_t to = position(canonical);
    if (from == to || same.canonical_[from] == to) continue;
    if (same.canonical_[from] != from) {
      return Status(Code::kInvalid, std::string(who) + ": " + source.argument + ": subject " +
                                        id_text(same.ids_[from]) + " has two canonical subjects, " +
                                        id_text(same.ids_[same.canonical_[from]]) + " and " +
                                        id_text(same.ids_[to]) + "; give it one");
    }
    same.canonical_[from] = to;
  }
  SUBJREC_TRY(same.resolve(who, source, monitor));
  return same;
}

/// Follows every chain to its end.
Status SameAs::resolve(std::string_view who, const SourceText& source, Monitor& monitor) {
  constexpr uint32_t kNew = 0xffffffff;
  Poll poll(monitor, 1 << 14);
  std::vector<uint32_t> seen_by(ids_.size(), kNew);
  std::vector<uint32_t> chain;
  for (uint32_t start = 0; start < ids_.size(); ++start) {
    chain.clear();
    uint32_t at = start;
    while (canonical_[at] != at && seen_by[at] == kNew) {
      if (poll.stop()) return Status::interrupted();
      seen_by[at] = start;
      chain.push_back(at);
      at = canonical_[at];
    }
    if (canonical_[at] != at && seen_by[at] == start && !chain.empty()) {
      return {Code::kInvalid, std::string(who) + ": " + source.argument + ": subject " +
                                  id_text(ids_[at]) + " is its own twin, by way of " +
                                  id_text(ids_[canonical_[at]]) +
                                  "; leave out the row of the one that is to be canonical"};
    }
    // What was seen before leads to the end of its chain by now.
    if (canonical_[at] != at) at = canonical_[at];
    for (const uint32_t member : chain) canonical_[member] = at;
  }
  return {};
}

IdView SameAs::canonical(const IdView& id) const {
  const auto at = ids_.find(id);
  return at && canonical_[*at] != *at ? ids_[canonical_[*at]] : id;
}

Result<size_t> SameAs::add_aliases(IdTable* subjects, Monitor& monitor) const {
  Poll poll(monitor, 1 << 14);
  IdTable twins;
  for (uint32_t i = 0; i < ids_.size(); ++i) {
    if (poll.stop()) return Status::interrupted();
    if (canonical_[i] != i && subjects->find(ids_[canonical_[i]])) twins.intern(ids_[i]);
  }
  SUBJREC_ASSIGN([[maybe_unused]] const std::vector<uint32_t> moved, twins.sort(monitor));
  auto aliases = std::make_shared<IdAliases>();
  for (size_t i = 0; i < twins.size(); ++i) {
    aliases->positions.push_back(*subjects->find(canonical(twins[i])));
  }
  const size_t count = twins.size();
  aliases->ids = std::move(twins);
  if (count > 0) subjects->set_aliases(std::move(aliases));
  return count;
}

}  // namespace subjrec
