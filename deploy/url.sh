# shellcheck shell=bash
# url.sh: taking a PostgreSQL URL apart, scheme://user:password@host:port/database?name=value.  Sourced, not run.

url_authority() { # URL: user:password@host:port
    local rest=${1#*://}
    printf '%s' "${rest%%[/?]*}"
}

url_user_and_password() {
    local authority
    authority=$(url_authority "$1")
    [[ $authority != *@* ]] || printf '%s' "${authority%@*}"
}

# The password itself, its %XX decoded; nothing when there is none.
url_password() {
    local text
    text=$(url_user_and_password "$1")
    [[ $text == *:* ]] || return 0
    text=${text#*:}
    text=${text//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}

url_without_password() {
    local user
    user=$(url_user_and_password "$1")
    printf '%s' "${1/"$user@"/"${user%%:*}@"}"
}

# Only where the database is.
url_without_user() {
    local url user name kept=()
    user=$(url_user_and_password "$1")
    url=${1/"$user@"/}
    while IFS= read -r name; do
        [[ $name =~ ^(user|password|passfile)=|^$ ]] || kept+=("$name")
    done < <([[ $url != *\?* ]] || tr '&' '\n' <<<"${url#*\?}")
    url=${url%%\?*}
    [ ${#kept[@]} -eq 0 ] || url+="?$(IFS='&' && printf '%s' "${kept[*]}")"
    printf '%s' "$url"
}

url_with() { # URL, name=value
    local separator='?'
    [[ $1 != *\?* ]] || separator='&'
    printf '%s%s%s' "$1" "$separator" "$2"
}
