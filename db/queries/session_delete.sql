-- session_delete: end the session whose token made this request.
-- out:  one row; none when the token is not a session's
select 204 as _status where app.session_end() > 0
