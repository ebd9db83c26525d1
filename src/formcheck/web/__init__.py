"""The server: formcheck for the browsers of one home or practice."""
