// W'W as sums of integers: the same for any order of the rows, and for any grouping into sums.
//
// Each row is rounded to 16 bits beside the power of two above its greatest element, and sums are
// kept for each such power. A 16-bit number is 256 hi + lo with both within [-128, 128], so that
// products of 1,024 rows of hi's and lo's are exact in float32: three products of floats, and
// nothing is lost but the rounding of the rows, 2^-16 of their greatest element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"
#include "core/model/least_squares.h"

namespace subjrec {

class ExactGramian {
 public:
  explicit ExactGramian(size_t dim) : dim_(dim) {}

  /// Adds r'r for each row r of `rows`.
  Status add(const Factors& rows, ThreadTeam& team, Monitor& monitor);
  /// Adds the sums of another of the same dim.
  void add(const ExactGramian& other);

  /// dim x dim, row-major; not finite where a row was not.
  std::vector<double> value() const;

  /// By the power of two: dim x dim sums, in units of 2^(2 (power - 15)).
  const std::map<int32_t, std::vector<int64_t>>& sums() const { return sums_; }
  /// Adds such sums; false where they are not dim x dim.
  bool add_sums(int32_t power, const std::vector<int64_t>& sums);

  /// The power under which rows that are not finite are counted.
  static constexpr int32_t kNotFinite = 1 << 20;

 private:
  void add_rows(const Factors& rows, size_t begin, size_t end);
  void add_chunk(const Factors& rows, int32_t power, const uint32_t* chunk, size_t n);

  size_t dim_;
  std::map<int32_t, std::vector<int64_t>> sums_;
};

}  // namespace subjrec
