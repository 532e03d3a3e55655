"""Receipt printers that speak ESC/POS: what a paper says, its bytes, and the way to the printer."""
