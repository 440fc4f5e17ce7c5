-- import_start: keep a file that was sent, and make room for its rows; they follow by COPY.
-- in:   $1 media type text   $2 locale text or null   $3 mode text   $4 on_existing text   $5 dry_run boolean   $6 unit text or null
--       $7 period text or null   $8 import bigint of the dry run to be carried out, or null   $9 file bytea   $10 its SHA-256 bytea
--       $11 separator text or null   $12 sheet text or null
-- out:  one row: the number of the import
select app.import_start($1::text, $2::text, $3::text, $4::text, $5::boolean, $6::text, $7::text, $8::bigint, $9::bytea, $10::bytea,
                        $11::text, $12::text) as id
