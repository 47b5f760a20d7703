"""The languages that are known: a suffix leads to a grammar and the parts that read its trees."""

import tree_sitter_go
import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_typescript

from integrations.syntax.language import Language
from integrations.syntax.mutation import go as go_mutation
from integrations.syntax.mutation import javascript as javascript_mutation
from integrations.syntax.mutation import python as python_mutation
from integrations.syntax.outcomes import javascript as javascript_outcomes
from integrations.syntax.outcomes import python as python_outcomes
from integrations.syntax.smells import go as go_smells
from integrations.syntax.smells import javascript as javascript_smells
from integrations.syntax.smells import (
    javascript_examples,
    javascript_parameters,
    python_examples,
    python_parameters,
)
from integrations.syntax.smells import python as python_smells
from integrations.syntax.suites import go as go_suites
from integrations.syntax.suites import javascript as javascript_suites
from integrations.syntax.suites import python as python_suites

PYTHON = Language(
    name="python",
    grammars=dict.fromkeys((".py", ".pyi"), tree_sitter_python.language),
    mutations=python_mutation.TABLE,
    tests=python_suites.tests,
    outcomes=python_outcomes.outcomes,
    smells=python_smells.smells,
    rows=python_examples.rows,
    functions=python_parameters.functions,
    calls=python_parameters.calls,
)
JAVASCRIPT = Language(
    name="javascript",
    grammars=dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), tree_sitter_javascript.language),
    mutations=javascript_mutation.TABLE,
    tests=javascript_suites.tests,
    outcomes=javascript_outcomes.outcomes,
    smells=javascript_smells.smells,
    rows=javascript_examples.rows,
    functions=javascript_parameters.functions,
    calls=javascript_parameters.calls,
)
TYPESCRIPT = Language(
    name="typescript",
    grammars={
        **dict.fromkeys((".ts", ".mts", ".cts"), tree_sitter_typescript.language_typescript),
        ".tsx": tree_sitter_typescript.language_tsx,
    },
    mutations=javascript_mutation.TABLE,
    tests=javascript_suites.tests,
    outcomes=javascript_outcomes.outcomes,
    smells=javascript_smells.smells,
    rows=javascript_examples.rows,
    functions=javascript_parameters.functions,
    calls=javascript_parameters.calls,
)
GO = Language(
    name="go",
    grammars={".go": tree_sitter_go.language},
    mutations=go_mutation.TABLE,
    tests=go_suites.tests,
    smells=go_smells.smells,
    rows=go_smells.rows,
)
LANGUAGES = (PYTHON, JAVASCRIPT, TYPESCRIPT, GO)
FAMILIES = {"javascript": "javascript", "typescript": "javascript"}
"""Languages that import each other's files."""
