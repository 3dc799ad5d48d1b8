// A tiny checker of XML, for tests of what writes it.
#pragma once

#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace subjrec {

/// "" where `xml` is one well-formed element (tags balanced, attributes quoted and unique, only the
/// predefined and numeric entities, no '<' in values), else what is wrong and where.
inline std::string xml_fault(std::string_view xml) {
  std::vector<std::string> open;
  size_t roots = 0;
  size_t at = 0;
  const auto fault = [&](const std::string& what) {
    return what + " at " + std::to_string(at) + ": " + std::string(xml.substr(at, 60));
  };
  const auto entities_hold = [](std::string_view text) {
    for (size_t i = text.find('&'); i != std::string_view::npos; i = text.find('&', i + 1)) {
      const std::string_view rest = text.substr(i, 8);
      bool known = false;
      for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
        known |= rest.substr(0, entity.size()) == entity;
      }
      if (!known) return false;
    }
    return true;
  };
  while (at < xml.size()) {
    if (xml[at] != '<') {
      const size_t end = std::min(xml.find('<', at), xml.size());
      const std::string_view text = xml.substr(at, end - at);
      if (!entities_hold(text)) return fault("stray &");
      if (open.empty() && text.find_first_not_of(" \n") != std::string_view::npos) {
        return fault("text outside the root");
      }
      at = end;
      continue;
    }
    const bool closing = at + 1 < xml.size() && xml[at + 1] == '/';
    size_t i = at + 1 + closing;
    const size_t name_begin = i;
    while (i < xml.size() && std::isalnum(static_cast<unsigned char>(xml[i])) != 0) ++i;
    const std::string name(xml.substr(name_begin, i - name_begin));
    if (name.empty()) return fault("no tag name");
    std::set<std::string> attributes;
    while (i < xml.size() && (xml[i] == ' ' || xml[i] == '\n')) {
      while (i < xml.size() && (xml[i] == ' ' || xml[i] == '\n')) ++i;
      const size_t equals = xml.find('=', i);
      if (equals == std::string_view::npos || equals + 1 >= xml.size() || xml[equals + 1] != '"') {
        return fault("attribute without a quoted value");
      }
      const size_t end = xml.find('"', equals + 2);
      if (end == std::string_view::npos) return fault("unclosed quote");
      if (!attributes.insert(std::string(xml.substr(i, equals - i))).second) {
        return fault("attribute given twice");
      }
      const std::string_view value = xml.substr(equals + 2, end - equals - 2);
      if (value.find('<') != std::string_view::npos || !entities_hold(value)) {
        return fault("unescaped value");
      }
      i = end + 1;
    }
    const bool empty = i < xml.size() && xml[i] == '/';
    i += empty;
    if (i >= xml.size() || xml[i] != '>') return fault("unclosed tag");
    if (closing) {
      if (open.empty() || open.back() != name) return fault("closes what is not open");
      open.pop_back();
    } else {
      roots += open.empty();
      if (!empty) open.push_back(name);
    }
    at = i + 1;
  }
  if (!open.empty()) return "never closed: " + open.back();
  return roots == 1 ? "" : "not one root";
}

/// How often `part` occurs in `text`.
inline size_t occurrences(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

/// What stands between the n-th `before` (from 0) and the next `after`; "" where there is none.
inline std::string between(std::string_view text, std::string_view before, std::string_view after,
                           size_t n = 0) {
  size_t at = text.find(before);
  for (; n > 0 && at != std::string_view::npos; --n) at = text.find(before, at + 1);
  if (at == std::string_view::npos) return "";
  at += before.size();
  return std::string(text.substr(at, text.find(after, at) - at));
}

}  // namespace subjrec
