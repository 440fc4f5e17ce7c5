"""LibreOffice Calc behind its UNO bridge: what an officer does with a workbook, and what is seen there.

Rows and columns count from 1, as in the service's answers; cells are named as the sheet shows them, D19.
"""
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table.CellContentType import EMPTY, FORMULA, TEXT, VALUE

FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".pdf": "calc_pdf_Export"}
STARTS_WITHIN = 120  # seconds; the first start writes a profile


def name_of(row, column):
    """D19 of row 19, column 4."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def option(name, value):
    return PropertyValue(Name=name, Value=value)


def url_of(path):
    return uno.systemPathToFileUrl(str(path))


class Office:
    """A LibreOffice that listens on a pipe."""

    def __init__(self, pipe):
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def open(self, path):
        return Book(self.desktop.loadComponentFromURL(url_of(path), "_blank", 0, (option("Hidden", True),)))

    def new(self):
        return Book(self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, (option("Hidden", True),)))


class Book:
    """A workbook that is open; closed at the end of `with`."""

    def __init__(self, document):
        if document is None:
            raise RuntimeError("LibreOffice does not open the file")
        self.document = document
        self.sheet = document.Sheets.getByIndex(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.document.close(True)

    def cell(self, row, column):
        return self.sheet.getCellByPosition(column - 1, row - 1)

    def size(self):
        """The last row and column that are used."""
        cursor = self.sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        return cursor.RangeAddress.EndRow + 1, cursor.RangeAddress.EndColumn + 1

    def places(self):
        rows, columns = self.size()
        return [(row, column) for row in range(1, rows + 1) for column in range(1, columns + 1)]

    def type(self, row, column, text):
        """As from the keyboard: what is a number is one, by the locale that LibreOffice runs in."""
        self.cell(row, column).FormulaLocal = text

    def choices(self, row, column):
        """What the drop-down of a cell offers."""
        listed = self.cell(row, column).Validation.getFormula1()
        return [choice.strip('"') for choice in listed.split(";")] if listed else []

    def is_free(self, row, column):
        return not self.cell(row, column).CellProtection.IsLocked

    def background(self, row, column):
        return self.cell(row, column).CellBackColor

    def comments(self):
        """{"D19": "what stands in the comment"}"""
        notes = self.sheet.Annotations
        found = (notes.getByIndex(i) for i in range(notes.Count))
        return {name_of(note.Position.Row + 1, note.Position.Column + 1): note.String for note in found}

    def content(self, row, column):
        """None, a number, or a text; of a formula, what it comes to."""
        cell = self.cell(row, column)
        kind = cell.FormulaResultType2 if cell.Type == FORMULA else cell.Type
        if kind in (EMPTY, 0):
            return None
        return cell.Value if kind in (VALUE, 1) else cell.String or None

    def is_formula(self, row, column):
        return self.cell(row, column).Type == FORMULA

    def is_text(self, row, column):
        return self.cell(row, column).Type == TEXT

    def errors(self):
        """Names of the cells that LibreOffice shows an error in."""
        return [name_of(*place) for place in self.places() if self.cell(*place).getError()]

    def recalculate(self):
        self.document.calculateAll()

    def save(self, path):
        self.document.storeToURL(url_of(path), (option("FilterName", FILTERS[path.suffix]),))
        return path
