# As run.py, with the sqlite3 gem.
require "sqlite3"

db = SQLite3::Database.new(":memory:")
db.enable_load_extension(true)
db.load_extension(ARGV[0])
File.foreach(ARGV[1], encoding: "utf-8") do |statement|
  db.execute(statement) { |row| puts row[0] }
end
