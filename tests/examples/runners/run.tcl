# As run.py, with SQLite's own Tcl.
package require sqlite3

lassign $argv module script
fconfigure stdout -encoding utf-8
sqlite3 db :memory:
db enable_load_extension 1
db eval {SELECT load_extension($module)}
set file [open $script]
fconfigure $file -encoding utf-8
while {[gets $file statement] >= 0} {
    foreach value [db eval $statement] { puts $value }
}
