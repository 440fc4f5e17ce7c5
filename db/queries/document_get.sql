-- document_get: one document and how it is linked to others.
-- in:   $1 code text
-- out:  one row
select d.code, d.kind, d.number, d.symbol::text as symbol, d.issuer::text as issuer, u.code as issuer_unit, d.issued_on,
       d.issue_place::text as issue_place, d.title::text as title, d.title_as_issued::text as title_as_issued,
       d.signer_title::text as signer_title, d.signer_name::text as signer_name, d.verified, d.note::text as note,
       (select coalesce(json_agg(json_build_object('relation', l.relation, 'document', t.code, 'clause', l.clause) order by l.relation, t.code), '[]')
          from app.document_link l join app.document t on t.id = l.target_id where l.document_id = d.id) as links,
       (select coalesce(json_agg(json_build_object('relation', l.relation, 'document', f.code, 'clause', l.clause) order by l.relation, f.code), '[]')
          from app.document_link l join app.document f on f.id = l.document_id where l.target_id = d.id) as linked_from
  from app.document d
  left join app.unit u on u.id = d.issuer_unit_id
 where d.code = $1
