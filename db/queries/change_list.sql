-- change_list: the feed a replica is kept by: all there is, then what was committed since.
-- in:   $1 cursor text or null   $2 limit int   $3 wait int: the service asks again while a page is empty
-- out:  one row, the whole page; next always points on
-- raises: TD400 (cursor), TD410 cursor-expired
-- cost: index change_order from the oldest transaction that was under way at the last page
select f.items, f.next, f.more, now() as at, json_array_length(f.items) = 0 and not f.more and $3::int > 0 as _empty
  from app.feed($1, coalesce($2::int, 50)) f
