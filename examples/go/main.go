// subjrec from Go, through mattn/go-sqlite3.
//
//	cd examples/go && go run -tags libsqlite3 . [module [catalogue]]
//
// The tag links the system's SQLite; without it, the package compiles its own.
package main

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"log"
	"os"

	"github.com/mattn/go-sqlite3"
)

func argument(position int, otherwise string) string {
	if len(os.Args) > position {
		return os.Args[position]
	}
	return otherwise
}

func main() {
	module := argument(1, "../../build/release/subjrec")
	catalogue := argument(2, "../catalogue.ndjson.gz")

	sql.Register("sqlite3_subjrec", &sqlite3.SQLiteDriver{Extensions: []string{module}})
	db, err := sql.Open("sqlite3_subjrec", ":memory:")
	check(err)
	defer db.Close()
	db.SetMaxOpenConns(1) // every connection to :memory: is a database of its own

	var summary string
	check(db.QueryRow("SELECT subjrec_import(?)", catalogue).Scan(&summary))
	check(db.QueryRow(`
		SELECT subjrec_train('rec', 'work_subjects')`).Scan(&summary))

	var title string
	check(db.QueryRow("SELECT title FROM works WHERE work_id = ?", "cex557h4").Scan(&title))
	fmt.Println(title)
	printRecommended(db, "cex557h4")

	var blob []byte
	check(db.QueryRow(`
		SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
		WHERE label = 'Honey'`).Scan(&blob))
	honey := make([]float32, len(blob)/4)
	check(binary.Read(bytes.NewReader(blob), binary.LittleEndian, honey))
	fmt.Printf("Honey is %d numbers, the first %.4f\n", len(honey), honey[0])
}

func printRecommended(db *sql.DB, workID string) {
	rows, err := db.Query(`
		SELECT label, probability
		FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
		ORDER BY rank`, workID)
	check(err)
	defer rows.Close()
	for rows.Next() {
		var label string
		var probability float64
		check(rows.Scan(&label, &probability))
		fmt.Printf("  %.3f  %s\n", probability, label)
	}
	check(rows.Err())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
