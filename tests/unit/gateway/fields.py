"""Requests with fields that spend elsewhere or reach out, and those that only look like it."""

from collections.abc import Mapping
from typing import Any

from tests.unit.gateway.forms import CHAT, GEMINI, MESSAGES, RESPONSES, Form

REMOTE = "https://evil.example/x.png"


def part(value: object) -> list[object]:
    return [{"role": "user", "content": [value]}]


def gemini_part(value: object) -> list[object]:
    return [{"role": "user", "parts": [value]}]


REFUSED: list[tuple[Form, Mapping[str, Any], str]] = [
    (CHAT, {"n": 2}, "n"),
    (CHAT, {"n": "2"}, "n"),
    (CHAT, {"best_of": 3}, "best_of"),
    (CHAT, {"store": True}, "store"),
    (CHAT, {"web_search_options": {"x": 1}}, "web_search_options"),
    (CHAT, {"plugins": [{"id": "web"}]}, "plugins"),
    (CHAT, {"modalities": ["text", "audio"]}, "modalities"),
    (CHAT, {"prediction": {"type": "content", "content": "x"}}, "prediction"),
    (CHAT, {"max_tokens": -1}, "max_tokens"),
    (CHAT, {"max_completion_tokens": True}, "max_completion_tokens"),
    (CHAT, {"max_tokens": 1e300}, "max_tokens"),
    (CHAT, {"tools": [{"type": "web_search"}]}, "tools[0]"),
    (CHAT, {"tools": {"type": "mcp"}}, "tools[0]"),
    (
        CHAT,
        {"messages": part({"type": "image_url", "image_url": {"url": REMOTE}})},
        "messages[0].content[0].image_url.url",
    ),
    (
        CHAT,
        {"messages": part({"type": "image_url", "image_url": "file:///etc/passwd"})},
        "messages[0].content[0].image_url",
    ),
    (
        CHAT,
        {"messages": part({"type": "video_url", "video_url": {"url": REMOTE}})},
        "messages[0].content[0].video_url.url",
    ),
    (
        CHAT,
        {"messages": part({"type": "file", "file": {"file_id": "file-1"}})},
        "messages[0].content[0].file.file_id",
    ),
    (RESPONSES, {"background": True}, "background"),
    (RESPONSES, {"store": True}, "store"),
    (RESPONSES, {"previous_response_id": "resp_1"}, "previous_response_id"),
    (RESPONSES, {"conversation": "conv_1"}, "conversation"),
    (RESPONSES, {"prompt": {"id": "pmpt_1"}}, "prompt"),
    *(
        (RESPONSES, {"tools": [{"type": "function", "name": "f"}, {"type": kind}]}, "tools[1]")
        for kind in (
            *("web_search", "web_search_preview", "file_search", "code_interpreter", "mcp"),
            *("image_generation", "computer_use_preview", "shell", "tool_search", "connector"),
        )
    ),
    (
        RESPONSES,
        {"tools": [{"type": "namespace", "name": "n", "tools": [{"type": "mcp"}]}]},
        "tools[0]",
    ),
    (
        RESPONSES,
        {"input": part({"type": "input_image", "image_url": REMOTE})},
        "input[0].content[0].image_url",
    ),
    (
        RESPONSES,
        {"input": part({"type": "input_file", "file_url": REMOTE})},
        "input[0].content[0].file_url",
    ),
    (
        RESPONSES,
        {"input": [{"type": "function_call_output", "output": [{"file_id": "f1"}]}]},
        "input[0].output[0].file_id",
    ),
    (RESPONSES, {"input": [{"type": "item_reference", "id": "rs_1"}]}, "input[0].type"),
    (MESSAGES, {"mcp_servers": [{"type": "url", "url": REMOTE}]}, "mcp_servers"),
    (MESSAGES, {"container": "c1"}, "container"),
    (
        MESSAGES,
        {"context_management": {"edits": [{"type": "compact_20260112"}]}},
        "context_management.edits[0]",
    ),
    *(
        (MESSAGES, {"tools": [{"type": kind, "name": "t"}]}, "tools[0]")
        for kind in ("web_search_20250305", "web_fetch_20250910", "code_execution_20250825")
    ),
    (
        MESSAGES,
        {"messages": part({"type": "image", "source": {"type": "url", "url": REMOTE}})},
        "messages[0].content[0].source.url",
    ),
    (
        MESSAGES,
        {"messages": part({"type": "document", "source": {"type": "file", "file_id": "f"}})},
        "messages[0].content[0].source.file_id",
    ),
    (
        MESSAGES,
        {
            "messages": part(
                {
                    "type": "tool_result",
                    "content": [{"type": "image", "source": {"type": "url", "url": REMOTE}}],
                }
            )
        },
        "messages[0].content[0].content[0].source.url",
    ),
    (GEMINI, {"cachedContent": "cachedContents/1"}, "cachedContent"),
    (GEMINI, {"cached_content": "cachedContents/1"}, "cachedContent"),
    (GEMINI, {"generationConfig": {"candidateCount": 2}}, "candidateCount"),
    (GEMINI, {"generation_config": {"candidate_count": 2}}, "candidateCount"),
    (
        GEMINI,
        {"generationConfig": {"maxOutputTokens": 5, "max_output_tokens": 9}},
        "max_output_tokens",
    ),
    (
        GEMINI,
        {"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}},
        "generationConfig.responseModalities",
    ),
    *(
        (GEMINI, {"tools": [{"functionDeclarations": []}, {kind: {}}]}, "tools[1]")
        for kind in (
            *("googleSearch", "google_search", "urlContext", "url_context", "codeExecution"),
            *("code_execution", "google_search_retrieval", "fileSearch", "googleMaps"),
        )
    ),
    (
        GEMINI,
        {"contents": gemini_part({"fileData": {"fileUri": REMOTE}})},
        "contents[0].parts[0].fileData.fileUri",
    ),
    (
        GEMINI,
        {"contents": gemini_part({"file_data": {"file_uri": "gs://bucket/x"}})},
        "contents[0].parts[0].file_data.file_uri",
    ),
]

ALLOWED: list[tuple[Form, Mapping[str, Any]]] = [
    (CHAT, {"n": 1, "store": False, "modalities": ["text"], "tools": None}),
    (CHAT, {"messages": part({"image_url": {"url": "data:image/png;base64,AAAA"}})}),
    (CHAT, {"messages": part({"type": "text", "text": f"look at {REMOTE}"})}),
    (
        CHAT,
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"url": {}}}}]},
    ),
    (RESPONSES, {"store": False, "tools": [{"type": "custom"}, {"type": "local_shell"}]}),
    (
        RESPONSES,
        {"input": [{"type": "local_shell_call", "action": {"env": {"URL": REMOTE}}}]},
    ),
    (
        RESPONSES,
        {"tools": [{"type": "namespace", "tools": [{"type": "function", "name": "f"}]}]},
    ),
    (MESSAGES, {"tools": [{"name": "f", "input_schema": {}}, {"type": "bash_20250124"}]}),
    (
        MESSAGES,
        {"messages": part({"type": "tool_use", "name": "fetch", "input": {"url": REMOTE}})},
    ),
    (MESSAGES, {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}),
    (GEMINI, {"tools": [{"function_declarations": [{"name": "f"}]}]}),
    (
        GEMINI,
        {"contents": gemini_part({"functionCall": {"name": "f", "args": {"url": REMOTE}}})},
    ),
]
