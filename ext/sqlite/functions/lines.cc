#include "core/base/status.h"
#include "core/ingest/line_reader.h"
#include "core/options/option_table.h"
#include "sqlite/bindings/interrupt_monitor.h"
#include "sqlite/bindings/table_function.h"
#include "sqlite/bindings/value.h"
#include "sqlite/functions/registry.h"
#include "sqlite/source/snapshot_error.h"

namespace subjrec {
namespace {

struct LinesOptions {
  std::string records;
  OptionNames given;
};

const OptionTable<LinesOptions>& lines_option_table() {
  static const OptionTable<LinesOptions> table(
      {{.name = "records",
        .field = &LinesOptions::records,
        .choices = {},
        .help = "JSON pointer to the array that holds the records in each document, like "
                "/hits/hits; by default it is found"}},
      {{"pointer", "records"}});
  return table;
}

/// The records of a JSON file, whatever their frame, as they stand in it.
class LinesCursor : public TableFunctionCursor {
 public:
  static constexpr const char* kName = "subjrec_lines";
  static constexpr TableFunctionSpec kSpec = {
      .name = kName,
      .columns = "n INTEGER, offset INTEGER, json TEXT, error TEXT",
      .arguments = {"path", "options"},
      .required = 1,
      .ascending = 0,
      .flags = SQLITE_VTAB_DIRECTONLY,
      .rows = 1e6};
  enum Column { kN, kOffset, kJson, kError };

  explicit LinesCursor(Connection& connection)
      : TableFunctionCursor(connection), monitor_(connection.db()) {}

  Status filter(const TableArguments& arguments) override {
    reader_.reset();
    SUBJREC_ASSIGN(const std::string path, arguments.text(0, "a text, like 'works.json.gz'"));
    LinesOptions options;
    SUBJREC_ASSIGN(const std::string_view given, arguments.options(1));
    SUBJREC_TRY(lines_option_table().read_json(kName, given, &options));
    std::optional<RecordsPath> records;
    if (options.given.count("records") != 0) {
      auto pointer = read_records_pointer(options.records);
      if (!pointer.ok()) return snapshot_error(kName, pointer.status());
      records = std::move(*pointer);
    }
    auto opened = LineReader::open(path, records, monitor_);
    if (!opened.ok()) return snapshot_error(kName, opened.status());
    reader_ = std::move(*opened);
    return next();
  }

  bool eof() const override { return end_; }

  Status next() override {
    const auto more = reader_->next(&record_, monitor_);
    if (!more.ok()) return snapshot_error(kName, more.status());
    end_ = !*more;
    return {};
  }

  Status column(sqlite3_context* context, int column) override {
    switch (column) {
      case kN:
        sqlite3_result_int64(context, static_cast<sqlite3_int64>(record_.number));
        break;
      case kOffset:
        sqlite3_result_int64(context, static_cast<sqlite3_int64>(record_.offset));
        break;
      case kJson:
        if (!record_.text.empty()) result_text(context, record_.text);
        break;
      default:
        if (!record_.error.empty()) result_text(context, record_.error);
    }
    return {};
  }

 private:
  SqliteMonitor monitor_;
  std::unique_ptr<LineReader> reader_;
  JsonRecord record_;
  bool end_ = false;
};

}  // namespace

int register_lines(const std::shared_ptr<Connection>& connection) {
  return register_table_function<LinesCursor>(connection);
}

}  // namespace subjrec
