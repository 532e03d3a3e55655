"""Kivy paints a `Screen` and turns touches into events; it decides nothing. Adapter."""
