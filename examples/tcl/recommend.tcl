# subjrec from Tcl, where SQLite comes from.
#
#     tclsh examples/tcl/recommend.tcl [module [catalogue]]
package require sqlite3

set module ./build/release/subjrec
set catalogue examples/catalogue.ndjson.gz
if {[llength $argv] > 0} { set module [lindex $argv 0] }
if {[llength $argv] > 1} { set catalogue [lindex $argv 1] }

sqlite3 db :memory:
db enable_load_extension 1
db eval {SELECT load_extension($module)}

db eval {SELECT subjrec_import($catalogue)}
db eval {SELECT subjrec_train('rec', 'work_subjects')}

set work cex557h4
puts [db onecolumn {SELECT title FROM works WHERE work_id = $work}]
db eval {
    SELECT label, probability
    FROM subjrec_topk('rec', $work, 5, 'new') JOIN subjects USING (subject_id)
    ORDER BY rank
} {
    puts [format "  %.3f  %s" $probability $label]
}

binary scan [db onecolumn {
    SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
    WHERE label = 'Honey'
}] r* honey
puts [format "Honey is %d numbers, the first %.4f" [llength $honey] [lindex $honey 0]]

db close
