#include "core/ingest/record.h"

#include <cstring>

namespace subjrec {

void RecordBatch::clear() {
  works.clear();
  skipped.clear();
  first_odd.clear();
  arena_->release();
  size_ = 0;
}

Text RecordBatch::keep(Text text) {
  if (text.data() == nullptr) return {};
  auto* copy = static_cast<char*>(allocate(text.size() + 1, 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

}  // namespace subjrec
