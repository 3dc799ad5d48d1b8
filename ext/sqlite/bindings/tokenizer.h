// Words of a text by an FTS5 tokenizer, reached through FTS5's extension API (sqlite.org/fts5.html,
// section 7: "Extending FTS5").
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "sqlite/bindings/sqlite_api.h"

namespace subjrec {

/// A tokenizer that the connection has: "unicode61", "porter", "ascii", "trigram", or one that the
/// host program has registered. Used on the connection's own thread alone.
class Tokenizer {
 public:
  /// `text` is a name and its arguments, as FTS5's option `tokenize` has them: "porter unicode61
  /// remove_diacritics 2". Code::kInvalid where there is no such tokenizer, or no FTS5.
  static Result<Tokenizer> open(sqlite3* db, std::string_view who, std::string_view text);

  /// Calls `word` for every token, in order; the view is valid during that call. Polls the monitor
  /// at least once for every 64 KiB of text, so a text may have any length. Bytes that are not
  /// UTF-8 are what the tokenizer makes of them.
  Status tokenize(std::string_view text, Monitor& monitor,
                  const std::function<void(std::string_view)>& word) const;

 private:
  Tokenizer() = default;

  fts5_tokenizer methods_{};
  std::shared_ptr<Fts5Tokenizer> handle_;
};

}  // namespace subjrec
