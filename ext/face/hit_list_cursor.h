// The cursor of table-valued functions that give a ranked list of hits.
#pragma once

#include <memory>
#include <vector>

#include "face/model_handle.h"
#include "face/table_function.h"

namespace subjrec {

/// Keeps what the list came from and walks it; filter() fills hits_ and sets loaded_.
class HitListCursor : public TableFunctionCursor {
 public:
  using TableFunctionCursor::TableFunctionCursor;

  bool eof() const { return at_ >= hits_.size(); }

  Status next() {
    ++at_;
    return {};
  }

 protected:
  void clear() {
    hits_.clear();
    at_ = 0;
  }
  const Hit& hit() const { return hits_[at_]; }
  int64_t rank() const { return static_cast<int64_t>(at_) + 1; }

  std::shared_ptr<LoadedModel> loaded_;
  std::vector<Hit> hits_;

 private:
  size_t at_ = 0;
};

}  // namespace subjrec
