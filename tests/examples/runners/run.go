// As run.py, with mattn/go-sqlite3.
package main

import (
	"bufio"
	"database/sql"
	"fmt"
	"log"
	"os"

	"github.com/mattn/go-sqlite3"
)

func main() {
	sql.Register("sqlite3_subjrec", &sqlite3.SQLiteDriver{Extensions: []string{os.Args[1]}})
	db, err := sql.Open("sqlite3_subjrec", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	script, err := os.Open(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	for lines := bufio.NewScanner(script); lines.Scan(); {
		rows, err := db.Query(lines.Text())
		if err != nil {
			log.Fatal(err)
		}
		for rows.Next() {
			var value string
			if err := rows.Scan(&value); err != nil {
				log.Fatal(err)
			}
			fmt.Println(value)
		}
		if err := rows.Err(); err != nil {
			log.Fatal(err)
		}
	}
}
