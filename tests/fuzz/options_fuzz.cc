// Options as JSON and as words, and lists of numbers and of ids.
//
// Byte 0 chooses whose options. What is accepted and written out again means the same.
#include "core/ingest/import_options.h"
#include "core/options/json_list.h"
#include "core/train/options.h"
#include "core/umap/umap_options.h"
#include "fuzz/input.h"

namespace subjrec::fuzz {
namespace {

void check_error(const Status& status) {
  if (!status.ok()) check(status.message().rfind("fuzz: ", 0) == 0, "an error says who speaks");
}

template <class T>
void read(const OptionTable<T>& table, std::string_view text) {
  T options;
  const Status json = table.read_json("fuzz", text, &options);
  check_error(json);
  if (json.ok()) {
    T again;
    const std::string written = table.to_json(options);
    check(table.read_json("fuzz", written, &again).ok(), "what is written can be read");
    check(table.to_json(again) == written, "and means the same");
    T given;
    const std::string said = table.to_json(options, &options.given);
    check(table.read_json("fuzz", said, &given).ok(), "what was said can be read");
    check(table.to_json(given) == written, "and means the same");
  }
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return;
  T word;
  const Status status =
      table.read_word("fuzz", text.substr(0, equals), text.substr(equals + 1), &word);
  check_error(status);
  if (status.ok()) {
    T again;
    check(table.read_json("fuzz", table.to_json(word), &again).ok(), "a word can be read as JSON");
  }
}

void read_lists(std::string_view text) {
  std::vector<float> numbers;
  const Status status = read_number_list(text, &numbers);
  check(status.ok() || !status.message().empty(), "an error has a text");
  IdTable ids;
  const Status list = read_id_list(text, &ids);
  check(list.ok() || !list.message().empty(), "an error has a text");
}

}  // namespace
}  // namespace subjrec::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace subjrec;
  fuzz::Input input(bytes, size);
  switch (input.choice(4)) {
    case 0:
      fuzz::read(train_option_table(), input.rest());
      break;
    case 1:
      fuzz::read(map_option_table(), input.rest());
      break;
    case 2:
      fuzz::read(import_option_table(), input.rest());
      break;
    default:
      fuzz::read_lists(input.rest());
  }
  return 0;
}
