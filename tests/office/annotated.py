"""Annotated workbooks: LibreOffice shows the faults where the answer says they are, and the rest as it was sent."""
import csv

import office
from service import CSV
from templates import NOTE, REASON, VALUE, Template

RED = 0xFFC7CE
HEADINGS = {"vi": "Chỗ cần sửa", "en": "What is wrong"}

# Faults of every column; two in one row, two in one cell; text that begins like a formula; a row that is good.
TABLE = """unit;period;indicator;value;numerator;denominator;missing_reason;status;note
kbang-lo-ku;2022-Q4;grain_output;1.234;;;;;
kbang-lo-ku;2022-Q4;livestock_pig;780;;;;;the one good row
kbang-kon-pne;2022-13;pigs;=1+1;;;;;"two lines
in a note"
kbang-lo-ku;2022-Q4;livestock_goat;1,5%;;;;;
kbang-lo-ku;2022-Q4;livestock_total;5;;;bận quá;gần đúng;
kbang-lo-ku;2022-Q4;births;7;;;;;
kbang-lo-ku;2022-Q4;births;8;;;;;«ký tự» <lạ> & "nháy"

kbang-lo-ku;2022;ntm_commune_criteria;;20;19;;;
kbang-lo-ku;2022-Q4;deaths;3 người;;;không áp dụng;;
"""


def table_of_calc(book):
    """A table as a commune draws it: a merged title, its figures from column C on, cells of every kind."""
    title = book.sheet.getCellRangeByName("C1:G1")
    title.merge(True)
    rows = {
        1: {3: "BIỂU 01 – CHỈ TIÊU THI ĐUA"},
        3: {3: "Mã chỉ tiêu", 4: "Kỳ báo cáo", 5: "Số liệu", 6: "Tử số", 7: "Mẫu số", 30: "Ghi chú"},
        4: {3: "grain_output", 4: "2022-Q4", 5: "=1/0"},
        5: {3: "sown_area", 4: "2022-Q4", 5: "=800+12"},
        6: {3: "livestock_pig", 4: "2022-Q4", 5: "1.110 con"},
        7: {3: "livestock_cattle", 4: "2022-Q4", 5: "50%"},
        8: {3: "livestock_goat", 4: "2022-Q4", 30: "để trống"},
        10: {3: "local_budget_revenue", 4: "2022-12", 5: "61"},
        11: {3: "vocational_trained", 4: "2022-Q9", 5: "5"},
        12: {3: "Cộng", 5: "=SUM(E5:E5)"},
        13: {5: "=SUM(E5:E5)"},
    }
    for row, cells in rows.items():
        for column, text in cells.items():
            book.type(row, column, text)
    put_date(book, 10, 4, (2022, 12, 1))
    put_date(book, 8, 5, (2022, 3, 14))


def put_date(book, row, column, day):
    cell = book.cell(row, column)
    cell.Formula = f"=DATE({day[0]};{day[1]};{day[2]})"
    cell.setValue(cell.Value)
    cell.NumberFormat = book.document.NumberFormats.getStandardFormat(2, book.document.CharLocale)


def faults_in_a_template(book):
    """What goes wrong in a template that is filled in: texts, decimals, reasons beside figures."""
    template = Template(book)
    for code, heading, text in (("livestock_pig", VALUE, "1.110 con"), ("livestock_cattle", VALUE, "=1/2"), ("births", REASON, "không áp dụng"),
                                ("births", VALUE, "7"), ("deaths", VALUE, "=NA()"), ("grain_output", VALUE, "=9000+7"), ("households_poor", NOTE, "sẽ bổ sung"),
                                ("sown_area", REASON, "mất sổ")):
        book.type(template.row[code], template.column[heading], text)
    book.recalculate()


class Annotated:
    """A file with faults, and the workbook that shows them."""

    def __init__(self, checks, calc, service, folder):
        self.checks, self.calc, self.service, self.folder = checks, calc, service, folder

    def run(self):
        table = self.folder / "table.csv"
        table.write_text(TABLE, encoding="utf-8")
        self.check("a CSV with faults in all columns", table, "", CSV, least=12)
        with self.calc.new() as book:
            table_of_calc(book)
            book.save(self.folder / "table.ods")
            sent = book.save(self.folder / "table.xlsx")
        self.check("a table drawn in LibreOffice", sent, "?unit=kbang-lo-ku&locale=vi", least=6)
        self.check("the same table, its good rows kept", sent, "?unit=kbang-lo-ku&locale=vi&mode=partial", least=6)
        empty = self.service.download("/v1/forms/ktxh-quy/template.xlsx?unit=kbang-lo-ku&period=2022-Q4", self.folder / "form.xlsx")
        with self.calc.open(empty) as book:
            faults_in_a_template(book)
            sent = book.save(self.folder / "form-filled.xlsx")
        self.check("a template filled in with faults", sent, "", least=5)

    def check(self, title, sent, parameters, media_type=None, least=1):
        answer = self.service.send(sent, parameters, *([media_type] if media_type else []))
        made = answer.json.get("import", answer.json)
        errors = answer.json["errors"]
        self.checks.title(f"Annotated: {title}: {len(errors)} faults ({sent.name}{parameters})")
        self.checks.same(f"there are at least {least} faults, of which all are told", (True, made["errors_total"]), (len(errors) >= least, str(len(errors))))
        for language, heading in HEADINGS.items():
            told = self.service.get(f"/v1/imports/{made['id']}", Accept_Language=language).json["errors"]
            copy = self.service.download(f"/v1/imports/{made['id']}/annotated.xlsx", self.folder / f"{sent.stem}-{made['id']}-{language}.xlsx",
                                         Accept_Language=language)
            with self.calc.open(copy) as book:
                self.check_marks(book, told, heading, language)
        with self.calc.open(copy) as book:
            self.check_content(sent, book, media_type)
        self.send_back(copy, parameters, errors)

    def check_marks(self, book, errors, heading, language):
        self.checks.same(f"{language}: no text has a gap", [], [e["detail"] for e in errors if "?" in e["detail"]])
        cells, rows = {}, {}
        for e in errors:
            if e.get("cell"):
                cells.setdefault(e["cell"], []).append(e["detail"])
            rows.setdefault(int(e["row"]), []).append((f"{e['cell']}: " if e.get("cell") else "") + e["detail"])
        marked = [office.name_of(*place) for place in book.places() if book.background(*place) == RED]
        self.checks.same(f"{language}: red are the cells of the faults, and no others ({len(marked)})", sorted(cells), sorted(marked))
        self.checks.same(f"{language}: the comment of each says what is wrong, all of it", {c: "\n".join(said) for c, said in cells.items()}, book.comments())
        last = book.size()[1]
        beside = {row: book.content(row, last) for row in range(1, book.size()[0] + 1) if book.content(row, last)}
        headed = [row for row, said in beside.items() if said == heading]
        self.checks.same(f"{language}: the last column is headed «{heading}», above the faults", True, len(headed) == 1 and headed[0] < min(rows))
        beside.pop(headed[0] if headed else None, None)
        self.checks.same(f"{language}: beside each row stands what is wrong in it ({len(rows)} rows)", {r: "\n".join(said) for r, said in rows.items()}, beside)

    def check_content(self, sent, book, media_type):
        """Everything else is as it was sent: numbers are numbers, texts are texts, formulas give what they gave."""
        last = book.size()[1]
        found = {place: shown(book, place) for place in book.places() if place[1] < last}
        expected = dict.fromkeys(found) | (self.read_csv() if media_type == CSV else self.read_book(sent))
        named = {office.name_of(*place): value for place, value in expected.items()}
        self.checks.same(f"every other cell is as it was sent ({sum(v is not None for v in named.values())})", named,
                         {office.name_of(*place): value for place, value in found.items()})

    def read_csv(self):
        lines = {}
        for row, cells in enumerate(csv.reader(TABLE.splitlines(keepends=True), delimiter=";"), 1):
            lines |= {(row, column): text or None for column, text in enumerate(cells, 1)}
        return lines

    def read_book(self, path):
        with self.calc.open(path) as book:
            return {place: shown(book, place) for place in book.places() if shown(book, place) is not None}

    def send_back(self, copy, parameters, errors):
        """Nothing was corrected: the copy has the very faults of the file."""
        answer = self.service.send(copy, parameters)
        self.checks.same("the copy sent back has the same faults, and no new ones", brief(errors), brief(answer.json["errors"]))


def shown(book, place):
    """What a cell holds; of an error its name, since a copy cannot compute."""
    content = book.content(*place)
    return book.cell(*place).String if book.cell(*place).getError() else content


def brief(errors):
    """An error comes back as its text: what writes the copies, libxlsxwriter, writes no error values."""
    return [(e.get("row"), e.get("cell"), e["code"].replace("cell-error", "unreadable-number")) for e in errors]
