# subjrec from Ruby, through the sqlite3 gem.
#
#     ruby examples/ruby/recommend.rb [module [catalogue]]
require "sqlite3"

extension = ARGV[0] || "./build/release/subjrec"
catalogue = ARGV[1] || "examples/catalogue.ndjson.gz"

db = SQLite3::Database.new(":memory:")
db.enable_load_extension(true)
db.load_extension(extension)
db.enable_load_extension(false)

db.get_first_value("SELECT subjrec_import(?)", [catalogue])
db.get_first_value(<<~SQL)
  SELECT subjrec_train('rec', 'work_subjects')
SQL

puts db.get_first_value("SELECT title FROM works WHERE work_id = ?", ["cex557h4"])
db.execute(<<~SQL, ["cex557h4"]) do |label, probability|
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank
SQL
  puts format("  %.3f  %s", probability, label)
end

honey = db.get_first_value(<<~SQL).unpack("e*")
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'
SQL
puts format("Honey is %d numbers, the first %.4f", honey.length, honey.first)
