"""Templates: filled in by LibreOffice and sent back, every figure arrives to the digit."""
from decimal import Decimal

import office

CODE, NAME, BEFORE, VALUE = "Mã chỉ tiêu", "Chỉ tiêu", "Kỳ trước", "Số liệu"
NUMERATOR, DENOMINATOR, REASON, NOTE = "Tử số", "Mẫu số", "Lý do không có", "Ghi chú"
YELLOW = 0xFFF9E5
REASONS = {"không có số liệu": "not_available", "chưa thu thập": "not_collected", "không áp dụng": "not_applicable",
           "bảo mật": "confidential"}

# By decimals: figures that binary numbers do not hold exactly, zero, and some that are long.
FIGURES = {
    0: ["1110", "7", "0", "12345678", "831"],
    1: ["9007.4", "0.1", "1234567.9", "61.2", "0.3"],
    2: ["0.07", "99999.99", "32.05", "1.15"],
}
SPECIAL = {  # of some lines: why there is no figure, or nothing at all
    "livestock_goat": {"reason": "chưa thu thập"},
    "land_cert_area": {"reason": "bảo mật", "note": "Sẽ có sau; «chưa xong»"},
    "boarding_school_standard": {"reason": "không áp dụng"},
    "households_water": {},
}
FORMULAS = {"sown_area": ("=9000+7.4", "9007.4")}  # typed as a sum
GROUPED = {"population_avg": "12345"}  # typed with a separator of thousands


def entry_of(line, turn):
    """What is typed for a line of a form: {heading: text}, with a point before decimals."""
    code = line["indicator"]
    if code in SPECIAL:
        said = SPECIAL[code]
        return {heading: said[member] for heading, member in ((REASON, "reason"), (NOTE, "note")) if member in said}
    if line["entry"] == "pair":
        return {NUMERATOR: str(11 + turn % 5), DENOMINATOR: line["pair_of"]}
    if line["value_type"] == "boolean":
        return {VALUE: turn % 4 < 2}
    figures = FIGURES[int(line["decimals"])]
    typed = {VALUE: FORMULAS.get(code, [None])[0] or GROUPED.get(code) or figures[turn % len(figures)]}
    if turn % 4 == 1:
        typed[NOTE] = f"Ghi chú số {turn}: \"ước\" & <tạm>, 50% của xã Đăk Rong"
    return typed


def expected_of(line, typed):
    """The members of the submission's value that say the same."""
    code = line["indicator"]
    value = FORMULAS[code][1] if code in FORMULAS else typed.get(VALUE)
    return {"value": value, "numerator": typed.get(NUMERATOR), "denominator": typed.get(DENOMINATOR),
            "missing_reason": REASONS.get(typed.get(REASON)), "note": typed.get(NOTE)}


def plan_of(form):
    """{code: (line, typed)} of every line of the form."""
    return {line["indicator"]: (line, entry_of(line, turn)) for turn, line in enumerate(form["indicators"])}


class Template:
    """A template that is open in LibreOffice."""

    def __init__(self, book):
        rows, columns = book.size()
        self.book = book
        self.heading = next(row for row in range(1, rows + 1) if book.content(row, 1) == CODE)
        self.column = {book.content(self.heading, c): c for c in range(1, columns + 1)}
        self.rows = range(self.heading + 1, rows + 1)
        self.row = {self.at(row, CODE): row for row in self.rows if self.at(row, CODE)}

    def at(self, row, heading):
        return self.book.content(row, self.column[heading])

    def computed_rows(self):
        return [row for row in self.rows if row not in self.row.values()]

    def free(self):
        """{code or name: headings of the cells that can be filled in}"""
        return {self.at(row, CODE) or self.at(row, NAME): {h for h, c in self.column.items() if self.book.is_free(row, c)}
                for row in self.rows}

    def fill(self, plan, point):
        for code, (_, typed) in plan.items():
            for heading, text in typed.items():
                self.fill_cell(self.row[code], self.column[heading], text, point)

    def fill_cell(self, row, column, text, point):
        """Choices are taken from the drop-down, figures typed as the locale writes them, texts as they are."""
        if isinstance(text, bool):
            self.book.type(row, column, self.book.choices(row, column)[0 if text else 1])
        elif column in (self.column[REASON], self.column[NOTE]):
            self.book.type(row, column, text)
        else:
            self.book.type(row, column, localized(text, point))

    def computed(self):
        """{name: what the formula comes to}, None where it shows nothing."""
        return {self.at(row, NAME): self.at(row, VALUE) for row in self.computed_rows()}


def localized(text, point):
    """12345 as 12.345 and 9007.4 as 9007,4, or 12,345 and 9007.4."""
    if text in GROUPED.values():
        return text[:-3] + ("." if point == "," else ",") + text[-3:]
    return text.replace(".", point)


def decimal_of(number):
    """The shortest digits that mean this binary number: what a spreadsheet shows."""
    return number if number is None or isinstance(number, str) else Decimal(repr(number)).normalize()


class RoundTrip:
    """One form, unit and period."""

    def __init__(self, checks, calc, service, form, unit, period, folder, point):
        self.checks, self.calc, self.service, self.point = checks, calc, service, point
        self.unit, self.period, self.folder = unit, period, folder
        self.form = service.get(f"/v1/forms/{form}?as_of=2022-12-14").json
        kind = service.get(f"/v1/units/{unit}").json["kind"]
        self.form["indicators"] = [x for x in self.form["indicators"] if kind in x["applies_to"]]
        self.address = f"/v1/forms/{form}/template.xlsx?unit={unit}&period={period}"
        self.plan = plan_of(self.form)

    def path(self, name):
        return self.folder / f"{self.form['code']}-{self.period}-{name}"

    def submission(self):
        found = self.service.get(f"/v1/submissions?unit={self.unit}&period={self.period}").json["items"]
        mine = [item for item in found if item["form"] == self.form["code"]]
        return self.service.get(f"/v1/submissions/{mine[0]['id']}")

    def run(self):
        self.checks.title(f"{self.form['code']} of {self.unit}, {self.period}: {len(self.plan)} lines")
        self.look_and_fill()
        self.send_filled()
        self.send_again()
        self.correct_in_ods()
        self.type_over_a_formula()

    # What LibreOffice shows, and what it lets an officer do ------------------------------------------------

    def look_and_fill(self):
        with self.calc.open(self.service.download(self.address, self.path("empty.xlsx"))) as book:
            template = Template(book)
            self.checks.same("the lines are those of the form, in its order", list(self.plan), list(template.row))
            self.check_free_cells(template)
            self.check_protection(template)
            self.check_choices(template)
            self.check_before(template)
            template.fill(self.plan, self.point)
            book.recalculate()
            self.checks.same("no cell shows an error", [], book.errors())
            self.shown = template.computed()
            book.save(self.path("filled.xlsx"))

    def check_free_cells(self, template):
        expected = {template.at(row, NAME): set() for row in template.computed_rows()}
        for code, (line, _) in self.plan.items():
            figures = {NUMERATOR, DENOMINATOR} if line["entry"] == "pair" else {VALUE}
            expected[code] = figures | {REASON, NOTE}
        self.checks.same("free to be filled in are its figures, reason and note, and nothing of what is computed", expected, template.free())
        yellow = [place for place in template.book.places() if template.book.background(*place) == YELLOW]
        self.checks.same("the free cells are the yellow ones", [p for p in template.book.places() if template.book.is_free(*p)], yellow)

    def check_protection(self, template):
        rows, columns = template.book.size()
        locked = [(r, c) for r in range(1, rows + 1) for c in range(1, columns + 1) if not template.book.is_free(r, c)]
        before = {place: template.book.cell(*place).Formula for place in locked}
        for place in locked:
            template.book.type(*place, "999")
        after = {place: template.book.cell(*place).Formula for place in locked}
        self.checks.same(f"typing into the {len(locked)} other cells changes none of them", before, after)

    def check_choices(self, template):
        book, column = template.book, template.column
        offered = {code: book.choices(row, column[REASON]) for code, row in template.row.items()}
        self.checks.same("every line offers the reasons", {code: list(REASONS) for code in self.plan}, offered)
        truths = {code: book.choices(template.row[code], column[VALUE]) for code, (line, _) in self.plan.items()}
        self.checks.same("what is met or not is a drop-down", {
            code: ["đạt", "chưa đạt"] if line["value_type"] == "boolean" else [] for code, (line, _) in self.plan.items()}, truths)

    def check_before(self, template):
        periods = {"2022-Q3": "2022-Q2"}
        if self.period not in periods:
            return
        found = {code: decimal_of(template.at(row, BEFORE)) for code, row in template.row.items()}
        plan = plan_of(self.form)
        expected = {code: None if x is None else Decimal(x).normalize()
                    for code, x in ((code, expected_of(*said)["value"]) for code, said in plan.items())}
        expected["livestock_goat"] = Decimal("920")  # corrected
        self.checks.same("the period before shows the figures that were sent for it", expected, found)

    # What arrives -------------------------------------------------------------------------------------------

    def send(self, path, sentence, **counts):
        answer = self.service.send(path)
        rows = (answer.json or {}).get("rows") or (answer.json or {}).get("import", {}).get("rows", {})
        zero = dict.fromkeys(("created", "updated", "unchanged", "deleted", "rejected", "faulty"), "0")
        expected = {**zero, "read": str(len(self.plan)), **{name: str(count) for name, count in counts.items()}}
        errors = [f"{e.get('cell') or e.get('pointer')} {e['code']}" for e in (answer.json or {}).get("errors", [])]
        self.checks.same(sentence, {"status": 201, "locale": "vi", "errors": [], **expected},
                         {"status": answer.status, "locale": (answer.json or {}).get("locale"), "errors": errors, **rows})

    def send_filled(self):
        created = sum(1 for _, typed in self.plan.values() if typed)
        self.send(self.path("filled.xlsx"), f"saved as .xlsx and sent: {created} figures are created", created=created,
                  unchanged=len(self.plan) - created)
        self.check_figures("every figure, reason and note arrives to the digit")
        self.check_computed("what LibreOffice computes is what the service computes")

    def check_figures(self, sentence):
        expected = {code: expected_of(*said) for code, said in self.plan.items() if said[1]}
        found = {v["indicator"]: {m: v[m] for m in ("value", "numerator", "denominator", "missing_reason", "note")}
                 for v in self.submission().json["values"] if not v["computed"]}
        for code, said in self.plan.items():
            if said[0]["entry"] == "pair":
                found.get(code, {})["value"] = None  # it is the numerator
        self.checks.same(f"{sentence} ({len(found)})", expected, found)

    def check_computed(self, sentence):
        figures = {v["name"]: Decimal(v["value"]).normalize() for v in self.submission().json["values"] if v["computed"] and v["value"] is not None}
        shown = {name: decimal_of(value) for name, value in self.shown.items()}
        self.checks.same(f"{sentence} ({sum(v is not None for v in shown.values())} of {len(shown)} lines show a figure)",
                         {name: figures.get(name) for name in shown}, shown)

    def unchanged(self, path, sentence):
        etag = self.submission().headers["ETag"]
        self.send(path, sentence, unchanged=len(self.plan))
        self.checks.same("… and the submission is the version it was", etag, self.submission().headers["ETag"])

    # The same again, by other ways --------------------------------------------------------------------------

    def convert(self, source, target):
        with self.calc.open(self.path(source)) as book:
            book.save(self.path(target))
        return self.path(target)

    def send_again(self):
        self.unchanged(self.path("filled.xlsx"), "the same file again: all unchanged")
        self.convert("filled.xlsx", "filled.ods")
        refused = self.service.send(self.path("filled.ods"))
        self.checks.same("the .ods itself is refused as such", (422, ["opendocument-workbook"]), (refused.status, [e["code"] for e in refused.json["errors"]]))
        self.unchanged(self.convert("filled.ods", "by-ods.xlsx"), "by way of .ods: all unchanged")
        self.service.download(self.address, self.path("fresh.xlsx"))
        self.unchanged(self.path("fresh.xlsx"), "the template downloaded now, as it is: all unchanged")
        self.unchanged(self.convert("fresh.xlsx", "fresh-saved.xlsx"), "… opened and saved by LibreOffice: all unchanged")

    def correct_in_ods(self):
        """In the .ods: a figure where there was a reason, and a cell emptied, which says nothing."""
        with self.calc.open(self.path("filled.ods")) as book:
            template = Template(book)
            row = template.row["livestock_goat"]
            book.type(row, template.column[REASON], "")
            book.type(row, template.column[VALUE], "920")
            book.type(template.row["livestock_pig"], template.column[VALUE], "")
            book.recalculate()
            self.checks.same("a total shows nothing while a part is missing", None, template.computed()["Tổng đàn gia súc"])
            pigs = expected_of(*self.plan["livestock_pig"])["value"]
            book.type(template.row["livestock_pig"], template.column[VALUE], pigs)
            book.recalculate()
            self.shown = template.computed()
            book.type(template.row["livestock_pig"], template.column[VALUE], "")
            book.save(self.path("corrected.ods"))
        self.plan["livestock_goat"] = (self.plan["livestock_goat"][0], {VALUE: "920"})
        self.send(self.convert("corrected.ods", "corrected.xlsx"), "corrected in the .ods: one figure updated, what was emptied stays",
                  updated=1, unchanged=len(self.plan) - 1)
        self.check_figures("the corrected figure is there, and all others")
        self.check_computed("its total follows, in LibreOffice as in the service")

    def type_over_a_formula(self):
        """Whoever takes the protection off and types over a formula is told at that cell; nothing is kept."""
        with self.calc.open(self.path("filled.xlsx")) as book:
            template = Template(book)
            row, column = template.computed_rows()[0], template.column[VALUE]
            book.sheet.unprotect("")
            book.type(row, column, "5")
            book.save(self.path("typed-over.xlsx"))
        etag = self.submission().headers["ETag"]
        answer = self.service.send(self.path("typed-over.xlsx"))
        self.checks.same("a figure typed over a formula is refused in its row", {"status": 422, "rows": [str(row)], "cells": [office.name_of(row, 1)]},
                         {"status": answer.status, "rows": [e.get("row") for e in answer.json["errors"]],
                          "cells": [e.get("cell") for e in answer.json["errors"]]})
        self.checks.same("… and nothing is changed", etag, self.submission().headers["ETag"])
