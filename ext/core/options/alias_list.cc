#include "core/options/alias_list.h"

#include <simdjson.h>

#include <optional>

#include "core/base/json_writer.h"

namespace subjrec {
namespace {

using simdjson::dom::element;

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

bool from_hex(std::string_view text, std::string* bytes) {
  const auto digit = [](char c) { return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c - '0'; };
  if (text.size() % 2 != 0) return false;
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
  for (size_t i = 0; i < text.size(); i += 2) {
    *bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  return true;
}

std::string id_json(const IdView& id) {
  if (id.kind == IdKind::kInteger) return std::to_string(id.integer);
  const bool text = id.kind == IdKind::kText;
  if (text && simdjson::validate_utf8(id.bytes.data(), id.bytes.size())) {
    return json_string(id.bytes);
  }
  return std::string(text ? "{\"text\":\"" : "{\"blob\":\"") + hex(id.bytes) + "\"}";
}

/// Interns the id in `table`; false where it is none.
bool intern(const element& json, IdTable* table) {
  int64_t integer = 0;
  std::string_view text;
  if (json.get(integer) == simdjson::SUCCESS) {
    table->intern({IdKind::kInteger, integer, {}});
    return true;
  }
  if (json.get(text) == simdjson::SUCCESS) {
    table->intern({IdKind::kText, 0, text});
    return true;
  }
  for (const auto& [key, kind] : {std::pair("text", IdKind::kText), {"blob", IdKind::kBlob}}) {
    std::string bytes;
    if (json.at_key(key).get(text) != simdjson::SUCCESS || !from_hex(text, &bytes)) continue;
    table->intern({kind, 0, bytes});
    return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> alias_lists(const IdAliases& aliases, size_t length) {
  std::vector<std::string> lists;
  for (size_t i = 0; i < aliases.ids.size(); ++i) {
    if (lists.empty() || lists.back().size() >= length) lists.emplace_back("[");
    std::string& list = lists.back();
    if (list.size() > 1) list += ",";
    list += "[" + id_json(aliases.ids[i]) + "," + std::to_string(aliases.positions[i]) + "]";
    if (list.size() >= length || i + 1 == aliases.ids.size()) list += "]";
  }
  return lists;
}

Status read_alias_list(std::string_view json, size_t below, IdAliases* aliases) {
  const Status wrong(Code::kInvalid, "it is not a JSON array of ids and positions");
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::array list;
  if (parser.parse(padded).get(list) != simdjson::SUCCESS) return wrong;
  for (const element item : list) {
    simdjson::dom::array pair;
    uint64_t position = 0;
    if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2) return wrong;
    if (pair.at(1).get(position) != simdjson::SUCCESS || position >= below) return wrong;
    const size_t before = aliases->ids.size();
    if (!intern(pair.at(0).value(), &aliases->ids) || aliases->ids.size() == before) return wrong;
    aliases->positions.push_back(static_cast<uint32_t>(position));
  }
  return {};
}

}  // namespace subjrec
