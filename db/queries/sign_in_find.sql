-- sign_in_find: salt and cost of a login's argon2id, made up for an unknown one.
-- in:   $1 login text   $2 address text
-- out:  one row
-- raises: TD429 too-many-attempts
select salt, opslimit, memlimit from app.sign_in_find($1, $2)
