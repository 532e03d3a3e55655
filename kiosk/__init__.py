"""The device's screen process: journeys and view (pure), Kivy that paints, wiring."""
