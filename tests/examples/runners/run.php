<?php
// As run.py, with the SQLite3 class; the module is a name in sqlite3.extension_dir. A query is
// fetched from once: PHP runs a statement again for the first fetchArray(), so what writes goes
// through querySingle().
$db = new SQLite3(':memory:');
$db->enableExceptions(true);
$db->loadExtension(basename($argv[1]));
foreach (file($argv[2]) as $statement) {
    if (preg_match('/subjrec_(import|train)\(/', $statement)) {
        echo $db->querySingle($statement), "\n";
        continue;
    }
    $rows = $db->query($statement);
    while ($row = $rows->fetchArray(SQLITE3_NUM)) {
        echo $row[0], "\n";
    }
}
