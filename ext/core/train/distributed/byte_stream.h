// Little-endian serialization: numbers, texts, arrays and ids as bytes, and back with distrust.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/data/id_table.h"
#include "core/data/interactions.h"

namespace subjrec {

class ByteWriter {
 public:
  /// A number in as many bytes as its type has.
  template <class T>
  void number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(std::string_view value) {
    number<uint64_t>(value.size());
    bytes_.append(value);
  }
  template <class T>
  void array(std::span<const T> values) {
    static_assert(std::is_arithmetic_v<T>);
    number<uint64_t>(values.size());
    if (!values.empty()) {
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    }
  }
  template <class T>
  void array(const std::vector<T>& values) {
    array(std::span<const T>(values));
  }
  void ids(const IdTable& table);
  void sparse_rows(const SparseRows& rows);

  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what a ByteWriter wrote. Where bytes are missing or make no sense it gives zeros and
/// nothing from then on, and good() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  template <class T>
  T number() {
    T value{};
    const std::string_view bytes = take(sizeof value);
    if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number<uint64_t>()); }
  template <class T>
  std::vector<T> array() {
    const auto n = number<uint64_t>();
    if (n > left_.size() / sizeof(T)) return fail(), std::vector<T>();
    std::vector<T> values(n);
    const std::string_view bytes = take(n * sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  /// Ids in strictly ascending order.
  IdTable ids();
  SparseRows sparse_rows();

  /// What was read was there, and made sense.
  bool good() const { return good_; }
  /// And there is no more.
  bool finished() const { return good_ && left_.empty(); }
  void fail() {
    good_ = false;
    left_ = {};
  }

 private:
  std::string_view take(uint64_t n);

  std::string_view left_;
  bool good_ = true;
};

}  // namespace subjrec
