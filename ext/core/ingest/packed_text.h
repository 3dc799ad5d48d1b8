// Lists of texts as one byte string, the values of what is sorted on its way into tables.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/ingest/record.h"

namespace subjrec {

/// A packed text is its length in 4 bytes, kNoText where there is none, and its bytes.
inline constexpr uint32_t kNoText = 0xffffffff;

inline void put(std::string* to, Text text) {
  const uint32_t length = text.data() == nullptr ? kNoText : static_cast<uint32_t>(text.size());
  to->append(reinterpret_cast<const char*>(&length), sizeof length).append(text);
}

/// Cuts the first text off `from`, in whose bytes it lies.
inline Text take(std::string_view* from) {
  uint32_t length;
  std::memcpy(&length, from->data(), sizeof length);
  from->remove_prefix(sizeof length);
  if (length == kNoText) return {};
  const Text text = from->substr(0, length);
  from->remove_prefix(length);
  return text;
}

inline void take_all(std::string_view packed, std::vector<Text>* out) {
  while (!packed.empty()) out->push_back(take(&packed));
}

/// Of several mentions of a thing the first that says something counts.
inline void keep_first(Text* text, Text candidate) {
  if (text->data() == nullptr) *text = candidate;
}

inline void sort_distinct(std::vector<Text>* texts) {
  std::sort(texts->begin(), texts->end());
  texts->erase(std::unique(texts->begin(), texts->end()), texts->end());
}

}  // namespace subjrec
