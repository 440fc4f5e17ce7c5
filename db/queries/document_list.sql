-- document_list: documents by their codes, one page.
-- in:   $1 kind text   $2 unit text: issuing units, commas between   $3 cursor text: code   $4 limit int
-- out:  one row a document
-- raises: TD400 (unknown unit, unknown kind)
select d.code, d.kind, d.number, d.symbol::text as symbol, d.issuer::text as issuer, u.code as issuer_unit, d.issued_on, d.title::text as title,
       d.verified, case when lead(true) over (order by d.code) then d.code::text end as _next
  from app.document d
  left join app.unit u on u.id = d.issuer_unit_id
 where (select app.expect_codes(p_unit => $2) and app.expect_choice('kind', $1, '{KH,CT,NQ,QD,BC,LKG,OTHER}'))
   and ($1::text is null or d.kind = $1)
   and ($2::text is null or u.code = any (app.codes($2)))
   and d.code > coalesce($3::text, '')
 order by d.code
 limit coalesce($4::int, 50)
