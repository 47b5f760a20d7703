"""The argument and the options of ``fleet run``, as its help explains them."""

from pathlib import Path
from typing import Annotated, Final

import typer

HELP: Final = (
    "Have one story worked on in your own repository.\n\n"
    "It ends with a new branch there, and with the pull request's text and the transcript as "
    "files. Your working tree, index and configuration are not touched; work that is not committed "
    "is not seen.\n\n"
    "What no option says comes from the repository's .storyfleet.toml, then from the settings: the "
    "environment (OPENAI_API_KEY, CODER_MODEL, …), and .env and fleet.toml of the working "
    "directory. If that is in the repository, ~/.config/storyfleet is looked into instead."
)
EXIT_TEXT: Final = """Exit codes:
0  accepted
1  gave up: not accepted after the last round
2  a wrong option or setting; nothing was begun
3  over budget: out of time, tokens or money
4  a question has to be answered first, such as how the repository is tested
5  something is broken, such as Docker, the sandbox's image or a model's server
130  interrupted
"""

Story = Annotated[
    Path,
    typer.Argument(
        help="A Markdown file: the first line is the title; items under a heading “Acceptance "
        "criteria” are what must be true in the end."
    ),
]
Repository = Annotated[
    Path,
    typer.Option(help="Top directory of the git repository; its current branch is the base."),
]
Agent = Annotated[
    str | None,
    typer.Option(
        help="native-tools (the usual; for models that call tools), native-whole (for small "
        "models), or one of the fleet file's agents."
    ),
]
AgentCommand = Annotated[
    str | None,
    typer.Option(
        help="In place of --agent: the command line of any coding agent. It runs in the sandbox, "
        "whose image must have it. {prompt}, {prompt_file}, {model} and {round} are filled in."
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        help="The agent's model, as provider:name (openai:gpt-5). Else the setting CODER_MODEL."
    ),
]
Evaluator = Annotated[
    str | None,
    typer.Option(
        help="judge: a model looks at each criterion, after the execution command. command: the "
        "execution command's exit code decides alone. Else judge, if there is a model for it."
    ),
]
EvaluatorModel = Annotated[
    str | None,
    typer.Option(help="The judge's model, likewise. Else the setting EVALUATOR_MODEL."),
]
ExecutionCommand = Annotated[
    str | None,
    typer.Option(
        help="A shell command that must exit 0. Else derived from the repository (pytest, "
        "package.json, Makefile, …)."
    ),
]
MaxIterations = Annotated[int | None, typer.Option(min=1, help="Rounds at most. Else 5.")]
Image = Annotated[
    str | None,
    typer.Option(help="The sandbox's Docker image. Else the setting SANDBOX_IMAGE."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        help="Directory for the pull request's text and the transcript. Else a new one below the "
        "setting DATA_DIR."
    ),
]
