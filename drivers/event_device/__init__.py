"""Linux input devices (/dev/input/event*): what keypads and headphone sockets speak."""
