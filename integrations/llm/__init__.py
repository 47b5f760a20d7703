"""Language models: providers behind pydantic-ai, the LLM judge, and a local model server."""
