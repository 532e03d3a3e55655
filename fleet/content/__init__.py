"""Content packs: built by the operator from the sheets of service-public.fr."""
