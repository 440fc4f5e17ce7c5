-- world.sql: the accounts of a test world; run as the owner on the migrated and seeded template database.
-- The token of a login is `thidua_` and the login padded with 0 to 43 characters.  Everybody's password
-- is `correct horse battery` (argon2id, salt of zeros, 2 passes, 64 MiB).

create function pg_temp.person(p_login text, p_roles text[]) returns void
language plpgsql as $$
begin
    perform app.account_bootstrap(p_login, 'Tài khoản ' || p_login, jsonb_build_object(
        'salt', repeat('00', 16), 'verifier', 'd44682320add37cf6f9f52234a22e681933861e435d63821f178551219ae264e',
        'opslimit', 2, 'memlimit', 67108864), p_roles, false);
end $$;

create function pg_temp.token(p_login text, p_scopes text[] default '{data:read,data:write,workflow,catalog:write,accounts:write}',
                              p_expires timestamptz default now() + interval '30 days') returns void
language sql as $$
    insert into app.token (account_id, name, hash, scopes, expires_at)
    select a.id, 'thử', sha256(convert_to('thidua_' || rpad(p_login, 43, '0'), 'UTF8')), p_scopes, p_expires
      from app.account a where a.login = p_login;
$$;

do $$ begin
    perform pg_temp.person('loku', '{OFFICE_STAT_OFFICER@kbang-lo-ku}');
    perform pg_temp.person('loku-lead', '{COMMUNE_LEADER@kbang-lo-ku}');
    perform pg_temp.person('loku-culture', '{CULTURE_INFO_OFFICER@kbang-lo-ku}');
    perform pg_temp.person('loku-front', '{MASS_ORG@kbang-lo-ku}');
    perform pg_temp.person('loku-council', '{COUNCIL_MEMBER@kbang-lo-ku}');
    perform pg_temp.person('loku-village', '{VILLAGE_HEAD@kbang-lo-ku-01}');
    perform pg_temp.person('konpne', '{OFFICE_STAT_OFFICER@kbang-kon-pne}');
    perform pg_temp.person('konpne-lead', '{COMMUNE_LEADER@kbang-kon-pne}');
    perform pg_temp.person('town', '{OFFICE_STAT_OFFICER@kbang-town}');
    perform pg_temp.person('town-lead', '{COMMUNE_LEADER@kbang-town}');
    perform pg_temp.person('sonlang-both', '{OFFICE_STAT_OFFICER@kbang-son-lang,COMMUNE_LEADER@kbang-son-lang}');
    perform pg_temp.person('kbang', '{DISTRICT_HOME_AFFAIRS@kbang}');
    perform pg_temp.person('kbang-lead', '{DISTRICT_LEADER@kbang}');
    perform pg_temp.person('kbang-viewer', '{DISTRICT_VIEWER@kbang}');
    perform pg_temp.person('kbang-council', '{COUNCIL_MEMBER@kbang}');
    perform pg_temp.person('province', '{PROVINCE_PULL@gia-lai}');
    perform pg_temp.person('admin', '{ADMIN@gia-lai}');
    perform pg_temp.person('nobody', '{}');
    perform pg_temp.person('expired', '{OFFICE_STAT_OFFICER@kbang-lo-ku}');
    perform pg_temp.person('revoked', '{OFFICE_STAT_OFFICER@kbang-lo-ku}');
    perform pg_temp.person('disabled', '{OFFICE_STAT_OFFICER@kbang-lo-ku}');
    perform pg_temp.person('reader', '{OFFICE_STAT_OFFICER@kbang-lo-ku}');
    perform pg_temp.token(login) from app.account where login not in ('expired', 'reader');
    perform pg_temp.token('expired', p_expires => now() - interval '1 minute');
    perform pg_temp.token('reader', '{data:read}');
    update app.token set revoked_at = now() from app.account a where a.id = account_id and a.login = 'revoked';
    update app.account set disabled_at = now() where login = 'disabled';
end $$;
