#include "sqlite/bindings/connection.h"

namespace subjrec {

Connection::Connection(sqlite3* db) : db_(db), models_(db) {}
Connection::~Connection() = default;

std::shared_ptr<void> Connection::keep_statements() {
  std::shared_ptr<void> alive = statements_alive_.lock();
  if (!alive) {
    // The deleter runs when the last holder lets go. Loaded models stay.
    alive = std::shared_ptr<void>(static_cast<void*>(this),
                                  [this](void*) { models_.finalize_statements(); });
    statements_alive_ = alive;
  }
  return alive;
}

}  // namespace subjrec
