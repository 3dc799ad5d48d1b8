# As run.py, with DBD::SQLite.
use strict;
use warnings;
use DBI;

my ($module, $script) = @ARGV;
my $db = DBI->connect('dbi:SQLite:dbname=:memory:', '', '', { RaiseError => 1 });
$db->sqlite_enable_load_extension(1);
$db->sqlite_load_extension($module, 'sqlite3_subjrec_init');
open my $statements, '<', $script or die "$script: $!";
while (my $statement = <$statements>) {
    print "$_->[0]\n" for @{ $db->selectall_arrayref($statement) };
}
