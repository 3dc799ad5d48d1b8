# As run.py, with RSQLite.
library(DBI)

arguments <- commandArgs(trailingOnly = TRUE)
db <- dbConnect(RSQLite::SQLite(), ":memory:")
invisible(dbGetQuery(db, "SELECT load_extension(?)", params = list(arguments[[1]])))
for (statement in readLines(arguments[[2]], encoding = "UTF-8")) {
  rows <- dbGetQuery(db, statement)
  if (nrow(rows) > 0) writeLines(enc2utf8(as.character(rows[[1]])), useBytes = TRUE)
}
dbDisconnect(db)
