#include "sqlite/bindings/tokenizer.h"

#include <algorithm>
#include <vector>

#include "sqlite/bindings/statement.h"

namespace subjrec {
namespace {

constexpr size_t kPiece = 1 << 16;

/// Words of a tokenizer's declaration: cut at spaces, but for what is in single quotes.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
      continue;
    }
    std::string word;
    if (text[i] == '\'') {
      for (++i; i < text.size(); ++i) {
        if (text[i] == '\'' && (i + 1 == text.size() || text[i + 1] != '\'')) break;
        if (text[i] == '\'') ++i;
        word += text[i];
      }
      ++i;
    } else {
      while (i < text.size() && text[i] != ' ') word += text[i++];
    }
    words.push_back(std::move(word));
  }
  return words;
}

/// Null where this SQLite has no FTS5.
fts5_api* find_fts5(sqlite3* db, std::string_view who) {
  fts5_api* api = nullptr;
  auto query = Statement::prepare(db, who, "SELECT fts5(?1)");
  if (!query.ok()) return nullptr;
  sqlite3_bind_pointer(query->get(), 1, &api, "fts5_api_ptr", nullptr);
  (void)query->step(who);
  return api;
}

/// The end of a piece that starts at `begin`: after a space where there is one, else before a byte
/// that begins a character.
size_t piece_end(std::string_view text, size_t begin) {
  if (text.size() - begin <= kPiece) return text.size();
  const size_t end = begin + kPiece;
  const size_t space = text.find_last_of(" \n\r\t", end);
  if (space != std::string_view::npos && space > begin) return space + 1;
  size_t at = end;
  while (at > begin + kPiece - 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

struct Call {
  const std::function<void(std::string_view)>* word;
};

int on_token(void* context, int, const char* token, int length, int, int) {
  try {
    (*static_cast<Call*>(context)->word)({token, static_cast<size_t>(length)});
    return SQLITE_OK;
  } catch (...) {
    return SQLITE_NOMEM;
  }
}

}  // namespace

Result<Tokenizer> Tokenizer::open(sqlite3* db, std::string_view who, std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return Status(Code::kInvalid, std::string(who) + ": option \"tokenizer\": " + why);
  };
  fts5_api* api = find_fts5(db, who);
  if (api == nullptr) {
    return refuse("this SQLite was built without FTS5, whose tokenizers find the words of a text");
  }
  const std::vector<std::string> words = split(text);
  if (words.empty()) {
    return refuse("wanted the name of an FTS5 tokenizer, like \"unicode61\", got an empty text");
  }
  Tokenizer tokenizer;
  void* context = nullptr;
  if (api->xFindTokenizer(api, words[0].c_str(), &context, &tokenizer.methods_) != SQLITE_OK) {
    return refuse("this SQLite has no tokenizer \"" + words[0] +
                  "\"; wanted one like \"unicode61\", \"porter\" or \"trigram\"");
  }
  std::vector<const char*> arguments;
  for (size_t i = 1; i < words.size(); ++i) arguments.push_back(words[i].c_str());
  Fts5Tokenizer* handle = nullptr;
  const int code = tokenizer.methods_.xCreate(context, arguments.data(),
                                              static_cast<int>(arguments.size()), &handle);
  if (code != SQLITE_OK) {
    if (code == SQLITE_NOMEM) return Status(Code::kNoMemory, {});
    return refuse("the tokenizer \"" + words[0] + "\" does not take the arguments of \"" +
                  std::string(text) + "\"");
  }
  tokenizer.handle_ = {handle, tokenizer.methods_.xDelete};
  return tokenizer;
}

Status Tokenizer::tokenize(std::string_view text, Monitor& monitor,
                           const std::function<void(std::string_view)>& word) const {
  Call call{&word};
  for (size_t begin = 0; begin < text.size();) {
    if (monitor.stop()) return Status::interrupted();
    const size_t end = piece_end(text, begin);
    const int code =
        methods_.xTokenize(handle_.get(), &call, FTS5_TOKENIZE_DOCUMENT, text.data() + begin,
                           static_cast<int>(end - begin), on_token);
    if (code != SQLITE_OK) return {Code::kNoMemory, {}};
    begin = end;
  }
  return {};
}

}  // namespace subjrec
