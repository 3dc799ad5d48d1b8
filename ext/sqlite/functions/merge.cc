#include "core/train/distributed/part.h"
#include "sqlite/bindings/aggregate.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/value.h"
#include "sqlite/bindings/version.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/shard_source.h"

namespace subjrec {
namespace {

constexpr const char* kName = "subjrec_merge";

/// subjrec_merge(part): NULLs are left out, and of none the result is NULL.
class Merge : public Aggregate {
 public:
  Status step(const Arguments& arguments) override {
    if (!arguments.given(0)) return {};
    SUBJREC_ASSIGN(Part part, part_argument(arguments, 0));
    return said_by(kName, merge_part(std::move(part), &merged_));
  }

  Status result(sqlite3_context* context) override {
    if (!merged_.pieces.empty()) result_blob(context, encode_part(merged_, SUBJREC_VERSION));
    return {};
  }

 private:
  Part merged_;
};

std::unique_ptr<Aggregate> make_merge() { return std::make_unique<Merge>(); }

}  // namespace

int register_merge(const std::shared_ptr<Connection>& connection) {
  return register_aggregate(
      connection, {kName, {"part"}, 1, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS}, make_merge);
}

}  // namespace subjrec
