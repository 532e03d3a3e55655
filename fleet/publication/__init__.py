"""Configuration and content, from the operator's folder to a repository that devices can believe."""
