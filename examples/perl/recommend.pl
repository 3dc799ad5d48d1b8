#!/usr/bin/env perl
# subjrec from Perl, through DBI and DBD::SQLite.
#
#     perl examples/perl/recommend.pl [module [catalogue]]
use strict;
use warnings;
use DBI;

my $module    = shift // './build/release/subjrec.so';
my $catalogue = shift // 'examples/catalogue.ndjson.gz';

my $db = DBI->connect('dbi:SQLite:dbname=:memory:', '', '', { RaiseError => 1 });
$db->sqlite_enable_load_extension(1);
$db->sqlite_load_extension($module, 'sqlite3_subjrec_init');

$db->selectrow_array('SELECT subjrec_import(?)', undef, $catalogue);
$db->selectrow_array(q{
    SELECT subjrec_train('rec', 'work_subjects')});

my ($title) = $db->selectrow_array('SELECT title FROM works WHERE work_id = ?', undef, 'cex557h4');
print "$title\n";
my $recommended = $db->selectall_arrayref(q{
    SELECT label, probability
    FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
    ORDER BY rank}, undef, 'cex557h4');
printf "  %.3f  %s\n", $_->[1], $_->[0] for @$recommended;

my ($blob) = $db->selectrow_array(q{
    SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
    WHERE label = 'Honey'});
my @honey = unpack 'f<*', $blob;
printf "Honey is %d numbers, the first %.4f\n", scalar @honey, $honey[0];
