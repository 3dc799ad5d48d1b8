// Twins: subjects of two authorities that are the same (owl:sameAs), folded onto one of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/data/id_table.h"
#include "sqlite/source/source.h"

namespace subjrec {

/// (subject, canonical) rows, with chains followed to their ends: of a -> b and b -> c, both a and
/// b are c.
class SameAs {
 public:
  /// An error where a subject has two canonical ones, or where a chain leads back to where it
  /// began. Rows with a NULL, and those that make a subject its own twin, say nothing.
  static Result<SameAs> read(sqlite3* db, std::string_view who, const SourceText& source,
                             Monitor& monitor);

  /// The id itself where it is nobody's twin.
  IdView canonical(const IdView& id) const;

  /// Makes the twins of those of the subjects that are canonical their aliases (IdTable::find).
  Result<size_t> add_aliases(IdTable* subjects, Monitor& monitor) const;

 private:
  Status resolve(std::string_view who, const SourceText& source, Monitor& monitor);

  IdTable ids_;
  std::vector<uint32_t> canonical_;  // of each id the position of its canonical one, or its own
};

}  // namespace subjrec
