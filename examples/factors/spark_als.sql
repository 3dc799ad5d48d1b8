-- Factors of Spark's ALS as a model:  sqlite3 works.db < examples/factors/spark_als.sql
--
-- In Spark, for a model that was fitted on numbered works (userCol) and subjects (itemCol):
--
--     model.userFactors.coalesce(1).write.json("users")
--     model.itemFactors.coalesce(1).write.json("items")
--
-- and then   cat users/part-*.json > users.json; cat items/part-*.json > items.json
--
-- A line is {"id":17,"features":[0.11,-0.52,...]}; a JSON array is an embedding as it is. Where ids were
-- made by StringIndexer, join with its labels, so that the model has the ids of the catalogue.
.bail on
.load ./build/release/subjrec

CREATE TEMP TABLE user_lines (line TEXT);
CREATE TEMP TABLE item_lines (line TEXT);
.mode ascii
.separator "\037" "\n"
.import --schema temp users.json user_lines
.import --schema temp items.json item_lines
.mode box

SELECT subjrec_load('spark',
                    'SELECT line ->> ''id'', line -> ''features'' FROM temp.user_lines',
                    'SELECT line ->> ''id'', line -> ''features'' FROM temp.item_lines') AS summary;
