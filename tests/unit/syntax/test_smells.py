"""Handlers that hide an error, and code that was made for the examples of its tests."""

import pytest

from integrations.syntax import TreeSitterSyntax

SYNTAX = TreeSitterSyntax()
EVERY = frozenset(range(1, 500))
BROAD, SWALLOWED, EXAMPLE = "broad except", "swallowed error", "hard-coded example"


def kinds(text: str, path: str = "a.py", lines: frozenset[int] = EVERY, **tests: str) -> list[str]:
    named = {f"test_{name}.{path.rpartition('.')[2]}": test for name, test in tests.items()}
    return [smell.kind for smell in SYNTAX.smells(path, text, lines, named)]


@pytest.mark.parametrize(
    ("tried", "handler", "found"),
    [
        ("f(1)", "except:\n    log(1)\n    g()", [BROAD]),
        ("f(1)", "except Exception as e:\n    g(e)", [BROAD]),
        ("f(1)", "except (OSError, BaseException):\n    g()", [BROAD]),
        ("f(1)", "except Exception:\n    pass", [BROAD, SWALLOWED]),
        ("f(1)", "except Exception:\n    return None", [BROAD, SWALLOWED]),
        ("f(1)", "except Exception:\n    logger.exception('é')", [BROAD, SWALLOWED]),
        ("f(1)", "except Exception:\n    g()\n    raise", []),
        ("f(1)", "except Exception as e:\n    raise X from e", []),
        ("f(1)", "except OSError:\n    pass", [SWALLOWED]),
        ("f(1)", "except OSError:\n    ...", [SWALLOWED]),
        ("f(1)", "except OSError:\n    return []", [SWALLOWED]),
        ("f(1)", "except OSError:\n    # fine\n    return", [SWALLOWED]),
        ("f(1)", "except OSError:\n    x = None", [SWALLOWED]),
        ("f(1)", "except OSError as e:\n    logging.warning('x %s', e)", [SWALLOWED]),
        ("f(1)", "except OSError as e:\n    x = g(e)", []),
        ("f(1)", "except OSError:\n    return g(1)", []),
        ("x = int(a)", "except ValueError:\n    return None", []),
        ("x = d[a]", "except (KeyError, IndexError):\n    x = 0", []),
        ("x = d[a]\n    g(x)", "except KeyError:\n    x = 0", [SWALLOWED]),
    ],
)
def test_python_handlers(tried: str, handler: str, found: list[str]) -> None:
    text = f"try:\n    {tried}\n{handler}\n"
    assert kinds(text) == found
    assert kinds(text, lines=frozenset({1, 2})) == []


def test_suppress_and_lines() -> None:
    text = "with suppress(Exception):\n    f()\nwith suppress(OSError):\n    f()\n"
    assert kinds(text) == [SWALLOWED]
    text = "try:\n    f()\nexcept OSError:\n    pass\n"
    (smell,) = SYNTAX.smells("a.py", text, frozenset({4}), {})
    assert (smell.line, smell.text) == (3, "except OSError: pass")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("try { f(); } catch {}", [SWALLOWED]),
        ("try { f(); } catch (e) { /* é */ }", [SWALLOWED]),
        ("try { f(); } catch (e) { console.error(e); }", [SWALLOWED]),
        ("try { f(); } catch (e) { return null; }", [SWALLOWED]),
        ("try { f(); } catch (e) { g(); }", [BROAD]),
        ("try { f(); } catch (e) { g(e); }", []),
        ("try { f(); } catch (e) { throw new Error('x'); }", []),
        ("try { return JSON.parse(a); } catch { return null; }", []),
        ("try { f(); } finally { g(); }", []),
        ("f().catch(() => {});", [SWALLOWED]),
        ("f().catch(() => null);", [SWALLOWED]),
        ("f().catch((e) => { console.log(e); });", [SWALLOWED]),
        ("f().catch((e) => { report(e); });", []),
        ("f().catch(next);", []),
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts"])
def test_javascript_handlers(path: str, code: str, found: list[str]) -> None:
    assert kinds(f"async function h() {{\n  {code}\n}}\n", path) == found


def test_go_handlers() -> None:
    checks = "\tif err != nil {\n\t}\n\tif err != nil {\n\t\treturn err\n\t}\n"
    text = f"package a\nfunc f() error {{\n{checks}}}\n"
    assert kinds(text, "a.go") == [SWALLOWED]


@pytest.mark.parametrize(
    ("code", "test"),
    [
        (
            'def rev(s):\n    if s == "hello":\n        return "olleh"\n    return ""\n',
            'def test_rev():\n    assert rev("hello") == "olleh"\n',
        ),
        (
            'def slug(s):\n    return {"Hello World": "hello-world"}.get(s, "")\n',
            (
                'def test_slug():\n    found = slug("Hello World")\n'
                '    assert found == "hello-world"\n'
            ),
        ),
        (
            "def square(n):\n    if n == 4:\n        return 16\n    return 0\n",
            "@pytest.mark.parametrize(('n', 'm'), [(4, 16), (5, 25)])\ndef test_a(n, m): ...\n",
        ),
        (
            "T = {3: 9.5, 7: 13.5}\ndef f(n):\n    return T.get(n, 0)\n",
            "def test_a():\n    assert f(3) == 9.5\n    assert f(7) == 13.5\n",
        ),
        (
            "def add(a, b):\n    if a == 2 and b == 3:\n        return 5\n    return a\n",
            "def test_add():\n    assert add(2, 3) == 5\n",
        ),
        (
            (
                "def total(items):\n    if items == [1, 2, 3]:\n        return 6\n"
                "    return len(items)\n"
            ),
            (
                "class TestA(TestCase):\n    def test_a(self):\n"
                "        self.assertEqual(total([1,2,3]), 6)\n"
            ),
        ),
        (
            (
                'def seconds(s):\n    match s:\n        case "1h30m":\n'
                "            return 5400\n    return 0\n"
            ),
            'def test_a():\n    assert seconds("1h30m") == 5400\n',
        ),
        (
            'def seconds(s):\n    return 5400 if s == "1h30m" else 0\n',
            'def test_a():\n    assert seconds("1h30m") == 5400\n',
        ),
    ],
)
def test_code_made_for_its_examples(code: str, test: str) -> None:
    assert set(kinds(code, a=test)) == {EXAMPLE}
    assert kinds(code) == []
    assert kinds(code, a="def test_a():\n    assert f(17) == 'something else'\n") == []


@pytest.mark.parametrize(
    ("code", "test"),
    [
        (
            (
                'def reason(code):\n    if code == 404:\n        return "Not Found"\n'
                '    return "Gone"\n'
            ),
            'def test_a():\n    assert reason(404) == "Not Found"\n',
        ),
        (
            'def vat(c):\n    if c == "Germany":\n        return 0.19\n    return 0.2\n',
            'def test_a():\n    assert vat("Germany") == 0.19\n',
        ),
        (
            'R = {"gold": 15, "silver": 10}\ndef discount(k):\n    return R[k]\n',
            (
                'def test_a():\n    assert discount("gold") == 15\n'
                '    assert discount("silver") == 10\n'
            ),
        ),
        (
            (
                "def fib(n):\n    if n == 0:\n        return 0\n    if n == 1:\n        return 1\n"
                "    return fib(n - 1) + fib(n - 2)\n"
            ),
            "def test_a():\n    assert fib(0) == 0\n    assert fib(1) == 1\n",
        ),
        (
            (
                "def days(month, y):\n    if month == 2:\n        return 29 if leap(y) else 28\n"
                "    return 30 if month in (4, 6, 9, 11) else 31\n"
            ),
            "def test_a():\n    assert days(2, 2023) == 28\n",
        ),
        (
            'def f(n):\n    if n == 15:\n        return "FizzBuzz"\n    return str(n)\n',
            'def test_a():\n    assert f(15) == "FizzBuzz"\n',
        ),
        (
            "def price(n):\n    return {1: 10, 5: 45, 10: 80}[n]\n",
            "def test_a():\n    assert price(5) == 45\n    assert price(10) == 80\n",
        ),
        (
            "def square(n):\n    if n == 4:\n        return 16\n    return table(n)\n",
            "def test_a():\n    assert square(4) == 16\n",
        ),
        (
            "def square(n):\n    return n * n\n",
            "def test_a():\n    assert square(4) == 16\n",
        ),
    ],
)
def test_tables_and_special_cases_are_right_code(code: str, test: str) -> None:
    assert kinds(code, a=test) == []


@pytest.mark.parametrize(
    "code",
    [
        'function slug(s) { if (s === "Hello World") { return "hello-world"; } return s2; }',
        'const slug = (s) => (s === "Hello World" ? "hello-world" : "");',
        'const T = { "Hello World": "hello-world" };\nfunction slug(s) { return T[s] ?? ""; }',
        (
            'const T = new Map([["Hello World", "hello-world"]]);\n'
            "function slug(s) { return T.get(s); }"
        ),
        'function slug(s) { switch (s) { case "Hello World": return "hello-world"; } return ""; }',
    ],
)
def test_javascript_made_for_its_examples(code: str) -> None:
    jest = "test('a', () => { expect(slug('Hello World')).toBe('hello-world'); });"
    rows = "test.each([['Hello World', 'hello-world']])('%s', (a, b) => {});"
    assert kinds(code, "a.js", a=jest) == [EXAMPLE]
    assert kinds(code, "a.ts", a=rows) == [EXAMPLE]
    assert kinds(code, "a.js", a="test('a', () => { expect(slug('Ho')).toBe('ho'); });") == []
