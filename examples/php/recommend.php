<?php
// subjrec from PHP's SQLite3 class, which loads extensions from one folder alone:
//
//     php -d sqlite3.extension_dir=$PWD/build/release examples/php/recommend.php [module [catalogue]]
//
// From PHP 8.4 on there is also Pdo\Sqlite::loadExtension.
$module = basename($argv[1] ?? 'subjrec.so');
$catalogue = $argv[2] ?? 'examples/catalogue.ndjson.gz';

$db = new SQLite3(':memory:');
$db->enableExceptions(true);
$db->loadExtension($module);

// querySingle() runs a statement once; execute() and fetchArray() would import and train twice.
$db->querySingle("SELECT subjrec_import('" . SQLite3::escapeString($catalogue) . "')");
$db->querySingle("
    SELECT subjrec_train('rec', 'work_subjects')");

echo $db->querySingle("SELECT title FROM works WHERE work_id = 'cex557h4'"), "\n";
$recommended = $db->query("
    SELECT label, probability
    FROM subjrec_topk('rec', 'cex557h4', 5, 'new') JOIN subjects USING (subject_id)
    ORDER BY rank");
while ($row = $recommended->fetchArray(SQLITE3_ASSOC)) {
    printf("  %.3f  %s\n", $row['probability'], $row['label']);
}

$blob = $db->querySingle("
    SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
    WHERE label = 'Honey'");
$honey = array_values(unpack('g*', $blob));
printf("Honey is %d numbers, the first %.4f\n", count($honey), $honey[0]);
