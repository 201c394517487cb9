"""The doors of orders over HTTP: parse in, call a service, shape out."""
