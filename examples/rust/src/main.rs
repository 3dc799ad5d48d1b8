//! subjrec from Rust, through rusqlite.
//!
//!     cd examples/rust && cargo run -- [module [catalogue]]
use rusqlite::{Connection, LoadExtensionGuard, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let module = arguments.next().unwrap_or("../../build/release/subjrec".into());
    let catalogue = arguments.next().unwrap_or("../catalogue.ndjson.gz".into());

    let db = Connection::open_in_memory()?;
    // Safe if the file is subjrec: loading runs code of a library that the compiler has not seen.
    unsafe {
        let _guard = LoadExtensionGuard::new(&db)?;
        db.load_extension(module, None)?;
    }

    let text = |sql, argument: &str| db.query_row(sql, [argument], |row| row.get::<_, String>(0));
    text("SELECT subjrec_import(?)", &catalogue)?;
    text("SELECT subjrec_train(?, 'work_subjects')", "rec")?;

    println!("{}", text("SELECT title FROM works WHERE work_id = ?", "cex557h4")?);
    let mut recommend = db.prepare(
        "SELECT label, probability
         FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
         ORDER BY rank",
    )?;
    let mut rows = recommend.query(["cex557h4"])?;
    while let Some(row) = rows.next()? {
        let (label, probability): (String, f64) = (row.get("label")?, row.get("probability")?);
        println!("  {probability:.3}  {label}");
    }

    let blob: Vec<u8> = db.query_row(
        "SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
         WHERE label = 'Honey'",
        [],
        |row| row.get(0),
    )?;
    let honey: Vec<f32> =
        blob.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
    println!("Honey is {} numbers, the first {:.4}", honey.len(), honey[0]);
    Ok(())
}
