# subjrec from R, through DBI and RSQLite.
#
#     Rscript examples/r/recommend.R [module [catalogue]]
library(DBI)

arguments <- commandArgs(trailingOnly = TRUE)
module <- if (length(arguments) > 0) arguments[[1]] else "./build/release/subjrec"
catalogue <- if (length(arguments) > 1) arguments[[2]] else "examples/catalogue.ndjson.gz"

db <- dbConnect(RSQLite::SQLite(), ":memory:")
invisible(dbGetQuery(db, "SELECT load_extension(?)", params = list(module)))

invisible(dbGetQuery(db, "SELECT subjrec_import(?)", params = list(catalogue)))
invisible(dbGetQuery(db, "
  SELECT subjrec_train('rec', 'work_subjects')"))

work <- dbGetQuery(db, "SELECT title FROM works WHERE work_id = ?", params = list("cex557h4"))
cat(work$title, "\n", sep = "")
recommended <- dbGetQuery(db, "
  SELECT label, probability
  FROM subjrec_topk('rec', ?, 5, 'new') JOIN subjects USING (subject_id)
  ORDER BY rank", params = list("cex557h4"))
cat(sprintf("  %.3f  %s\n", recommended$probability, recommended$label), sep = "")

blob <- dbGetQuery(db, "
  SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id)
  WHERE label = 'Honey'")$embedding[[1]]
honey <- readBin(blob, "numeric", n = length(blob) / 4, size = 4, endian = "little")
cat(sprintf("Honey is %d numbers, the first %.4f\n", length(honey), honey[[1]]))

dbDisconnect(db)
