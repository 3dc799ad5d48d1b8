//! As run.py, with rusqlite.
use rusqlite::{Connection, LoadExtensionGuard};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let db = Connection::open_in_memory()?;
    unsafe {
        let _guard = LoadExtensionGuard::new(&db)?;
        db.load_extension(&arguments[1], None)?;
    }
    for sql in std::fs::read_to_string(&arguments[2])?.lines() {
        let mut statement = db.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            println!("{}", row.get::<_, String>(0)?);
        }
    }
    Ok(())
}
