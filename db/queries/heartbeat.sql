-- heartbeat: the pulse by which a standby knows how far behind it is.
-- out:  one row of nothing
select app.beat()
