// The one error type of the core.
//
// A function that can fail returns Status, or Result<T> when it also has a value to give. Messages
// are whole sentences for the person who typed the SQL: who speaks, which argument, what was
// wanted, what was got. ext/sqlite turns a Code into an SQLite result code and passes the message
// on.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace subjrec {

enum class Code {
  kOk,
  kInvalid,      // an argument or an option is wrong
  kNotFound,     // no such model, work, subject or file
  kCorrupt,      // stored or read data is not what its format says
  kIo,           // the operating system refused
  kBusy,         // another connection is in the way
  kReadOnly,     // the database cannot be written
  kInterrupted,  // the Monitor said stop
  kNoMemory,
  kSql,  // SQLite reported an error of its own
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status interrupted() { return {Code::kInterrupted, "interrupted"}; }

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

/// A value, or the Status that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : state_(std::move(status)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  /// The error; only where !ok().
  const Status& status() const { return std::get<Status>(state_); }
  /// The value; only where ok().
  T& operator*() { return std::get<T>(state_); }
  const T& operator*() const { return std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }

 private:
  std::variant<Status, T> state_;
};

}  // namespace subjrec

#define SUBJREC_CONCAT_(a, b) a##b
#define SUBJREC_CONCAT(a, b) SUBJREC_CONCAT_(a, b)

/// Returns the Status of `expression` from the enclosing function unless it is ok.
#define SUBJREC_TRY(expression)                      \
  do {                                               \
    ::subjrec::Status subjrec_status = (expression); \
    if (!subjrec_status.ok()) return subjrec_status; \
  } while (false)

/// SUBJREC_ASSIGN(auto x, f()): x is the value of the Result that f() gives, or its error returns.
#define SUBJREC_ASSIGN(declaration, expression) \
  SUBJREC_ASSIGN_(SUBJREC_CONCAT(subjrec_result_, __LINE__), declaration, expression)
#define SUBJREC_ASSIGN_(result, declaration, expression) \
  auto result = (expression);                            \
  if (!result.ok()) return result.status();              \
  declaration = std::move(*result)
