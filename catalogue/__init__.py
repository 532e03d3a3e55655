"""What citizens look for: sheets, questionnaires, search."""
