"""A stand-in for linear.app: GraphQL on a subset of Linear's schema, and signed webhooks."""
