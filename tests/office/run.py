#!/usr/bin/python3
"""run.py URL PIPE LOCALE FOLDER: all checks, with the service at URL and the LibreOffice that listens on PIPE.

LOCALE is that of LibreOffice, by which figures are typed: vi-VN or en-US.  The commune differs by it, so that both can
follow each other.  Debian's Python, since that has the bridge to LibreOffice.
"""
import pathlib
import sys

from annotated import Annotated
from office import Office
from service import Checks, Service
from templates import RoundTrip

COMMUNES = {"vi-VN": ("loku", "kbang-lo-ku", ","), "en-US": ("konpne", "kbang-kon-pne", ".")}
FORMS = [("ktxh-thang", "2022-12"), ("ktxh-quy", "2022-Q2"), ("ktxh-quy", "2022-Q3"), ("ktxh-6-thang", "2022-H1"), ("ktxh-nam", "2022")]


def main():
    url, pipe, locale, folder = sys.argv[1:]
    login, unit, point = COMMUNES[locale]
    checks, calc, service = Checks(), Office(pipe), Service(url, login)
    for form, period in FORMS:
        RoundTrip(checks, calc, service, form, unit, period, pathlib.Path(folder), point).run()
    if locale == "vi-VN":
        Annotated(checks, calc, service, pathlib.Path(folder)).run()
    print(f"\n{checks.made} checks with LibreOffice in {locale}, {checks.wrong} wrong")
    sys.exit(1 if checks.wrong else 0)


main()
