"""Which tests a file holds, and what each of their assertions looks at."""

import pytest

from integrations.syntax import TreeSitterSyntax
from worker.domain.source import Check, TestFacts

SYNTAX = TreeSitterSyntax()
VALUE, RAISES, MEMBER = Check.VALUE, Check.RAISES, Check.MEMBERSHIP
TYPE, TRUTH, CONSTANT = Check.TYPE, Check.TRUTH, Check.CONSTANT
BOUND, MIRROR = Check.BOUND, Check.MIRROR


def facts(text: str, path: str = "test_x.py") -> dict[str, TestFacts]:
    return {fact.name: fact for fact in SYNTAX.tests(path, text)}


@pytest.mark.parametrize(
    ("assertion", "check"),
    [
        ("assert f(1) == 2", VALUE),
        ("assert f(1) == pytest.approx(2)", VALUE),
        ("assert 0 < f(1) < 3", TRUTH),
        ("assert 0 < f(1) < n", VALUE),
        ("assert f(1) > 0", BOUND),
        ("assert f(1) >= -1.5", BOUND),
        ("assert f(ValueError('error')) < 10", BOUND),
        ("assert len(f(1)) > 100", BOUND),
        ("assert f(1) > 0 and f(1) == 2", VALUE),
        ("assert f(1) > n", VALUE),
        ("assert elapsed < 2", VALUE),
        ("assert abs(f(1) - 2) < 0.1", VALUE),
        ("assert f(1) - f(2) > 0", VALUE),
        ("assert f(1) is None", VALUE),
        ("assert f(1) is True", VALUE),
        ("assert await f(1) == 2", VALUE),
        ("assert (x := f(1)) == 2", VALUE),
        ("assert 'text' in f(1)", VALUE),
        ("assert 'text' not in f(1)", VALUE),
        ("assert f(1) in f(2)", VALUE),
        ("assert f(1) in {2}", VALUE),
        ("assert is_valid(x)", VALUE),
        ("assert not is_valid(x)", VALUE),
        ("assert x.startswith('a')", VALUE),
        ("assert cart.has_items()", VALUE),
        ("assert user.is_active", VALUE),
        ("assert order.cancelled", VALUE),
        ("assert result.ok", VALUE),
        ("assert all(n > 0 for n in f(1))", VALUE),
        ("assert f(1) == 1 and isinstance(f(1), int)", VALUE),
        ("assert re.fullmatch('a+', f(1))", VALUE),
        ("assert f(1) in {'a', 'b'}", MEMBER),
        ("assert f(1) in ('a', 'b'), 'said'", MEMBER),
        ("assert f(1) not in ['a', 'b']", MEMBER),
        ("assert f(1) in Verdict", MEMBER),
        ("assert f(1) in list(Verdict)", MEMBER),
        ("assert f(1) in set(Verdict.__members__)", MEMBER),
        ("assert f(1) in {v.value for v in Verdict}", MEMBER),
        ("assert f(1) in get_args(Verdict)", MEMBER),
        ("assert f(1) in typing.get_args(kinds)", MEMBER),
        ("assert f(1) in {Verdict.A, Verdict.B}", MEMBER),
        ("assert f(1) in module.ALLOWED", MEMBER),
        ("allowed = {'a', 'b'}; assert f(1) in allowed", MEMBER),
        ("assert f(1) == 'a' or f(1) == 'b'", MEMBER),
        ("assert isinstance(f(1), int)", TYPE),
        ("assert f(1) is not None", TYPE),
        ("assert f(1) != None", TYPE),
        ("assert callable(f)", TYPE),
        ("assert hasattr(x, 'a')", TYPE),
        ("assert type(f(1)) is int", TYPE),
        ("assert type(f(1)) == int", TYPE),
        ("assert all(isinstance(n, int) for n in f(1))", TYPE),
        ("assert f(1)", TRUTH),
        ("assert not f(1)", TRUTH),
        ("assert result", TRUTH),
        ("assert x.value", TRUTH),
        ("assert len(f(1)) > 0", TRUTH),
        ("assert f(1) != []", TRUTH),
        ("result = compute(1); assert result", TRUTH),
        ("fits = x > 1; assert fits", VALUE),
        ("assert True", CONSTANT),
        ("assert 1 == 1", CONSTANT),
        ("assert 'a' in 'abc'", CONSTANT),
        ("assert len([1, 2]) == 2", CONSTANT),
        ("assert f(1) == f( 1 )", CONSTANT),
        ("assert (f(1) == 2, 'said')", CONSTANT),
        ("assert len(x) >= 0", CONSTANT),
        ("self.assertEqual(f(1), 2)", VALUE),
        ("self.assertEqual(f(1), f(1))", CONSTANT),
        ("self.assertAlmostEqual(f(1), 2)", VALUE),
        ("self.assertIsNone(f(1))", VALUE),
        ("self.assertTrue(f(1) > 2)", BOUND),
        ("self.assertTrue(is_valid(x))", VALUE),
        ("self.assertTrue(f(1))", TRUTH),
        ("self.assertTrue(True)", CONSTANT),
        ("self.assertIn(f(1), (A, B))", MEMBER),
        ("self.assertIn('a', f(1))", VALUE),
        ("self.assertIsInstance(f(1), int)", TYPE),
        ("self.assertIsNotNone(f(1))", TYPE),
        ("self.assertRaises(ValueError, f, 1)", RAISES),
        ("mock.assert_called_once_with(1)", VALUE),
        ("mock.assert_not_called()", VALUE),
        ("mock.assert_called()", TRUTH),
        ("np.testing.assert_allclose(f(1), 2)", VALUE),
        ("assert_frame(f(1), 2)", VALUE),
        ("pytest.raises(ValueError, f, 1)", RAISES),
        ("pytest.raises(Exception, f)", TRUTH),
        ("pytest.raises(Exception, match='said')", RAISES),
    ],
)
def test_what_a_python_assertion_looks_at(assertion: str, check: Check) -> None:
    text = f"async def test_a(self):\n    x = 1\n    {assertion}\n"
    assert facts(text)["test_a"].checks == (check,), assertion


def test_with_raises_and_failing_by_hand() -> None:
    text = """def test_a():
    with pytest.raises(ValueError) as caught:
        f(0)
    assert str(caught.value) == "né"
    if f(1) > 2:
        pytest.fail("said")
"""
    assert facts(text)["test_a"].checks == (RAISES, VALUE, VALUE)


def test_names_are_those_of_pytest() -> None:
    text = """# é
import unittest

@pytest.mark.parametrize("a", [1, 2])
def test_one(a):
    assert f(a) == a

class TestCart:
    class TestInner:
        async def test_deep(self): assert f(1) == 2
    def test_total(self): assert f(1) == 2
    def helper(self): assert f(1)

class CartCase(unittest.TestCase):
    def test_a(self): self.assertEqual(f(1), 2)

class More(CartCase):
    def test_b(self): self.assertEqual(f(1), 2)

class Other:
    def test_c(self): assert f(1) == 2

if True:
    def test_two(): pass

def helper(): assert f(1)
"""
    found = facts(text)
    assert list(found) == [
        *("test_one", "TestCart::TestInner::test_deep", "TestCart::test_total"),
        *("CartCase::test_a", "More::test_b", "test_two"),
    ]
    assert [fact.line for fact in found.values()] == [5, 10, 11, 15, 18, 24]
    assert found["test_two"].checks == ()


def test_checks_of_helpers_in_the_file_count() -> None:
    text = """def check(x):
    inner(x)
    check(x)

def inner(x):
    assert x in {"a", "b"}

class TestA:
    def expect(self, x): assert x == 1
    def test_a(self):
        check(f(1))
        self.expect(f(1))
    def test_b(self):
        g(1)
"""
    found = facts(text)
    assert found["TestA::test_a"].checks == (VALUE, MEMBER)
    assert found["TestA::test_b"].checks == ()


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("assert overlaps(a)", "assert not overlaps(b)"),
        ("assert a.overlaps(b)", "self.assertFalse(overlaps(b))"),
        ("self.assertTrue(overlaps(a))", "assert not await overlaps(b)"),
    ],
)
def test_what_must_be_true_here_and_false_there_is_a_boolean(yes: str, no: str) -> None:
    text = "async def test_a(self):\n    {}\n\nasync def test_b(self):\n    {}\n"
    assert {fact.checks for fact in facts(text.format(yes, no)).values()} == {(VALUE,)}
    assert {fact.checks for fact in facts(text.format(yes, yes)).values()} == {(TRUTH,)}
    assert {fact.checks for fact in facts(text.format(no, no)).values()} == {(TRUTH,)}


def test_the_same_in_javascript() -> None:
    text = "test('a', () => { assert(overlaps(a)); assert.ok(!overlaps(b)); });"
    assert facts(text, "a.js")["a"].checks == (VALUE, VALUE)
    assert facts(text.replace("!", ""), "a.js")["a"].checks == (TRUTH, TRUTH)


@pytest.mark.parametrize(
    ("body", "swallows"),
    [
        ("try:\n        assert f(1) == 2\n    except Exception:\n        pass", True),
        ("try:\n        assert f(1) == 2\n    except:\n        print('x')", True),
        (
            "try:\n        assert f(1) == 2\n    except (OSError, AssertionError):\n        return",
            True,
        ),
        ("with contextlib.suppress(Exception):\n        assert f(1) == 2", True),
        ("try:\n        helper()\n    except Exception:\n        pass", True),
        ("try:\n        assert f(1) == 2\n    except Exception:\n        raise", False),
        ("try:\n        assert f(1) == 2\n    except Exception:\n        pytest.fail('x')", False),
        ("try:\n        assert f(1) == 2\n    except ValueError:\n        pass", False),
        ("try:\n        f(1)\n    except Exception as e:\n        assert str(e) == 'x'", False),
        ("with contextlib.suppress(OSError):\n        assert f(1) == 2", False),
        ("try:\n        f(1)\n    except Exception:\n        pass\n    assert f(1) == 2", False),
    ],
)
def test_swallowed_assertions(body: str, swallows: bool) -> None:
    text = f"def helper():\n    assert f(2) == 3\n\ndef test_a():\n    {body}\n"
    assert facts(text)["test_a"].swallows is swallows


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.skip\ndef test_a(): assert f(1) == 2",
        "@pytest.mark.skipif(sys.platform == 'x', reason='y')\ndef test_a(): assert f(1) == 2",
        "@pytest.mark.xfail(strict=True)\ndef test_a(): assert f(1) == 2",
        "@unittest.skip('later')\ndef test_a(): assert f(1) == 2",
        "@skipUnless(x, 'y')\ndef test_a(): assert f(1) == 2",
        "pytestmark = pytest.mark.skip\ndef test_a(): assert f(1) == 2",
        "pytestmark = [pytest.mark.slow, pytest.mark.xfail]\ndef test_a(): assert f(1) == 2",
        "pytest.skip('x', allow_module_level=True)\ndef test_a(): assert f(1) == 2",
        "def test_a():\n    '''Doc.'''\n    pytest.skip('later')\n    assert f(1) == 2",
        "def test_a():\n    pytest.xfail()\n",
    ],
)
def test_skipped(text: str) -> None:
    assert facts(text)["test_a"].skipped


def test_skipped_class_and_what_is_not_skipped() -> None:
    text = """@pytest.mark.skip
class TestA:
    def test_a(self): self.skipTest("x")

class TestB:
    def test_b(self):
        if windows:
            pytest.skip("not here")
        assert f(1) == 2

@pytest.mark.skipping_rope
def test_c(): assert f(1) == 2
"""
    assert {name: fact.skipped for name, fact in facts(text).items()} == {
        "TestA::test_a": True,
        "TestB::test_b": False,
        "test_c": False,
    }


@pytest.mark.parametrize(
    ("assertion", "check"),
    [
        ("assert.equal(f(1), 2)", VALUE),
        ("assert.strictEqual(f(1), 2)", VALUE),
        ("assert.deepStrictEqual(f(1), { a: 'é' })", VALUE),
        ("assert.strict.deepEqual(f(1), [1])", VALUE),
        ("assert.match(f(1), /a/)", VALUE),
        ("assert(f(1) === 2)", VALUE),
        ("assert.ok(isValid(x))", VALUE),
        ("assert.ok(x.startsWith('a'))", VALUE),
        ("t.is(f(1), 2)", VALUE),
        ("assert(f(1))", TRUTH),
        ("assert.ok(result)", TRUTH),
        ("assert.ok(!result)", TRUTH),
        ("assert.throws(() => f(0), RangeError)", RAISES),
        ("await assert.rejects(f(0))", RAISES),
        ("assert.equal(typeof f(1), 'number')", TYPE),
        ("assert.ok(f(1) instanceof Map)", TYPE),
        ("assert.notEqual(f(1), null)", TYPE),
        ("assert.ok(['a', 'b'].includes(f(1)))", MEMBER),
        ("assert.ok(Object.values(Verdict).includes(f(1)))", MEMBER),
        ("assert.ok(new Set(['a', 'b']).has(f(1)))", MEMBER),
        ("assert.ok(f(1).includes('a'))", VALUE),
        ("assert.ok(true)", CONSTANT),
        ("assert.equal(f(1), f(1))", CONSTANT),
        ("assert.equal(1, 1)", CONSTANT),
        ("expect(f(1)).toBe(2)", VALUE),
        ("expect(f(1)).not.toBe(2)", VALUE),
        ("expect(f(1)).toEqual({ a: 1 })", VALUE),
        ("await expect(f(1)).resolves.toStrictEqual([1])", VALUE),
        ("expect(f(1)).toHaveLength(3)", VALUE),
        ("expect(f(1)).toContain('a')", VALUE),
        ("expect(f(1)).toBeNull()", VALUE),
        ("expect(f(1)).toMatch(/a/)", VALUE),
        ("expect(spy).toHaveBeenCalledWith(1)", VALUE),
        ("expect(f(1)).toMatchInlineSnapshot(`a`)", VALUE),
        ("expect(() => f(0)).toThrow(RangeError)", RAISES),
        ("await expect(f(0)).rejects.toThrow()", RAISES),
        ("expect(() => f(0)).not.toThrow()", TRUTH),
        ("expect(f(1)).toBeTruthy()", TRUTH),
        ("expect(isValid(x)).toBeTruthy()", VALUE),
        ("expect(f(1).length).toBeGreaterThan(0)", TRUTH),
        ("expect(spy).toHaveBeenCalled()", TRUTH),
        ("expect(f(1)).toBeDefined()", TYPE),
        ("expect(f(1)).not.toBeNull()", TYPE),
        ("expect(f(1)).toBeInstanceOf(Map)", TYPE),
        ("expect(typeof f(1)).toBe('string')", TYPE),
        ("expect(f(1)).toHaveProperty('a')", TYPE),
        ("expect(['a', 'b']).toContain(f(1))", MEMBER),
        ("expect(f(1)).toBeOneOf(['a', 'b'])", MEMBER),
        ("expect(true).toBe(true)", CONSTANT),
        ("expect(f(1)).toBe(f(1))", CONSTANT),
        ("expect(f(1)).to.equal(2)", VALUE),
        ("expect(f(1)).to.be.true", VALUE),
        ("await request(app).get('/').expect(200)", VALUE),
        ("assertSame(f(1), 2)", VALUE),
    ],
)
@pytest.mark.parametrize("path", ["a.test.js", "a.test.ts", "a.test.tsx"])
def test_what_a_javascript_assertion_looks_at(path: str, assertion: str, check: Check) -> None:
    text = f"test('a', async () => {{\r\n\t{assertion};\r\n}});\r\n"
    assert facts(text, path)["a"].checks == (check,), assertion


JAVASCRIPT = """
describe('cart ü', () => {
  const check = (x) => { expect(x).toBe(1); };
  describe("prices", function () {
    it(`adds`, async () => { check(f(1)); });
    it.each([[1, 2]])('row %i', (a, b) => { expect(f(a)).toBe(b); });
    it.skip('later', () => { expect(f(1)).toBe(1); });
    xit('never', () => {});
    test.todo('some day');
    test('option', { skip: true }, () => { assert.ok(f(1)); });
  });
});
describe.skip('off', () => { it('a', () => { expect(f(1)).toBe(1); }); });
test('outer', async (t) => {
  await t.test('inner', (t) => { t.skip(); assert.equal(f(1), 1); });
  assert.equal(f(1), 2);
});
test('lost', async () => {
  try { expect(f(1)).toBe(1); } catch (e) { console.log(e); }
});
test('kept', async () => {
  try { expect(f(1)).toBe(1); } catch (e) { expect(e.message).toBe('x'); }
});
"""


@pytest.mark.parametrize("path", ["a.test.mjs", "a.test.ts"])
def test_javascript_tests_have_the_names_of_what_they_stand_in(path: str) -> None:
    found = facts(JAVASCRIPT, path)
    assert {name: fact.skipped for name, fact in found.items()} == {
        "cart ü > prices > adds": False,
        "cart ü > prices > row %i": False,
        "cart ü > prices > later": True,
        "cart ü > prices > never": True,
        "cart ü > prices > some day": True,
        "cart ü > prices > option": True,
        "off > a": True,
        "outer": False,
        "outer > inner": True,
        "lost": False,
        "kept": False,
    }
    assert found["cart ü > prices > adds"].checks == (VALUE,)
    assert found["outer"].checks == (VALUE,)
    assert [name for name, fact in found.items() if fact.swallows] == ["lost"]


GO = """package cart
import "testing"
func helper(t *testing.T, got int) { if got != 2 { t.Fatalf("é %d", got) } }
func TestAdd(t *testing.T) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) { if got := Add(tt.a); got != tt.want { t.Errorf("x") } })
	}
}
func TestHelper(t *testing.T) { helper(t, Add(1)) }
func TestNone(t *testing.T) { Add(1) }
func TestAlways(t *testing.T) { t.Fatal("x") }
func TestSkipped(t *testing.T) { t.Skip("later"); helper(t, 1) }
func TestMain(m *testing.M) { m.Run() }
func Testify(t *testing.T) { assert.NotNil(t, Add(1)) }
func TestTestify(t *testing.T) { assert.NotNil(t, Add(1)); require.Equal(t, 2, Add(1)) }
"""


def test_go() -> None:
    found = facts(GO, "cart_test.go")
    assert {name: fact.checks for name, fact in found.items()} == {
        "TestAdd": (VALUE,),
        "TestHelper": (VALUE,),
        "TestNone": (),
        "TestAlways": (CONSTANT,),
        "TestSkipped": (VALUE,),
        "TestTestify": (TYPE, VALUE),
    }
    assert [name for name, fact in found.items() if fact.skipped] == ["TestSkipped"]
