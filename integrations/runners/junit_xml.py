"""JUnit XML of any origin, as facts; hostile XML is no report.

The text comes out of a sandbox: declarations of types and entities are refused, and it is read as
a stream, so that only what tells of a test is ever kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from integrations.runners.bounds import RESULTS

_CHARACTERS = 32 * 1024 * 1024
_ELEMENTS = 400_000
_DEPTH = 50
_VERDICTS = {"failure", "error", "skipped"}
_VERDICTS_OF_ONE = 10
_TEXT_CHARACTERS = 4_000
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Not allowed in XML; some runners write it nevertheless."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An element below a test case."""

    kind: str
    """``failure``, ``error``, ``skipped``."""
    type: str
    message: str
    text: str
    """Of a long text, its beginning and its end."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; what is not told is empty."""

    name: str
    classname: str
    file: str
    suites: tuple[str, ...]
    """Names of the test suites around it, the outermost first."""
    verdicts: tuple[Verdict, ...] = ()


@dataclass(slots=True)
class Document:
    """What a file tells, in its order."""

    name: str = ""
    """Of ``testsuites``."""
    properties: set[str] = field(default_factory=set)
    """Names of the properties of its suites."""
    cases: list[Case] = field(default_factory=list)


def parsed(report: str) -> Document | None:
    """None for what is not JUnit XML, is broken, or declares entities; of very many, the first."""
    if len(report) > _CHARACTERS or not report.lstrip("\ufeff \t\r\n").startswith("<"):
        return None
    target = _Target()
    parser = XMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(_ILLEGAL.sub("", report.lstrip("\ufeff \t\r\n")))
        parser.close()
    except _EnoughError:
        pass
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return target.document if target.is_junit else None


class _EnoughError(Exception):
    """There is more than is read."""


class _Target:
    """Takes the parser's calls; keeps only what is inside of test cases."""

    def __init__(self) -> None:
        self.document = Document()
        self.is_junit = False
        self._path: list[str] = []
        self._suites: list[str] = []
        self._elements = 0
        self._case: Mapping[str, str] = {}
        self._verdicts: list[Verdict] = []
        self._told: Mapping[str, str] = {}
        self._text: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._path.append(tag)
        self._elements += 1
        if len(self._path) > _DEPTH or self._elements > _ELEMENTS:
            raise _EnoughError
        if len(self._path) == 1:
            self.is_junit = tag in {"testsuites", "testsuite"}
            self.document.name = attributes.get("name", "") if tag == "testsuites" else ""
        if tag == "testsuite":
            self._suites.append(attributes.get("name", "")[:_TEXT_CHARACTERS])
        elif tag == "testcase":
            self._case, self._verdicts = attributes, []
        elif tag == "property":
            self.document.properties.add(attributes.get("name", "")[:_TEXT_CHARACTERS])
        elif self._is_verdict():
            self._told, self._text = attributes, []

    def data(self, text: str) -> None:
        """A piece of text."""
        if self._is_verdict():
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._is_verdict() and len(self._verdicts) < _VERDICTS_OF_ONE:
            self._verdicts.append(_verdict(tag, self._told, "".join(self._text)))
        self._path.pop()
        if tag == "testsuite":
            self._suites.pop()
        elif tag == "testcase":
            self._keep()

    def close(self) -> None:
        """The text ends."""

    def _is_verdict(self) -> bool:
        return self._path[-2:-1] == ["testcase"] and self._path[-1] in _VERDICTS

    def _keep(self) -> None:
        name, classname, file = (
            self._case.get(key, "")[:_TEXT_CHARACTERS] for key in ("name", "classname", "file")
        )
        case = Case(name, classname, file, tuple(self._suites), tuple(self._verdicts))
        self.document.cases.append(case)
        if len(self.document.cases) >= RESULTS:
            raise _EnoughError


def _verdict(kind: str, told: Mapping[str, str], text: str) -> Verdict:
    if len(text) > _TEXT_CHARACTERS:
        text = f"{text[: _TEXT_CHARACTERS // 2]}\n{text[-_TEXT_CHARACTERS // 2 :]}"
    message = told.get("message", "")[:_TEXT_CHARACTERS]
    return Verdict(kind, told.get("type", "")[:_TEXT_CHARACTERS], message, text)
