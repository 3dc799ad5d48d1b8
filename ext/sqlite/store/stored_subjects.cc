#include "sqlite/store/stored_subjects.h"

#include <algorithm>
#include <cstring>

#include "sqlite/store/shadow_tables.h"

namespace subjrec {

std::vector<uint32_t> stored_subjects(const SubjectRow& row) {
  std::vector<uint32_t> words(row.begin(), row.end());
  for (size_t i = 0; i < row.size(); ++i) {
    const float weight = row.weight(i);
    uint32_t word = 0;
    std::memcpy(&word, &weight, sizeof word);
    words.push_back(word);
  }
  return words;
}

Status read_subjects(std::string_view who, const ModelName& name, const std::string& row,
                     std::string_view blob, size_t below, bool weighted,
                     std::vector<uint32_t>* positions, std::vector<float>* weights) {
  weights->clear();
  if (!weighted) return read_positions(who, name, "works", row, blob, below, positions);
  const size_t n = blob.size() / 8;
  SUBJREC_TRY(read_positions(who, name, "works", row, blob.substr(0, 4 * n), below, positions));
  weights->resize(n);
  if (n > 0) std::memcpy(weights->data(), blob.data() + 4 * n, 4 * n);
  const bool good =
      blob.size() == 8 * n && std::all_of(weights->begin(), weights->end(), [](float x) {
        return x >= static_cast<float>(kLeastWeight) && x <= static_cast<float>(kGreatestWeight);
      });
  if (good) return {};
  return corrupt(who, name, "works",
                 "the list of subjects of " + row + " does not hold as many weights above 0");
}

}  // namespace subjrec
