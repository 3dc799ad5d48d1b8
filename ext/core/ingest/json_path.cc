#include "core/ingest/json_path.h"

#include <charconv>

namespace subjrec {
namespace {

Status wrong(std::string_view key, std::string_view text) {
  return {Code::kInvalid, "option \"shape\": \"" + std::string(key) +
                              "\" must be a JSON path like \"$.concepts[*].id\", got \"" +
                              std::string(text) + "\""};
}

/// What stands in [brackets]: *, a number or a 'quoted' name.
bool read_bracket(std::string_view inside, JsonPath::Step* step) {
  if (inside == "*") {
    step->kind = JsonPath::Step::Kind::kEvery;
    return true;
  }
  const char quote = inside.empty() ? '\0' : inside.front();
  if (inside.size() >= 2 && (quote == '\'' || quote == '"') && inside.back() == quote) {
    step->name = inside.substr(1, inside.size() - 2);
    return true;
  }
  step->kind = JsonPath::Step::Kind::kIndex;
  const char* end = inside.data() + inside.size();
  const auto read = std::from_chars(inside.data(), end, step->index);
  return !inside.empty() && read.ec == std::errc() && read.ptr == end;
}

bool is_plain(std::string_view name) {
  return !name.empty() && name.find_first_of(".[]'\" ") == std::string_view::npos;
}

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view key, std::string_view text) {
  JsonPath path;
  if (text.empty() || text[0] != '$') return wrong(key, text);
  for (size_t at = 1; at < text.size();) {
    Step step;
    size_t end = 0;
    if (text[at] == '.') {
      end = std::min(text.find_first_of(".[", at + 1), text.size());
      step.name = text.substr(at + 1, end - at - 1);
      if (step.name.empty()) return wrong(key, text);
      if (step.name == "*") return wrong(key, text);
    } else if (text[at] == '[') {
      const bool quoted = at + 1 < text.size() && (text[at + 1] == '\'' || text[at + 1] == '"');
      const size_t close =
          quoted ? text.find(std::string{text[at + 1], ']'}, at + 2) : text.find(']', at);
      if (close == std::string_view::npos) return wrong(key, text);
      end = close + (quoted ? 2 : 1);
      if (!read_bracket(text.substr(at + 1, end - at - 2), &step)) return wrong(key, text);
    } else {
      return wrong(key, text);
    }
    path.steps.push_back(std::move(step));
    at = end;
  }
  return path;
}

std::string JsonPath::text() const {
  std::string text = "$";
  for (const Step& step : steps) {
    if (step.kind == Step::Kind::kEvery) {
      text += "[*]";
    } else if (step.kind == Step::Kind::kIndex) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      text += is_plain(step.name) ? "." + step.name : "['" + step.name + "']";
    }
  }
  return text;
}

size_t JsonPath::length_of_list() const {
  for (size_t length = steps.size(); length > 0; --length) {
    if (steps[length - 1].kind == Step::Kind::kEvery) return length;
  }
  return 0;
}

}  // namespace subjrec
