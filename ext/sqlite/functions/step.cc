#include <optional>
#include <vector>

#include "core/train/distributed/protocol.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/status.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/bindings/version.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/shard_source.h"

namespace subjrec {
namespace {

/// subjrec_step(model, state, source, shard [, inbox]): what one shard answers to a state.
class StepCursor : public TableFunctionCursor {
 public:
  static constexpr const char* kName = "subjrec_step";
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns = "to_shard INTEGER, part BLOB",
      .arguments = {"model", "state", "source", "shard", "inbox"},
      .required = 4,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 1};
  enum Argument { kModel, kState, kSource, kShard, kInbox };

  using TableFunctionCursor::TableFunctionCursor;

  Status filter(const TableArguments& arguments) override {
    parts_.clear();
    at_ = 0;
    SUBJREC_ASSIGN([[maybe_unused]] const std::string model, arguments.model(kModel));
    SUBJREC_ASSIGN(const DistributedState state, state_argument(arguments, kState));
    if (state.done()) {
      return {Code::kInvalid, std::string(kName) +
                                  ": the training is done; store the model in the shards with "
                                  "SELECT subjrec_finish(model, state, source, shard)"};
    }
    SUBJREC_ASSIGN(const uint32_t shard, shard_number(arguments, kShard, state));
    const std::string who = std::string(kName) + ": shard " + std::to_string(shard);
    std::optional<Part> inbox;
    if (arguments.given(kInbox)) {
      SUBJREC_ASSIGN(inbox, part_argument(arguments.speaking(who.c_str()), kInbox));
    }
    SUBJREC_ASSIGN(const SourceText source, source_argument(arguments, who));
    SqliteMonitor monitor(connection().db());
    SUBJREC_ASSIGN(const ShardData data,
                   read_shard(connection().db(), who, source, state.options, monitor));
    SUBJREC_ASSIGN(parts_, said_by(who, answer(state, SUBJREC_VERSION, shard, data,
                                               inbox ? &*inbox : nullptr, monitor)));
    return {};
  }

  bool eof() const override { return at_ == parts_.size(); }

  Status next() override {
    parts_[at_++] = Part();
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    if (column == 1) {
      result_blob(context, encode_part(parts_[at_], SUBJREC_VERSION));
    } else if (parts_[at_].to_shard >= 0) {
      sqlite3_result_int(context, parts_[at_].to_shard);
    }
    return {};
  }

 private:
  std::vector<Part> parts_;
  size_t at_ = 0;
};

}  // namespace

int register_step(const std::shared_ptr<Connection>& connection) {
  return register_table_function<StepCursor>(connection);
}

}  // namespace subjrec
