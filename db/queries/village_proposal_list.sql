-- village_proposal_list: figures that heads of villages proposed, newest first, one page: those of the own village, or of the own commune's.
-- in:   $1 unit text: codes of villages or communes, commas between   $2 period text: codes   $3 indicator text: codes   $4 outcome text
--       $5 cursor text: id   $6 limit int
-- out:  one row a proposal
-- raises: TD400 (cursor, unknown codes)
select a.*, case when lead(true) over (order by q.id desc) then a.id::text end as _next
  from app.village_proposal q cross join lateral app.village_proposal_shown(q) a
 where (select app.expect_codes(p_unit => $1, p_period => $2, p_indicator => $3))
   and ($1::text is null or a.unit = any (app.codes($1)) or a.village = any (app.codes($1)))
   and ($2::text is null or a.period = any (app.codes($2)))
   and ($3::text is null or a.indicator = any (app.codes($3)))
   and ($4::text is null or a.outcome = $4)
   and q.id < coalesce(app.cursor_number($5), 9223372036854775807)
 order by q.id desc
 limit coalesce($6::int, 50)
