#error "ext/core computes and knows no SQLite; what needs it belongs in ext/sqlite"
