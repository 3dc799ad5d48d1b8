#include "sqlite/source/snapshot_error.h"

#include <string>

namespace subjrec {

Status snapshot_error(std::string_view who, const Status& status) {
  if (status.ok() || status.code() == Code::kInterrupted || status.code() == Code::kNoMemory) {
    return status;
  }
  return {status.code() == Code::kCorrupt ? Code::kInvalid : status.code(),
          std::string(who) + ": " + status.message()};
}

}  // namespace subjrec
