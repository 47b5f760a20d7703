"""The providers' protocols, as far as the gateway must understand them."""
